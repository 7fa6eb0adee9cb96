import { mkdir } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { basename, dirname, relative } from "node:path";
import { asRunnerError, boundaryDirectory, isFinal, isRunnerError, RunnerError, type ArtifactSizes, type ArtifactStore, type CommandRecord, type JobArtifacts, type JobPlan, type JobResult, type JobStatus } from "@distronode-runner/contract";
import { makeDirectories, removeEntry, removeTree, SafeDirectory } from "@distronode-runner/safe-files";
import { AppendFile } from "./append-file.ts";
import { layout } from "./classic-layout.ts";
import { EventFiles } from "./event-files.ts";
import { factCache } from "./fact-cache.ts";
import { collectOwnFiles, makeOwnDirectories, removeOwnDirectories } from "./own-directories.ts";
import { rotate } from "./rotate.ts";
import { knownFacts, tidyFacts, type KnownFacts } from "./tidy-facts.ts";

/**
 * Keeps artifacts below `<artifact root>/<ident>` in the classic layout: directories 0700, files 0600 whatever the umask; the root is open to a
 * group that may write where it is made. A job without a container can write there too, so no link is followed, and nothing is read but regular files.
 */
export function directoryStore(): ArtifactStore {
  return {
    open: (plan) => stored(plan.artifactDir, () => begin(plan)),
    resume: (plan, sizes) => stored(plan.artifactDir, async () => opened(await SafeDirectory.open(plan.artifactDir), (directory) => write(plan, directory, (within, name, size) => AppendFile.resume(within, name, size), sizes))),
    exitOf: async (path) => {
      const directory = await SafeDirectory.open(path);
      try {
        const text = await directory.text(layout.exit, largestRecord);
        return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
      } finally {
        await directory.close();
      }
    },
    abandon: (path, result, record) =>
      stored(path, async () => {
        const directory = await SafeDirectory.open(path);
        try {
          await collectOwnFiles(directory, { ident: basename(path), privateDataDir: "" });
          await conclude(directory, result, record);
        } finally {
          await directory.close();
        }
      }),
  };
}

/** More than any record that this store writes. */
const largestRecord = 16 * 1024 * 1024;

async function begin(plan: JobPlan): Promise<JobArtifacts> {
  await makeDirectories(dirname(plan.artifactDir));
  return opened(await claim(plan), async (directory) => {
    await rotate(plan.artifactDir, plan.output.rotate);
    await makeOwnDirectories(directory, plan);
    if (plan.boundary !== undefined) await mkdir(relative(plan.artifactDir, plan.factCache).startsWith("..") ? plan.factCache : plan.boundary.root, { recursive: true, mode: 0o700 });
    return write(plan, directory, (within, name) => AppendFile.create(within, name), { stdout: 0, stderr: 0 }, await knownFacts(plan.factCache, plan.artifactDir));
  });
}

/** What is done with something that is open; if that fails, it is closed. */
async function opened<T extends { close(): Promise<void> }, R>(what: T, work: (what: T) => Promise<R>): Promise<R> {
  try {
    return await work(what);
  } catch (error) {
    await what.close();
    throw error;
  }
}

type OpenFile = (directory: SafeDirectory, name: string, size: number) => Promise<AppendFile>;

async function write(plan: JobPlan, directory: SafeDirectory, openFile: OpenFile, sizes: ArtifactSizes, known: KnownFacts = new Map()): Promise<JobArtifacts> {
  return opened(await directory.ensureDirectory(layout.jobEvents), async (eventDirectory) => {
    if (plan.output.suppressFiles) return writer(plan, directory, eventDirectory, known);
    return opened(await openFile(directory, layout.stdout, sizes.stdout), async (stdout) => writer(plan, directory, eventDirectory, known, { stdout, stderr: await openFile(directory, layout.stderr, sizes.stderr) }));
  });
}

function writer(plan: JobPlan, directory: SafeDirectory, eventDirectory: SafeDirectory, known: KnownFacts, { stdout, stderr }: { readonly stdout?: AppendFile; readonly stderr?: AppendFile } = {}): JobArtifacts {
  const path = plan.artifactDir;
  const events = plan.output.eventFiles ? new EventFiles(eventDirectory) : undefined;
  const close = async (): Promise<void> => void (await Promise.all([stdout?.close(), stderr?.close(), eventDirectory.close()]));
  const flush = (): Promise<void> =>
    stored(path, async () => {
      // To the last one: after a failure nothing is being written any more.
      const done = await Promise.allSettled([stdout?.flush(), stderr?.flush(), events?.flush()]);
      for (const one of done) if (one.status === "rejected") throw one.reason;
    });
  return {
    directory: path,
    command: (record) => stored(path, () => directory.replace(layout.command, commandText(record))),
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
    exited: (exit) => stored(path, () => directory.replace(layout.exit, JSON.stringify(exit))),
    collect: () => stored(path, () => collectOwnFiles(directory, plan)),
    finish: (result, record) =>
      stored(path, async () => {
        try {
          try {
            await flush();
          } finally {
            await close();
          }
          await tidyFacts(plan.factCache, path, known);
          await conclude(directory, result, record);
        } finally {
          await directory.close();
        }
      }),
    leave: async () => {
      await flush().catch(() => {});
      await close().catch(() => {});
      await directory.close();
    },
  };
}

/** The last files, in this order: who sees `status` sees all. */
async function conclude(directory: SafeDirectory, result: JobResult, record: Readonly<Record<string, unknown>>): Promise<void> {
  await removeOwnDirectories(directory);
  await directory.replace(layout.record, `${JSON.stringify(record, null, 2)}\n`);
  await directory.replace(layout.rc, String(result.rc));
  await directory.replace(layout.status, result.status);
  await directory.removeFile(layout.exit);
}

/** Makes the directory ours. What a finished job of the same ident left is replaced, so that two runs never mix; facts that somebody has put there before the job are kept. */
async function claim({ artifactDir: path, ident, factCache: facts }: JobPlan): Promise<SafeDirectory> {
  try {
    await mkdir(path, { mode: 0o700 });
    return await SafeDirectory.open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const directory = await SafeDirectory.open(path);
  try {
    const present = (await directory.list()).map(({ name }) => name);
    const started = present.some((name) => name !== layout.factCache);
    if (!started) return directory;
    if (!isFinal(((await directory.text(layout.status, 100).catch(() => undefined)) ?? "unstarted") as JobStatus)) {
      throw new RunnerError("JOB_CONFLICT", `${path} belongs to a job ${ident} that has not ended.`, {
        location: { file: path, key: "ident" },
        hint: "Choose another ident, or wait for that job or cancel it. If its runner was killed, doctor --fix settles it.",
      });
    }
    const cached = relative(path, facts);
    for (const name of Object.values(layout)) await removeEntry(directory, name);
    // Of what a job gave to others, a user without rights cannot remove everything.
    await removeEntry(directory, boundaryDirectory).catch(() => directory.moveTo(boundaryDirectory, directory, `${boundaryDirectory}-${randomBytes(6).toString("hex")}`));
    if (!cached.startsWith("..")) await removeTree(facts);
    return directory;
  } catch (error) {
    await directory.close();
    throw error;
  }
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
    const { code, message, hint } = asRunnerError(error, "STORE_FAILED");
    // Paths of descriptors mean nothing to anybody else.
    throw new RunnerError(code, `Artifacts cannot be kept in ${directory}: ${message.replaceAll(/\/proc\/self\/fd\/\d+\//g, "").replace(/\.$/, "")}.`, { location: { file: directory }, hint: hint ?? "Check that it is a directory you may write to, on a disk with room.", cause: error });
  }
}
