// many-jobs.ts DATA_DIR PLAYBOOK COUNT: so many jobs at once, in one process, through the library as it is published.
import { createStandardRunner } from "@distronode-runner/standard";

const [privateDataDir = "", playbook = "", count = ""] = process.argv.slice(2);
const runner = createStandardRunner();
const jobs = await Promise.all(Array.from({ length: Number(count) }, () => runner.start({ privateDataDir, playbook })));
const results = await Promise.all(jobs.map((job) => job.result));
await runner.close();
process.exitCode = results.every((result) => result.rc === 0) ? 0 : 1;
