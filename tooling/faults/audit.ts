import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { setTimeout as sleep } from "node:timers/promises";
import { isFinal, type JobStatus, type JournalEntry } from "@distronode-runner/contract";
import { containersOf } from "../scenarios/engine-cli.ts";
import type { Execution } from "../scenarios/executions.ts";
import { processes } from "./victims.ts";
import { secret, type Workbench } from "./workbench.ts";

/** What is wrong with what a job left; empty when all is well. */
export async function audit(bench: Workbench, ident: string, execution: Execution): Promise<readonly string[]> {
  const faults: string[] = [];
  if (execution !== "host") for (const name of await containersOf(execution, ident)) faults.push(`the container ${name} was left`);
  for (const { pid, command } of await stayers(bench.dataDir)) faults.push(`process ${pid} was left: ${command.replaceAll("\0", " ").slice(0, 120)}`);
  const directory = bench.artifacts(ident);
  if (existsSync(directory)) faults.push(...artifactFaults(directory));
  for (const root of [join(bench.dataDir, "artifacts"), bench.runtimeDir, ...privateDirectories()]) faults.push(...holding(root).map((path) => `the secret is in ${path}`));
  return faults;
}

/** Processes about a directory that do not go by themselves: who has just done its work may be on its way out. */
async function stayers(directory: string): Promise<ReturnType<typeof processes>> {
  for (let waited = 0; ; waited += 250) {
    const found = processes().filter(({ pid, command }) => pid !== process.pid && command.includes(directory));
    if (found.length === 0 || waited > 30_000) return found;
    await sleep(250);
  }
}

/** The journal's entries. */
export function journalOf(directory: string): readonly JournalEntry[] {
  return readFileSync(join(directory, "events.ndjson"), "utf8").split("\n").slice(0, -1).map((line) => JSON.parse(line) as JournalEntry);
}

function artifactFaults(directory: string): readonly string[] {
  const faults: string[] = [];
  const status = read(join(directory, "status")) as JobStatus;
  if (!isFinal(status)) return [`the status is ${JSON.stringify(status)}`];
  const entries = journalOf(directory);
  const gap = entries.findIndex((entry, index) => entry.seq !== index + 1);
  if (gap !== -1) faults.push(`the journal has a gap before ${entries[gap]!.seq}`);
  const last = entries.at(-1);
  if (last?.type !== "end") return [...faults, "the journal has no end"];
  const forged = unsummed(readFileSync(join(directory, "events.ndjson"), "utf8"));
  if (forged !== undefined) faults.push(`line ${forged} of the journal is not what its checksum tells`);
  if (existsSync(join(directory, "events.ndjson.room"))) faults.push("the room for the journal's last entries was left");
  const events = entries.filter(({ type }) => type === "event").length;
  if (last.entries !== entries.length || last.events !== events) faults.push(`the journal's end counts ${last.entries} entries and ${last.events} events, there are ${entries.length} and ${events}`);
  const bytes = statSync(join(directory, "stdout")).size;
  if (last.stdoutBytes !== bytes) faults.push(`the journal's end counts ${last.stdoutBytes} bytes of output, stdout has ${bytes}`);
  const files = readdirSync(join(directory, "job_events")).length;
  if (files !== events) faults.push(`there are ${events} events and ${files} files of events`);
  return faults;
}

/** The first line whose checksum is not that of it and all before. */
function unsummed(journal: string): number | undefined {
  let sum = 0;
  const wrong = journal.split("\n").slice(0, -1).findIndex((line) => {
    const [, text = "", given = ""] = /^(.*),"sum":"([0-9a-f]{8})"\}$/.exec(line) ?? [];
    sum = crc32(text, sum);
    return Number.parseInt(given, 16) !== sum;
  });
  return wrong === -1 ? undefined : wrong + 1;
}

const read = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");

function privateDirectories(): readonly string[] {
  return ["/dev/shm", "/tmp", "/var/tmp"].flatMap((place) => (existsSync(place) ? readdirSync(place) : []).filter((name) => /^\.?distronode-runner-/.test(name)).map((name) => join(place, name)));
}

function holding(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return readdirSync(path).flatMap((name) => holding(join(path, name)));
  return found?.isFile() === true && readFileSync(path).includes(secret) ? [path] : [];
}
