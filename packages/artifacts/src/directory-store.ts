import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { asRunnerError, isFinal, isRunnerError, RunnerError, type ArtifactStore, type CommandRecord, type JobArtifacts, type JobPlan, type JobStatus } from "@distronode-runner/contract";
import { AppendFile } from "./append-file.ts";
import { layout } from "./classic-layout.ts";
import { EventFiles } from "./event-files.ts";
import { factCache } from "./fact-cache.ts";
import { makePrivate } from "./make-private.ts";
import { rotate } from "./rotate.ts";
import { withoutEnvironment } from "./without-environment.ts";

/** Keeps artifacts below `<artifact root>/<ident>` in the classic layout: directories 0700, files 0600 whatever the umask. */
export function directoryStore(): ArtifactStore {
  return { open: (plan) => stored(plan.artifactDir, () => open(plan)) };
}

async function open(plan: JobPlan): Promise<JobArtifacts> {
  const directory = plan.artifactDir;
  await mkdir(join(directory, ".."), { recursive: true, mode: 0o700 });
  await claim(plan);
  await rotate(directory, plan.output.rotate);
  const events = new EventFiles(join(directory, layout.jobEvents));
  await mkdir(events.directory, { mode: 0o700 });
  const kept = !plan.output.suppressFiles;
  const stdout = kept ? await AppendFile.create(join(directory, layout.stdout)) : undefined;
  const stderr = kept ? await AppendFile.create(join(directory, layout.stderr)) : undefined;
  const flush = (): Promise<void> => stored(directory, async () => void (await Promise.all([stdout?.flush(), stderr?.flush(), events.flush()])));
  const write = (name: string, text: string): Promise<void> => writeFile(join(directory, name), text, { mode: 0o600 });
  return {
    directory,
    command: (record) => stored(directory, () => write(layout.command, commandText(record))),
    stdout: (bytes) => stdout?.append(bytes),
    stderr: (bytes) => stderr?.append(bytes),
    facts: factCache(plan.factCache),
    event: (counter, uuid, json) => events.add(counter, uuid, json),
    flush,
    finish: (result, record) =>
      stored(directory, async () => {
        await flush();
        await withoutEnvironment(plan.factCache);
        await makePrivate(plan.factCache, directory);
        await Promise.all([stdout?.close(), stderr?.close()]);
        await write(layout.record, `${JSON.stringify(record, null, 2)}\n`);
        await write(layout.rc, String(result.rc));
        await write(layout.status, result.status);
      }),
  };
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
