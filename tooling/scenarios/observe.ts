import { execFile } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { eventText, type JobEvent, type JobRequest, type JournalEntry } from "@distronode-runner/contract";
import { createStandardRunner } from "@distronode-runner/standard";
import { makeDataDir } from "./data-dir.ts";

/** Everything a job left, read before its directory was removed. */
export interface Observed {
  readonly status: string;
  readonly rc: number;
  readonly dataDir: string;
  readonly events: readonly JobEvent[];
  /** The text of all events, line ends included. */
  readonly text: string;
  /** The `stdout` artifact. */
  readonly stdout: string;
  /** Names in `job_events/`. */
  readonly files: readonly string[];
  /** Contents of files asked for, by path below the data directory. */
  readonly kept: Readonly<Record<string, string>>;
}

interface Options {
  readonly keep?: readonly string[];
  /** Called after each entry while the job goes on. */
  readonly during?: (entry: JournalEntry, artifactDir: string) => Promise<void>;
}

/** Runs `project/site.yml` of a fresh data directory on the host through the library. */
export async function observe(files: Readonly<Record<string, string>>, request: Partial<JobRequest> = {}, { keep = [], during }: Options = {}): Promise<Observed> {
  const dataDir = await makeDataDir(files);
  const runner = createStandardRunner();
  try {
    const target = request.module === undefined && request.command === undefined ? { playbook: "site.yml" } : {};
    const job = await runner.start({ privateDataDir: dataDir, ...target, ...request });
    const { artifactDir } = job.plan;
    const events: JobEvent[] = [];
    for await (const entry of job.entries()) {
      if (entry.type === "event") events.push(entry.event);
      await during?.(entry, artifactDir);
    }
    const { status, rc } = await job.result;
    const kept = Object.fromEntries(await Promise.all(keep.map(async (path) => [path, await readFile(join(dataDir, path), "utf8")] as const)));
    return { status, rc, dataDir, events, text: events.map(eventText).join(""), stdout: await readFile(join(artifactDir, "stdout"), "utf8"), files: await readdir(join(artifactDir, "job_events")), kept };
  } finally {
    await runner.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** What the tool prints without a runner: stdout and stderr in one, as a job's text has them. */
export async function bareText(files: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>> = {}, ...more: readonly string[]): Promise<{ readonly dataDir: string; readonly text: string }> {
  const dataDir = await makeDataDir(files);
  try {
    const child = execFile("sh", ["-c", 'exec ansible-playbook -i ../inventory "$@" 2>&1 </dev/null', "sh", ...more, "site.yml"], {
      cwd: join(dataDir, "project"),
      env: { ...process.env, ANSIBLE_HOST_KEY_CHECKING: "False", ANSIBLE_RETRY_FILES_ENABLED: "False", ...environment },
      maxBuffer: 64 * 1024 * 1024,
    });
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    await new Promise((resolve) => child.once("close", resolve));
    return { dataDir, text };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

export const dataOf = (event: JobEvent | undefined): Record<string, unknown> => (event?.event_data ?? {}) as Record<string, unknown>;
export const resOf = (event: JobEvent | undefined): Record<string, unknown> => (dataOf(event)["res"] ?? {}) as Record<string, unknown>;
