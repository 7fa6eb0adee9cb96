import { writeFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { command } from "../engines/command.ts";
import { peer } from "../peer.ts";
import { ROOT } from "../repository.ts";
import { chart } from "./chart.ts";
import type { Result } from "./contest.ts";
import { table } from "./table.ts";

/** Writes docs/benchmarks.md and its chart. */
export async function report(results: readonly Result[], minutes: number, words: readonly string[]): Promise<void> {
  await writeFile(join(ROOT, "docs/benchmarks.svg"), chart(results));
  await writeFile(join(ROOT, "docs/benchmarks.md"), await text(results, minutes, words));
}

async function text(results: readonly Result[], minutes: number, words: readonly string[]): Promise<string> {
  return `# Benchmarks

Written by \`${["./pnpmw bench", ...words].join(" ")}\` from one run of ${Math.round(minutes)} minutes; do not edit.

The same job is run by the bare tool (in a container: by the engine's own command line), by this project's command line as it is built for users, and by
\`ansible-runner\`, in turn within one run. Ratios are medians of the ratios of pairs from the same round, so that a machine that is busy for a while
troubles all of them alike. Seconds are medians, and mean nothing on another machine.

* *CPU* is user and system time of a command and everything it started, without the daemons of engines; in containers it is left out.
* *own* is our process alone (and the peer's), without the supervisor and the tool.
* *synthetic* events come from a program in the tool's place that speaks as the event plugin does, as fast as it can.

![Wall time, times the bare tool's](benchmarks.svg)

${table(results)}

${await machine()}
`;
}

async function machine(): Promise<string> {
  const first = async (argv: readonly string[]): Promise<string> => (await command(argv)).stdout.split("\n")[0]!.trim();
  const programs = await Promise.all([first(["ansible-playbook", "--version"]), first([peer, "--version"]), first(["podman", "--version"]), first(["docker", "--version"])]);
  const [ansible, runner, podman, docker] = programs;
  return `Machine: ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}. Node ${process.versions.node}, ${ansible}, ansible-runner ${runner}, ${podman}, ${docker}.`;
}
