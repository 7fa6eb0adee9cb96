import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { directoryStore } from "@distronode-runner/artifacts";
import type { EventSinkPlugin, Host, JobResult, JournalEntry, Runner } from "@distronode-runner/contract";
import { processEngine, sandboxEngine } from "@distronode-runner/engine-process";
import { createRunner } from "@distronode-runner/runner";
import { httpSink } from "../src/index.ts";

export function testHost(environment: Record<string, string> = {}): Host {
  return {
    now: () => Date.now(),
    uuid: () => crypto.randomUUID(),
    environment: { PATH: process.env["PATH"], ...environment },
    cwd: tmpdir(),
    uid: process.getuid!(),
    gid: process.getgid!(),
    pid: process.pid,
    hostname: hostname(),
    home: homedir(),
    runtimeDir: join(tmpdir(), `distronode-runner-tests-${process.getuid!()}`),
  };
}

export interface Setting {
  readonly script: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly environment?: Record<string, string>;
  readonly sinks?: readonly EventSinkPlugin[];
  readonly drainSeconds?: number;
  /** While the job runs. */
  readonly meanwhile?: (directory: string) => Promise<unknown>;
}

export interface Ran {
  readonly result: JobResult;
  readonly entries: readonly JournalEntry[];
  /** Milliseconds from the start to the result, to the end of a reader, and to the end of `runner.close()`. */
  readonly resultAfter: number;
  readonly readAfter: number;
  readonly closedAfter: number;
  readonly sinkLog: readonly Record<string, unknown>[];
}

/** A shell script as a job on this host, with its settings in `env/settings`. */
export async function runJob({ script, settings = {}, environment, sinks = [httpSink], drainSeconds, meanwhile }: Setting): Promise<Ran> {
  const directory = await mkdtemp(join(tmpdir(), "sink-"));
  const runner: Runner = createRunner({ host: testHost(environment), engines: [], hostEngine: processEngine, sandboxEngine, hostPython: "/usr/bin/python3", store: directoryStore(), version: "0", sinks, ...(drainSeconds === undefined ? {} : { drainSeconds }) });
  try {
    await mkdir(join(directory, "env"));
    await writeFile(join(directory, "env", "settings"), JSON.stringify(settings));
    await writeFile(join(directory, "job.sh"), script);
    const begin = Date.now();
    const job = await runner.start({ privateDataDir: directory, binary: "/bin/sh", cmdline: join(directory, "job.sh"), ident: "job 1" });
    const entries: JournalEntry[] = [];
    const reading = (async () => {
      for await (const entry of job.entries()) entries.push(entry);
      return Date.now() - begin;
    })();
    await meanwhile?.(directory);
    const result = await job.result;
    const resultAfter = Date.now() - begin;
    const readAfter = await reading;
    await runner.close();
    const closedAfter = Date.now() - begin;
    const log = await readFile(join(result.artifactDir, "sinks.ndjson"), "utf8").catch(() => "");
    return { result, entries, resultAfter, readAfter, closedAfter, sinkLog: log.split("\n").filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>) };
  } finally {
    await runner.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** What a sink that wants all statuses and events has to have sent, in order. */
export function expectedOf(entries: readonly JournalEntry[]): unknown[] {
  return entries.flatMap((entry): unknown[] => {
    if (entry.type === "event") return [entry.event];
    if (entry.type !== "status") return [];
    const { seq: _seq, time: _time, type: _type, ...record } = entry;
    return [record];
  });
}

export const noticesOf = (entries: readonly JournalEntry[]): { kind: string; level: string; message: string }[] =>
  entries.flatMap((entry) => (entry.type === "notice" ? [{ kind: entry.kind, level: entry.level, message: entry.message }] : []));
