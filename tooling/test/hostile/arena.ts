import { execFile } from "node:child_process";
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { JobRequest, JobResult, JournalEntry } from "@distronode-runner/contract";
import { createStandardRunner } from "@distronode-runner/standard";
import { makeDataDir } from "../../scenarios/data-dir.ts";
import { engines, isolation } from "../../scenarios/executions.ts";

/** Where hostile jobs run. On the host nothing but the care with links is promised. */
export const isolated: readonly string[] = [...(process.getuid?.() === 0 ? ["bwrap"] : []), ...engines];
export const everywhere: readonly string[] = ["host", ...isolated];

export const asked = (where: string): Partial<JobRequest> => (where === "bwrap" ? { processIsolation: true, processIsolationExecutable: "bwrap" } : isolation(where));

/** A place for one fight: a private data directory, and beside it what no job has to do with. */
export interface Arena {
  readonly dataDir: string;
  /** A directory with a file, `secret`, and a directory of facts, `facts`. */
  readonly canary: string;
  /** What stands in the canary, with owner, mode and identity of each file. */
  canaryState(): unknown;
  remove(): Promise<void>;
}

/** Python that every attack starts with: `root` is the private data directory as the job sees it, `mine` what it takes for its artifacts. */
const preamble = `import ctypes, json, os, signal, socket, stat, subprocess, sys, time
root, ident, canary = os.environ["ARENA_ROOT"], os.environ["ARENA_IDENT"], os.environ["ARENA_CANARY"]
mine = os.environ.get("ARENA_ARTIFACTS") or os.path.join(root, "artifacts", ident)
def tried(work):
    try:
        return work()
    except BaseException as error:
        return type(error).__name__
def gone(path):
    if os.path.islink(path) or not os.path.isdir(path): tried(lambda: os.unlink(path))
    else: os.rename(path, path + ".away")
def put(path, text="put\\n"):
    with open(path, "w") as file: file.write(text)
`;

export async function makeArena(attack: string, files: Readonly<Record<string, string>> = {}): Promise<Arena> {
  const canary = await mkdtemp(join(tmpdir(), "canary-"));
  await mkdir(join(canary, "facts"));
  await writeFile(join(canary, "secret"), "the content of a file outside\n");
  await writeFile(join(canary, "facts/localhost"), '{"ansible_env": {"HOME": "/"}, "kept": true}');
  await chmod(canary, 0o755);
  await chmod(join(canary, "secret"), 0o640);
  const dataDir = await makeDataDir({ "project/attack.py": preamble + attack, "args": "sh -c 'cd project 2>/dev/null; exec python3 attack.py'\n", "env/tmpabc": "from the env\n", ...files });
  return {
    dataDir,
    canary,
    canaryState: () => tree(canary),
    // Node's own removal knows no paths that are too long; without root, what jobs gave to others is only podman's to remove.
    remove: async () => void (await promisify(execFile)(...((process.getuid?.() === 0 ? ["rm", ["-rf", dataDir, canary]] : ["podman", ["unshare", "rm", "-rf", dataDir, canary]]) satisfies [string, string[]]))),
  };
}

/** What a job is asked with to fight in an arena. */
export function attacking({ dataDir, canary }: Arena, where: string, ident: string, request: Partial<JobRequest> = {}): JobRequest {
  const root = where === "host" || where === "bwrap" ? dataDir : "/runner";
  return { privateDataDir: dataDir, ident, ...asked(where), ...request, envvars: { ARENA_ROOT: root, ARENA_IDENT: ident, ARENA_CANARY: canary, ...(where === "host" && request.artifactDir !== undefined ? { ARENA_ARTIFACTS: join(request.artifactDir, ident) } : {}) } };
}

export interface Fought extends JobResult {
  readonly stdout: string;
  readonly warnings: readonly string[];
  readonly entries: readonly JournalEntry[];
}

export async function fight(request: JobRequest): Promise<Fought> {
  const runner = createStandardRunner();
  try {
    const job = await runner.start(request);
    const entries: JournalEntry[] = [];
    const reading = (async () => {
      for await (const entry of job.entries()) entries.push(entry);
    })().catch(() => {});
    const result = await job.result;
    await reading;
    const warnings = entries.flatMap((entry) => (entry.type === "notice" && entry.level === "warning" ? [entry.message] : []));
    return { ...result, stdout: await job.stdout().catch((error: unknown) => String(error)), warnings, entries };
  } finally {
    await runner.close();
  }
}

interface Found {
  /** Path below the directory; bytes that are no text are replaced. */
  readonly key: string;
  readonly place: Buffer;
  readonly stats: Stats;
}

/** Every entry below a directory, whatever the bytes of its name are. */
function* walk(directory: Buffer, under = ""): Iterable<Found> {
  for (const name of readdirSync(directory, { encoding: "buffer" })) {
    const place = Buffer.concat([directory, Buffer.from("/"), name]);
    const [key, stats] = [`${under}${name.toString()}`, lstatSync(place)];
    yield { key, place, stats };
    if (stats.isDirectory()) yield* walk(place, `${key}/`);
  }
}

/** Every entry below a directory: mode, owner, identity, time, and content or target. */
export function tree(path: string): Record<string, unknown> {
  return Object.fromEntries(
    [{ key: "", place: Buffer.from(path), stats: lstatSync(path) }, ...walk(Buffer.from(path))].map(({ key, place, stats }) => {
      const { mode, uid, gid, ino, mtimeMs, size } = stats;
      const content = stats.isSymbolicLink() ? { target: readlinkSync(place) } : stats.isFile() ? { size, text: readFileSync(place, "utf8").slice(0, 1000) } : {};
      return [key, { mode: mode.toString(8), uid, gid, ino, mtimeMs, ...content }];
    }),
  );
}

/** Kinds of all entries below a directory: path -> `file 600`, `directory 700`, `link`, `other`; with the owner if that is not the caller. */
export function kinds(path: string): Record<string, string> {
  return Object.fromEntries(
    [...walk(Buffer.from(path))].map(({ key, stats }) => {
      const mode = `${(stats.mode & 0o7777).toString(8)}${stats.uid === process.getuid!() ? "" : ` of ${stats.uid}`}`;
      return [key, stats.isFile() ? `file ${mode}` : stats.isDirectory() ? `directory ${mode}` : stats.isSymbolicLink() ? "link" : "other"];
    }),
  );
}
