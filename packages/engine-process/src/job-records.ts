import { appendFileSync, constants, openSync, closeSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { privateDirectory, RunnerError, type ContainerSpec, type Host } from "@distronode-runner/contract";
import { identify, isAlive, type ProcessIdentity } from "./process-identity.ts";

/** What other processes may know of a job: what stands in a container's configuration, but for the command. */
export interface JobRecord extends Pick<ContainerSpec, "name" | "image" | "labels" | "environment" | "workdir"> {
  readonly id: string;
  readonly creator: ProcessIdentity;
  /** Since it was started. */
  readonly process?: ProcessIdentity;
  /** The directory of its control group, if it has one. */
  readonly group?: string;
  /** Since its creator saw it end. */
  readonly exitCode?: number;
}

/**
 * The jobs that the processes of this user have on this machine: `<runtimeDir>/host/<id>.ndjson`, each a record of which later lines add fields. They are
 * only ever appended to, and never made again, so that none comes back that somebody else has removed.
 */
export class JobRecords {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  async add(id: string, { name, image, labels, environment, workdir }: ContainerSpec): Promise<void> {
    await privateDirectory(this.#host.runtimeDir, this.#host.uid);
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const creator = identify(this.#host.pid);
    if (creator === undefined) throw new RunnerError("INTERNAL", "This process does not find itself in /proc.");
    const record: JobRecord = { id, name, image, labels, environment, ...(workdir === undefined ? {} : { workdir }), creator };
    await writeFile(this.#path(id), line(record), { flag: "wx", mode: 0o600 });
  }

  /** At once: a process must not run a moment without being known. */
  append(id: string, more: Pick<JobRecord, "process" | "group"> | Pick<JobRecord, "exitCode">): void {
    try {
      const file = openSync(this.#path(id), constants.O_WRONLY | constants.O_APPEND);
      try {
        appendFileSync(file, line(more));
      } finally {
        closeSync(file);
      }
    } catch (error) {
      // Somebody has removed it.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }

  async find(id: string): Promise<JobRecord | undefined> {
    return isOurs(id) ? this.#read(`${id}${suffix}`) : undefined;
  }

  async all(): Promise<readonly JobRecord[]> {
    const names = await readdir(this.#directory).catch(noneIfAbsent);
    const found = await Promise.all((names ?? []).filter((name) => name.endsWith(suffix)).map((name) => this.#read(name)));
    return found.filter((record) => record !== undefined);
  }

  async remove(id: string): Promise<void> {
    if (isOurs(id)) await rm(this.#path(id), { force: true });
  }

  get #directory(): string {
    return join(this.#host.runtimeDir, "host");
  }

  #path(id: string): string {
    return join(this.#directory, `${id}${suffix}`);
  }

  async #read(name: string): Promise<JobRecord | undefined> {
    const text = await readFile(join(this.#directory, name), "utf8").catch(noneIfAbsent);
    const lines = (text ?? "").split("\n").slice(0, -1);
    return lines.length === 0 ? undefined : recordOf(lines);
  }
}

/** `exited`: it has, or nobody is left to start it. */
export function phaseOf({ creator, process, exitCode }: JobRecord): "created" | "running" | "exited" {
  if (exitCode !== undefined) return "exited";
  if (process === undefined) return isAlive(creator) ? "created" : "exited";
  return isAlive(process) ? "running" : "exited";
}

const suffix = ".ndjson";

/** Undefined for one that is damaged: it is no job's any more, and no other job's business. */
function recordOf(lines: readonly string[]): JobRecord | undefined {
  try {
    const record = Object.assign({}, ...lines.map((each) => JSON.parse(each) as object)) as Partial<JobRecord>;
    return [record.id, record.name, record.labels, record.creator].includes(undefined) ? undefined : (record as JobRecord);
  } catch {
    return undefined;
  }
}

const line = (fields: object): string => `${JSON.stringify(fields)}\n`;

/** Ids are file names: nothing else reaches the disk. */
const isOurs = (id: string): boolean => /^[\w-]+$/.test(id);

function noneIfAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
