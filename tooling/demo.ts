// ./pnpmw demo [--engine podman|docker] [--image REFERENCE]
import { cpSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { Cleanup } from "./engines/cleanup.ts";
import { command, endRunning } from "./engines/command.ts";
import { engineNames, ensureEngine, proveEngine } from "./engines/prepare.ts";
import { Unavailable } from "./engines/unavailable.ts";
import { ensureImage } from "./image/ensure-image.ts";
import { executionEnvironment } from "./image/recipe.ts";
import { ROOT } from "./repository.ts";

const { values: options } = parseArgs({ options: { engine: { type: "string", default: "podman" }, image: { type: "string" } } });
const cleanup = new Cleanup();
const recipe = executionEnvironment("bookworm");
const image = options.image ?? recipe.reference;
const say = (line: string): void => console.log(`   ${line}`);
const title = (number: number, line: string): void => console.log(`\n${number}. ${line}`);

// The job gets the interrupt too, ends and tells so; what was started here is stopped after that.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void endRunning(signal === "SIGINT" ? 20 : 0));

try {
  process.exitCode = await demo();
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = Unavailable.exitCode;
} finally {
  for (const problem of await cleanup.run()) console.error(problem);
}

async function demo(): Promise<number> {
  const [engine, ...more] = engineNames(options.engine);
  if (engine === undefined || more.length > 0) throw new Unavailable("--engine takes one name: podman or docker.");

  title(1, "Build the command line from its sources.");
  const built = await command(["pnpm", "run", "build"], { cwd: ROOT });
  if (built.code !== 0) throw new Error(`The build failed:\n${built.stdout}${built.stderr}`);

  title(2, `See to ${engine}, the program that runs containers.`);
  await ensureEngine(engine, cleanup, say);

  title(3, "See to an execution environment: an image with the automation tool.");
  if (options.image === undefined) await ensureImage(recipe, [engine], say);
  const needed = (await proveEngine(engine, image, say)).map((option) => `--container-option=${option}`);
  say(image);

  const dataDir = join(ROOT, "demo-run");
  title(4, "Copy examples/demo to demo-run (what is there stays) and run its playbook.");
  cpSync(join(ROOT, "examples/demo"), dataDir, { recursive: true, force: false });
  writeFileSync(join(dataDir, ".gitignore"), "*\n"); // so that git does not see it
  const ident = `demo-${Date.now().toString(36)}`;
  const isolation = ["--process-isolation", "--process-isolation-executable", engine, "--container-image", image, ...needed];
  const job = ["apps/cli/bin/run.js", "run", "demo-run", "-p", "site.yml", "-i", ident, ...isolation];
  // Through pnpmw, because the Node on the reader's PATH may be another one.
  say(`./pnpmw distronode-runner run demo-run -p site.yml -i ${ident} \\`);
  say(`  --process-isolation --process-isolation-executable ${engine} \\`);
  say(`  --container-image ${[image, ...needed].join(" ")}`);
  const ended = await command([process.execPath, ...job], { cwd: ROOT, show: true });

  const artifacts = relative(ROOT, join(dataDir, "artifacts", ident));
  console.log(`\n${ended.code === 0 ? "The job was successful." : `The job ended with exit code ${ended.code}.`}`);
  console.log(`Its output, events and results are in ${artifacts}/\n`);
  console.log("Next:");
  console.log(`  cat ${artifacts}/stdout`);
  console.log(`  ls ${artifacts}/job_events`);
  console.log("  change demo-run/project/site.yml and run the command of step 4 again,");
  console.log("    with another word after -i or without -i");
  return ended.code;
}
