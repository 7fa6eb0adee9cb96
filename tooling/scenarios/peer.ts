import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JobEvent } from "@distronode-runner/contract";

const peer = "/usr/bin/ansible-runner";

/** Runs the peer on the host with the same words. It must be installed: without it there is nothing to compare with. */
export async function runPeer(dataDir: string, argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<{ readonly rc: number; readonly output: string }> {
  const child = spawn(peer, ["run", dataDir, ...argv], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ANSIBLE_NOCOLOR: "1", ...environment } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const rc = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? -1));
  });
  return { rc, output };
}

/** The events of the classic layout, by counter. */
export async function classicEvents(artifactDir: string): Promise<readonly JobEvent[]> {
  const names = (await readdir(join(artifactDir, "job_events"))).filter((name) => /^\d+-.+\.json$/.test(name) && !name.includes("-partial"));
  const events = await Promise.all(names.map(async (name) => JSON.parse(await readFile(join(artifactDir, "job_events", name), "utf8")) as JobEvent));
  return events.sort((a, b) => a.counter - b.counter);
}

/**
 * The same events without what chance decides: also with one fork the tool says that it starts with a host before or after it has heard how another one ended. Each
 * start stands before what other hosts report, and still after all of its own host.
 */
export function startsFirst(events: readonly JobEvent[]): readonly JobEvent[] {
  const hostOf = ({ event_data: data }: JobEvent): unknown => (data as { readonly host?: string } | undefined)?.host;
  const settled: JobEvent[] = [];
  for (const event of events) {
    const passes = (earlier: JobEvent): boolean => event.event === "runner_on_start" && reports(earlier) && hostOf(earlier) !== hostOf(event);
    settled.splice(settled.findLastIndex((earlier) => !passes(earlier)) + 1, 0, event);
  }
  return settled;
}

/** A host says how something ended. */
const reports = ({ event }: JobEvent): boolean => event.startsWith("runner_") && event !== "runner_on_start";

/** Kind, host and task of each event, and the counters: what must be the same as with the peer. */
export function sequence(events: readonly JobEvent[]): readonly string[] {
  const lines = startsFirst(events).map((event) => {
    const { host = "-", task = "-" } = (event.event_data ?? {}) as { host?: string; task?: string };
    return `${event.event} | ${host} | ${task}`;
  });
  return [...lines, `counters ${events.map(({ counter }) => counter).join(" ")}`];
}
