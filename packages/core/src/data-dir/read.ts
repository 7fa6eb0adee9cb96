import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync, type Dirent, type Stats } from "node:fs";
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { RunnerError } from "@distronode-runner/contract";
import { readPipe } from "./read-pipe.ts";
import { envFileNames, type DataDirEntry, type DataDirSnapshot, type EnvEntry, type EnvFileName, type PathKind } from "./snapshot.ts";

/** Says what a path is, following links. Rejects where this user may not look. */
export function probePath(path: string): PathKind {
  const found = look(path);
  if (found === undefined) return "missing";
  return found.isDirectory() ? "directory" : found.isFile() ? "file" : found.isFIFO() ? "pipe" : "other";
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    // Nothing can have such a name.
    if (["ENAMETOOLONG", "ELOOP", "ERR_INVALID_ARG_VALUE"].includes(code)) return undefined;
    throw new RunnerError("REQUEST_INVALID", `${path} cannot be looked at: ${code}.`, { location: { file: path }, hint: "Check owner and permissions of the directories that lead to it.", cause: error });
  }
}

/** A path with its links resolved; what does not exist of it is taken as it stands. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

interface Wanted {
  readonly playbook?: string;
  readonly projectDir?: string;
  /** Milliseconds that a named pipe may be silent. Default 10 000. */
  readonly patience?: number;
}

/** Reads a private data directory, each file once: it may be a named pipe. Writes nothing. */
export async function readDataDir(root: string, wanted: Wanted = {}): Promise<DataDirSnapshot> {
  checkRoot(root);
  const projectDir = wanted.projectDir ?? join(root, "project");
  const hasProject = probe(projectDir) === "directory";
  const env: Partial<Record<EnvFileName, string>> = {};
  for (const name of envFileNames) {
    const text = await readText(join(root, "env", name), wanted.patience);
    if (text !== undefined) env[name] = text;
  }
  const args = await readText(ownFile(root, "args"), wanted.patience);
  return {
    root,
    projectDir,
    hasProject,
    hasInventory: probe(join(root, "inventory")) !== "missing",
    env,
    ...(args === undefined ? {} : { args: { text: args, file: join(root, "args") } }),
    entries: entriesOf(root),
    envEntries: envEntriesOf(join(root, "env")),
    playbook: wanted.playbook === undefined ? { found: false, similar: [] } : findPlaybook(hasProject ? projectDir : root, wanted.playbook),
  };
}

/** A file at the top of the directory. A link that leads out of it is not followed: what it leads to would become part of a command. */
function ownFile(root: string, name: string): string {
  const path = join(root, name);
  const rest = relative(realPath(root), realPath(path));
  if (!rest.startsWith("../") && !isAbsolute(rest)) return path;
  throw new RunnerError("DATA_DIR_INVALID", `${path} is a link that leads out of the private data directory.`, { location: { file: path }, hint: "Put the file itself there." });
}

/** `env/settings` alone, if there is one. */
export async function readSettings(root: string): Promise<{ readonly text: string; readonly path: string } | undefined> {
  checkRoot(root);
  const path = join(root, "env", "settings");
  const text = await readText(path);
  return text === undefined ? undefined : { text, path };
}

function checkRoot(root: string): void {
  const kind = probe(root);
  if (kind === "missing") {
    throw new RunnerError("DATA_DIR_INVALID", `The private data directory ${root} does not exist.`, {
      location: { file: root },
      hint: "Name a directory that holds project/ with the playbook (and, as needed, inventory/ and env/).",
    });
  }
  if (kind !== "directory") {
    throw new RunnerError("DATA_DIR_INVALID", `${root} is not a directory.`, { location: { file: root }, hint: "Name the private data directory, not a file in it." });
  }
}

function probe(path: string): PathKind {
  try {
    return probePath(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** `undefined` if there is no such file. */
async function readText(path: string, patience = 10_000): Promise<string | undefined> {
  const kind = probe(path);
  if (kind === "missing") {
    if (!isLink(path)) return undefined;
    throw new RunnerError("DATA_DIR_INVALID", `${path} is a link to nothing.`, { location: { file: path }, hint: "Remove the link, or put back what it leads to." });
  }
  if (kind === "directory") throw new RunnerError("DATA_DIR_INVALID", `${path} is a directory, but it must be a file.`, { location: { file: path }, hint: "Remove it, or put the content into a file of this name." });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(kind === "pipe" ? await readPipe(path, patience) : readFileSync(path));
  } catch (error) {
    throw error instanceof TypeError
      ? new RunnerError("DATA_DIR_INVALID", `${path} is not UTF-8 text.`, { location: { file: path }, hint: "Save it as UTF-8.", cause: error })
      : unreadable(path, error);
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  } catch {
    // The directories that lead to it cannot exist: their names are impossible.
    return false;
  }
}

function unreadable(path: string, cause: unknown): RunnerError {
  const system = cause instanceof Error && "code" in cause;
  return new RunnerError("DATA_DIR_INVALID", `${path} can not be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
    location: { file: path },
    hint: system ? "Check owner and permissions." : "Start what writes to it before the job; a pipe is read once, by one job.",
    cause,
  });
}

/** What can be shown elsewhere: neither broken links nor sockets. A named pipe counts as a file. */
function entriesOf(root: string): readonly DataDirEntry[] {
  return listed(root).flatMap(({ name }): readonly DataDirEntry[] => {
    try {
      const source = realpathSync(join(root, name));
      const kind = probePath(source);
      return kind === "missing" || kind === "other" ? [] : [{ name, kind: kind === "directory" ? "directory" : "file", source }];
    } catch {
      return [];
    }
  });
}

function envEntriesOf(directory: string): readonly EnvEntry[] {
  return listed(directory).flatMap((entry): readonly EnvEntry[] => {
    const { name } = entry;
    if (entry.isSymbolicLink()) return [{ name, kind: { link: readlinkSync(join(directory, name)) } }];
    if (entry.isDirectory()) return [{ name, kind: "directory" }];
    return entry.isFile() || entry.isFIFO() ? [{ name, kind: "file" }] : [];
  });
}

function listed(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  } catch {
    return [];
  }
}

function findPlaybook(base: string, playbook: string): DataDirSnapshot["playbook"] {
  const path = isAbsolute(playbook) ? playbook : join(base, playbook);
  if (probe(path) !== "missing") return { found: true, similar: [] };
  const folder = isAbsolute(playbook) ? "" : dirname(playbook);
  const beside = playbooksIn(dirname(path)).map((name) => join(folder, name));
  return { found: false, similar: beside.length > 0 ? beside : playbooksIn(base) };
}

function playbooksIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && /\.(ya?ml|json)$/.test(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}
