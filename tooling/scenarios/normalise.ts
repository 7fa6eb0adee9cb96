import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { JobEvent, JournalEntry } from "@distronode-runner/contract";
import { startsFirst } from "./peer.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What differs from run to run: times, process ids, names of temporary files; and what follows from `containerOnly`. */
const volatile = new Set(["_original_basename", "unsafe_writes", "time", "created", "start", "end", "delta", "duration", "pid", "mtime", "ctime", "atime", "date"]);
/** What a container's environment has and the host's lacks, on purpose. */
const containerOnly = new Set(["ANSIBLE_UNSAFE_WRITES"]);

/**
 * Makes runs comparable: volatile fields become their names, uuids are numbered in order of appearance, and the private data directory is
 * called /runner as it is in a container.
 */
export class Normaliser {
  readonly #dataDir: string;
  readonly #uuids = new Map<string, string>();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  value(value: Json): Json {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.value(item));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => !containerOnly.has(key))
        .map(([key, item]) => [this.text(key), volatile.has(key) && (typeof item !== "object" || item === null) ? key : this.value(item)]),
    );
  }

  text(text: string): string {
    return text
      .replaceAll(this.#dataDir, "/runner")
      // An isolated job does not see that file: it has what is in it as a file of its own.
      .replaceAll("@JOB_DIR@/extravars.yml", "/runner/env/extravars")
      .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])/g, (uuid) => {
        const known = this.#uuids.get(uuid) ?? `uuid-${this.#uuids.size + 1}`;
        this.#uuids.set(uuid, known);
        return known;
      })
      .replaceAll(/\b\d+:\d\d:\d\d\.\d+/g, "TIME")
      .replaceAll(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?/g, "DATE")
      .replaceAll(/\bscenario-(?:library|cli|server)-\d+\b/g, "scenario")
      .replaceAll(/\bj\d+\.\d+\b/g, "JOB")
      .replaceAll(homedir(), "/HOME")
      .replaceAll("/home/runner", "/HOME")
      .replaceAll(/ansible-tmp-[\d.]+-\d+-\d+/g, "ansible-tmp")
      .replaceAll(/ansible-local-\w+\/tmp\w+/g, "ansible-local/tmp")
      .replaceAll(/ansible-local-\w+/g, "ansible-local");
  }
}

export async function normalisedJournal(dataDir: string, artifactDir: string): Promise<Json[]> {
  const normaliser = new Normaliser(dataDir);
  const text = await readFile(join(artifactDir, "events.ndjson"), "utf8");
  const entries = text.trimEnd().split("\n").map((line) => JSON.parse(line) as JournalEntry);
  const events = settled(entries.flatMap((entry) => (entry.type === "event" ? [entry.event] : [])));
  return entries.map((entry) => withoutTimes(normaliser.value((entry.type === "event" ? { ...entry, event: events.shift() } : entry) as unknown as Json)));
}

/** The events in an order that chance does not decide, with the counters and lines that they have in this order. */
function settled(events: readonly JobEvent[]): JobEvent[] {
  let line = 0;
  return startsFirst(events).map((event, index) => {
    const placed = { ...event, counter: index + 1, ...(event.event === "runner_on_start" ? { start_line: line, end_line: line } : {}) };
    line = placed.end_line;
    return placed;
  });
}

/** Sizes and checksums depend on times, and on paths of different lengths. */
function withoutTimes(entry: Json): Json {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return entry;
  const { sum: _sum, ...rest } = entry;
  return rest["type"] === "end" ? { ...rest, stdoutBytes: "stdoutBytes", bytes: "bytes" } : rest;
}

/** Every artifact but the journal and the record, by name: JSON as values, the rest as text. Event files by their counter. */
export async function normalisedArtifacts(dataDir: string, artifactDir: string): Promise<Record<string, Json>> {
  const normaliser = new Normaliser(dataDir);
  const names = (await readdir(artifactDir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = names.map((entry) => join(entry.parentPath, entry.name).slice(artifactDir.length + 1)).filter((path) => path !== "events.ndjson" && path !== "record.json");
  const counterOf = (path: string): number => Number(/^job_events\/(\d+)-/.exec(path)?.[1] ?? 0);
  const artifacts: Record<string, Json> = {};
  const events: JobEvent[] = [];
  for (const path of paths.sort((a, b) => counterOf(a) - counterOf(b) || (a < b ? -1 : 1))) {
    const text = await readFile(join(artifactDir, path), "utf8");
    const counter = counterOf(path);
    const json = path === "command" || path.startsWith("fact_cache/");
    if (counter > 0) events.push(JSON.parse(text) as JobEvent);
    else artifacts[path] = json ? normaliser.value(JSON.parse(text) as Json) : normaliser.text(text);
  }
  for (const event of settled(events)) artifacts[`job_events/${event.counter}`] = normaliser.value(event as unknown as Json);
  return artifacts;
}
