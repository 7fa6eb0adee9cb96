import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { asRunnerError, isFinal, isRunnerError, RunnerError, type ArtifactSizes, type ArtifactStore, type CommandRecord, type JobArtifacts, type JobPlan, type JobResult, type JobStatus } from "@distronode-runner/contract";
import { AppendFile } from "./append-file.ts";
import { layout } from "./classic-layout.ts";
import { EventFiles } from "./event-files.ts";
import { factCache } from "./fact-cache.ts";
import { makePrivate } from "./make-private.ts";
import { replaceFile } from "./replace-file.ts";
import { rotate } from "./rotate.ts";
import { withoutEnvironment } from "./without-environment.ts";

/** Keeps artifacts below `<artifact root>/<ident>` in the classic layout: directories 0700, files 0600 whatever the umask. */
export function directoryStore(): ArtifactStore {
  return {
    open: (plan) => stored(plan.artifactDir, () => begin(plan)),
    resume: (plan, sizes) => stored(plan.artifactDir, () => write(plan, (name, size) => AppendFile.resume(name, size), sizes)),
    exitOf: async (directory) => {
      const text = await readFile(join(directory, layout.exit), "utf8").catch(() => undefined);
      return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
    },
    abandon: (directory, result, record) => stored(directory, () => conclude(directory, result, record)),
  };
}

async function begin(plan: JobPlan): Promise<JobArtifacts> {
  const directory = plan.artifactDir;
  await mkdir(join(directory, ".."), { recursive: true, mode: 0o700 });
  await claim(plan);
  await rotate(directory, plan.output.rotate);
  await mkdir(join(directory, layout.jobEvents), { mode: 0o700 });
  return write(plan, (name) => AppendFile.create(name), { stdout: 0, stderr: 0 });
}

async function write(plan: JobPlan, openFile: (path: string, size: number) => Promise<AppendFile>, sizes: ArtifactSizes): Promise<JobArtifacts> {
  const directory = plan.artifactDir;
  const events = plan.output.eventFiles ? new EventFiles(join(directory, layout.jobEvents)) : undefined;
  const kept = !plan.output.suppressFiles;
  const stdout = kept ? await openFile(join(directory, layout.stdout), sizes.stdout) : undefined;
  const stderr = kept ? await openFile(join(directory, layout.stderr), sizes.stderr) : undefined;
  const close = async (): Promise<void> => void (await Promise.all([stdout?.close(), stderr?.close()]));
  const flush = (): Promise<void> =>
    stored(directory, async () => {
      // To the last one: after a failure nothing is being written any more.
      const done = await Promise.allSettled([stdout?.flush(), stderr?.flush(), events?.flush()]);
      for (const one of done) if (one.status === "rejected") throw one.reason;
    });
  return {
    directory,
    command: (record) => stored(directory, () => put(directory, layout.command, commandText(record))),
    stdout: (bytes) => stdout?.append(bytes),
    stderr: (bytes) => stderr?.append(bytes),
    output: stdout,
    get sizes(): ArtifactSizes {
      return { stdout: stdout?.size ?? 0, stderr: stderr?.size ?? 0 };
    },
    facts: factCache(plan.factCache),
    event: (counter, uuid, json) => events?.add(counter, uuid, json),
    ready: async () => void (await Promise.all([stdout?.ready(), stderr?.ready(), events?.ready()])),
    flush,
    exited: (exit) => stored(directory, () => replaceFile(join(directory, layout.exit), JSON.stringify(exit))),
    finish: (result, record) =>
      stored(directory, async () => {
        try {
          await flush();
        } finally {
          await close();
        }
        await withoutEnvironment(plan.factCache);
        await makePrivate(plan.factCache, directory);
        await conclude(directory, result, record);
      }),
    leave: async () => {
      await flush().catch(() => {});
      await close().catch(() => {});
    },
  };
}

/** The last files, in this order: who sees `status` sees all. */
async function conclude(directory: string, result: JobResult, record: Readonly<Record<string, unknown>>): Promise<void> {
  await put(directory, layout.record, `${JSON.stringify(record, null, 2)}\n`);
  await put(directory, layout.rc, String(result.rc));
  await put(directory, layout.status, result.status);
  await rm(join(directory, layout.exit), { force: true });
}

function put(directory: string, name: string, text: string): Promise<void> {
  return writeFile(join(directory, name), text, { mode: 0o600 });
}

/** Makes the directory ours. What a finished job of the same ident left is replaced, so that two runs never mix. */
async function claim({ artifactDir: directory, ident, factCache }: JobPlan): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const present = await readdir(directory);
  if (present.length > 0 && !isFinal((await readFile(join(directory, layout.status), "utf8").catch(() => "unstarted")) as JobStatus)) {
    throw new RunnerError("JOB_CONFLICT", `${directory} belongs to a job ${ident} that has not ended.`, {
      location: { file: directory, key: "ident" },
      hint: "Choose another ident; if that job was interrupted, remove the directory.",
    });
  }
  const facts = relative(directory, factCache);
  const left = [...Object.values(layout), ...(facts.startsWith("..") ? [] : [facts])];
  await Promise.all(left.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

/** One JSON object with the separators of Python's `json.dumps`, which consumers of the classic layout compare against. */
function commandText(record: CommandRecord): string {
  const python = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
    if (typeof value === "object" && value !== null) return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${python(item)}`).join(", ")}}`;
    return JSON.stringify(value);
  };
  return python({ command: record.command, cwd: record.cwd, env: record.env });
}

async function stored<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isRunnerError(error)) throw error;
    const { code, message } = asRunnerError(error, "STORE_FAILED");
    throw new RunnerError(code, `Artifacts can not be kept in ${directory}: ${message}.`, { location: { file: directory }, hint: "Check that it is a directory you may write to, on a disk with room.", cause: error });
  }
}
