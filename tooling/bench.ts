// ./pnpmw bench [--cases hello,items] [--engines podman,docker] [--rounds 7] [--quick] [--full] [--write]
// Measures ours against the bare tool and against the peer, in turn. A run of all cases writes docs/benchmarks.md and .svg; others only print.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cases, fullSizes, quickSizes, type Case } from "./bench/cases.ts";
import { hold, type Result } from "./bench/contest.ts";
import { report } from "./bench/report.ts";
import { table } from "./bench/table.ts";
import type { Place } from "./bench/workloads.ts";
import { Cleanup } from "./engines/cleanup.ts";
import { command, endRunning } from "./engines/command.ts";
import { engineNames, ensureEngine, proveEngine } from "./engines/prepare.ts";
import { Unavailable } from "./engines/unavailable.ts";
import { ensureImage } from "./image/ensure-image.ts";
import { executionEnvironment } from "./image/recipe.ts";
import { ensurePeer } from "./peer.ts";
import { ROOT } from "./repository.ts";

const { values: options } = parseArgs({
  options: {
    cases: { type: "string", default: "" },
    engines: { type: "string", default: "podman,docker" },
    rounds: { type: "string", default: "7" },
    // Small sizes and two rounds: whether it works, not how fast it is.
    quick: { type: "boolean", default: false },
    // Writes the page for the cases that were chosen, which then says so.
    write: { type: "boolean", default: false },
    // All rounds for the long cases too.
    full: { type: "boolean", default: false },
  },
});
const say = (line: string): void => console.log(`   ${line}`);
const recipe = executionEnvironment("bookworm");
const rounds = options.quick ? 2 : Number(options.rounds);
const cleanup = new Cleanup();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void endRunning(signal === "SIGINT" ? 20 : 0));

try {
  await bench();
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = Unavailable.exitCode;
} finally {
  for (const problem of await cleanup.run()) console.error(problem);
}

async function bench(): Promise<void> {
  const chosen = choose();
  const engines = engineNames(options.engines);
  if (!(rounds >= 1)) throw new Unavailable("--rounds takes a number from 1.");
  await ensurePeer(say);
  for (const engine of engines) {
    await ensureEngine(engine, cleanup, say);
    await ensureImage(recipe, [engine], say);
    const needed = await proveEngine(engine, recipe.reference, say);
    if (needed.length > 0) throw new Unavailable(`${engine} runs containers with ${needed.join(" ")} alone, which would be measured too.`);
  }
  const built = await command(["pnpm", "run", "build"], { cwd: ROOT });
  if (built.code !== 0) throw new Error(`The build failed:\n${built.stdout}${built.stderr}`);

  const directory = await mkdtemp(join(tmpdir(), "distronode-bench-"));
  cleanup.add("output of the runs", () => rm(directory, { recursive: true, force: true }));
  const begun = Date.now();
  const results: Result[] = [];
  for (const one of chosen) {
    for (const place of ["host", ...engines] as readonly Place[]) {
      if ((one.onlyHost === true && place !== "host") || roundsOf(one, place) === 0) continue;
      console.log(`${one.title}, ${place}`);
      results.push(await hold(one, { place, image: recipe.reference, rounds: roundsOf(one, place), directory, say }));
    }
  }
  const minutes = (Date.now() - begun) / 60_000;
  console.log(`\n${table(results)}\n\n${minutes.toFixed(1)} minutes`);
  if (options.write || (options.cases === "" && !options.quick && engines.length === 2)) await report(results, minutes, process.argv.slice(2));
  if (results.some(({ failures }) => failures.bare !== undefined || failures.ours !== undefined)) process.exitCode = 1;
}

function choose(): readonly Case[] {
  const all = cases(options.quick ? quickSizes : fullSizes);
  const named = options.cases.split(",").filter((name) => name !== "");
  const unknown = named.filter((name) => !all.some((one) => one.name === name));
  if (unknown.length > 0) throw new Unavailable(`There is no case ${unknown.join(", ")}; there are ${[...new Set(all.map(({ name }) => name))].join(", ")}.`);
  return all.filter((one) => (named.length === 0 ? one.long !== true : named.includes(one.name)));
}

function roundsOf({ enough }: Case, place: Place): number {
  if (options.full || enough === undefined) return rounds;
  return Math.min(rounds, place === "host" ? enough.host : enough.container);
}
