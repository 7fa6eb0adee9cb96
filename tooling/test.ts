// ./pnpmw test [--engines podman,docker] [--suites bullseye,trixie,forky] [--matrix full]
// Everything that has to be true before a change goes in: prepares the machine, checks, tests, and leaves nothing running.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Steps } from "./check/steps.ts";
import { vitest, vitestAs, type TestRun } from "./check/vitest.ts";
import { Cleanup } from "./engines/cleanup.ts";
import { command, endRunning } from "./engines/command.ts";
import { jobContainers } from "./engines/job-containers.ts";
import { leftovers, removeContainers } from "./engines/leftovers.ts";
import type { OrdinaryUser } from "./engines/ordinary-user.ts";
import { engineNames, ensureEngine, proveEngine, type EngineName } from "./engines/prepare.ts";
import { ensureRootlessPodman } from "./engines/rootless-podman.ts";
import { Unavailable } from "./engines/unavailable.ts";
import { ensureImage } from "./image/ensure-image.ts";
import { bareImage, executionEnvironment } from "./image/recipe.ts";
import { ensurePeer } from "./peer.ts";
import { ROOT } from "./repository.ts";

const say = (line: string): void => console.log(`   ${line}`);
const image = executionEnvironment("bookworm");
const bare = bareImage("bookworm");
const sshServerSuite = "trixie";
const { engines, suites, matrix } = wanted();
/** The same scenarios run with other versions of the automation tool: 2.10, 2.19 and the newest. One of them is an ssh server too. */
const others = suites.map((suite) => executionEnvironment(suite, suite === sshServerSuite ? ["openssh-server"] : []));
const steps = new Steps();
const cleanup = new Cleanup();
const before = new Map<EngineName, ReadonlySet<string>>();
let interrupted = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    console.error(`\n${signal}: cleaning up`);
    void endRunning(signal === "SIGINT" ? 3 : 0);
  });
}

const tests: TestRun[] = [];
let prepared = await step("peer", () => ensurePeer(say).then(() => true));
for (const engine of engines) prepared = (await step(engine, () => prepare(engine))) && prepared;
let user: OrdinaryUser | undefined;
// Somebody else than root has no other podman than this.
if (prepared && engines.includes("podman") && process.getuid?.() === 0) prepared = await step("podman without root", prepareRootless);
// They take minutes where there are none yet, and nothing before the end-to-end tests needs them.
const otherImages = prepared ? ensureOtherImages() : undefined;
otherImages?.catch(() => {});
const built = await step("build", () => quietly("build"));
await step("types", () => quietly("typecheck"));
await step("lint", async () => (await quietly("lint")) && quietly("lint:packages"));
await step("unit tests", () => test("unit", []));
if (otherImages !== undefined) prepared = await step("other images", () => otherImages);
if (prepared) {
  // Beside the others: they wait for containers more than they compute.
  const rootless = user === undefined || interrupted ? undefined : testRootless(user);
  await step("end-to-end tests", () => test("e2e", ["--config", "vitest.e2e.config.ts"]));
  if (rootless !== undefined) await steps.run("tests without root", rootless);
} else {
  steps.skip("end-to-end tests");
}
// After an interruption too: what the tests left is removed.
await steps.run("nothing left behind", nothingLeft);

console.log(`\n${steps.table()}\n`);
const sum = (key: "passed" | "failed" | "skipped"): number => tests.reduce((total, run) => total + run[key], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed${sum("skipped") === 0 ? "" : `, ${sum("skipped")} skipped`}`);
process.exit(interrupted ? 130 : steps.ok ? 0 : 1);

async function step(name: string, work: () => Promise<boolean>): Promise<boolean> {
  if (!interrupted) return steps.run(name, work);
  steps.skip(name);
  return false;
}

async function prepare(engine: EngineName): Promise<boolean> {
  await ensureEngine(engine, cleanup, say);
  for (const recipe of [image, bare]) await ensureImage(recipe, [engine], say);
  const needed = await proveEngine(engine, image.reference, say);
  if (needed.length > 0) throw new Unavailable(`The tests need an ${engine} whose containers run without ${needed.join(" ")}.`);
  before.set(engine, new Set((await jobContainers(engine)).map((container) => container.id)));
  return true;
}

async function prepareRootless(): Promise<boolean> {
  user = await ensureRootlessPodman(image, cleanup, say);
  return true;
}

/** What is different without root: all that needs no engine, the engine's laws, whose the files are that jobs leave, and what hostile ones reach. Begins at once; what it gives says how it went. */
function testRootless(as: OrdinaryUser): () => Promise<boolean> {
  const files = ["packages/engine-podman/test", "tooling/test/ownership.e2e.test.ts", "tooling/test/hostile/escapes.e2e.test.ts"];
  const environment = { DISTRONODE_RUNNER_TEST_ENGINES: "podman", DISTRONODE_RUNNER_TEST_IMAGE: image.reference };
  const ran = vitestAs(as, ROOT, "rootless", ["--config", "vitest.e2e.config.ts", "--maxWorkers=1", ...files], environment);
  // By now root has used podman, whose directories below /run are closed to others.
  const units = ran.then(() => vitestAs(as, ROOT, "rootless-unit", ["--maxWorkers=1"], {}));
  return async () => {
    const runs = await Promise.all([ran, units]);
    for (const run of runs) {
      tests.push(run);
      console.log(run.ok ? `   ${run.passed} passed, ${run.skipped} skipped` : run.output);
    }
    return runs.every(({ ok }) => ok);
  };
}

async function ensureOtherImages(): Promise<boolean> {
  for (const recipe of others) await ensureImage(recipe, engines.slice(0, 1), say);
  return true;
}

/** One of the repository's own scripts; its output matters only when it fails. */
async function quietly(script: string): Promise<boolean> {
  const ended = await command(["pnpm", "run", script], { cwd: ROOT });
  if (ended.code !== 0) console.log(`${ended.stdout}${ended.stderr}`);
  return ended.code === 0;
}

async function test(name: string, argv: readonly string[]): Promise<boolean> {
  process.env["DISTRONODE_RUNNER_TEST_ENGINES"] = engines.join(",");
  process.env["DISTRONODE_RUNNER_TEST_IMAGE"] = image.reference;
  process.env["DISTRONODE_RUNNER_TEST_BARE_IMAGE"] = bare.reference;
  process.env["DISTRONODE_RUNNER_TEST_OTHER_IMAGES"] = others.map(({ reference }) => reference).join(",");
  process.env["DISTRONODE_RUNNER_TEST_MATRIX"] = matrix;
  // What was built is what users start; it also starts sooner.
  if (built) process.env["DISTRONODE_RUNNER_TEST_CLI"] = join(ROOT, "apps/cli/bin/run.js");
  const run = await vitest(ROOT, name, argv);
  tests.push(run);
  return run.ok;
}

async function nothingLeft(): Promise<boolean> {
  const problems: string[] = [];
  for (const [engine, known] of before) {
    try {
      const left = await leftovers(engine, known);
      await removeContainers(engine, left);
      problems.push(...left.map(({ name, owner }) => `${engine} still had the container ${name} of ${owner}; it was removed`));
    } catch (error) {
      problems.push(String(error));
    }
  }
  if (user !== undefined) problems.push(...(await jobContainers("podman", user.as)).map(({ name, owner }) => `podman without root still had the container ${name} of ${owner}`));
  problems.push(...(await cleanup.run()));
  for (const problem of problems) say(problem);
  return problems.length === 0;
}

function wanted(): { readonly engines: readonly EngineName[]; readonly suites: readonly string[]; readonly matrix: string } {
  try {
    const { values } = parseArgs({ options: { engines: { type: "string", default: "podman,docker" }, suites: { type: "string", default: "bullseye,trixie,forky" }, matrix: { type: "string", default: "square" } } });
    if (values.matrix !== "square" && values.matrix !== "full") throw new Error(`There is no matrix ${JSON.stringify(values.matrix)}; square and full are known.`);
    return { matrix: values.matrix, engines: engineNames(values.engines), suites: [...new Set([...values.suites.split(",").filter((suite) => suite !== ""), sshServerSuite])] };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(error instanceof Unavailable ? Unavailable.exitCode : 2);
  }
}
