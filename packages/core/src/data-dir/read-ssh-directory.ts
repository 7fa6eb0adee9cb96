import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, relative } from "node:path";

/** `~/.ssh`, as it has to be shown elsewhere. */
export interface SshDirectory {
  /** Absolute. */
  readonly path: string;
  /**
   * Name in the directory -> what it really is, links resolved: given when a link leads out of the directory, where it would lead nowhere in a container. Then each
   * entry is shown by itself.
   */
  readonly entries?: Readonly<Record<string, string>>;
  /** Links that lead to nothing. */
  readonly broken: readonly string[];
}

/** Looks at `~/.ssh`; nothing if there is no such directory, or it may not be read. */
export function readSshDirectory(home: string): SshDirectory | undefined {
  const path = join(home, ".ssh");
  try {
    const real = realpathSync(path);
    const entries: Record<string, string> = {};
    const broken: string[] = [];
    const outside = look(path, "", real, entries, broken);
    return { path, broken, ...(outside ? { entries } : {}) };
  } catch {
    return undefined;
  }
}

/** Collects what is in a directory; true if a link in it leads out. Directories without such a link stay whole. */
function look(directory: string, below: string, root: string, entries: Record<string, string>, broken: string[]): boolean {
  let outside = false;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const [path, name] = [join(directory, entry.name), join(below, entry.name)];
    if (entry.isSymbolicLink()) {
      const target = resolved(path);
      if (target === undefined) broken.push(path);
      else {
        entries[name] = target;
        outside ||= relative(root, target).startsWith("..");
      }
    } else if (entry.isDirectory()) {
      const inner: Record<string, string> = {};
      const leads = look(path, name, root, inner, broken);
      Object.assign(entries, leads ? inner : { [name]: path });
      outside ||= leads;
    } else if (entry.isFile()) {
      entries[name] = path;
    }
  }
  return outside;
}

/** Files and directories only: sockets of connections that are open mean nothing elsewhere. */
function resolved(path: string): string | undefined {
  try {
    const target = realpathSync(path);
    const found = statSync(target);
    return found.isFile() || found.isDirectory() ? target : undefined;
  } catch {
    return undefined;
  }
}
