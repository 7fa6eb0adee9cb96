import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

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
  return text.trimEnd().split("\n").map((line) => withoutTimes(normaliser.value(JSON.parse(line) as Json)));
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
  for (const path of paths.sort((a, b) => counterOf(a) - counterOf(b) || (a < b ? -1 : 1))) {
    const text = await readFile(join(artifactDir, path), "utf8");
    const counter = counterOf(path);
    const json = counter > 0 || path === "command" || path.startsWith("fact_cache/");
    artifacts[counter > 0 ? `job_events/${counter}` : path] = json ? normaliser.value(JSON.parse(text) as Json) : normaliser.text(text);
  }
  return artifacts;
}
