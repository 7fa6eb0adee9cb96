import { hostHere } from "@distronode-runner/engine-testkit";
import { processEngine } from "../src/index.ts";

// A process that has one job on the host, says its id when the job has said something, and stays until it is killed. Argument: the job's shell command; empty: it is not started.
const [command = "", name = ""] = process.argv.slice(2);
const engine = await processEngine.open({}, hostHere());
const { id } = await engine.create({ name, image: "", command: ["sh", "-c", command], environment: { LEFT: "by the creator" }, mounts: [], labels: { test: name } });
if (command !== "") {
  const { output } = await engine.attach(id);
  await engine.start(id);
  for await (const _ready of output) break;
}
process.stdout.write(`${id}\n`);
setInterval(() => {}, 60_000);
