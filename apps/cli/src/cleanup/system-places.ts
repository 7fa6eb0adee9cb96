import { readFileSync, realpathSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname } from "node:path";

/** The system's own: nothing in these is ever removed. */
const trees: readonly string[] = [
  "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/lost+found", "/proc", "/run", "/sbin", "/snap", "/sys", "/usr",
  "/var/backups", "/var/cache", "/var/db", "/var/empty", "/var/lock", "/var/log", "/var/mail", "/var/run", "/var/spool", "/var/www",
  "/Applications", "/Library", "/System", "/nix", "/private/etc", "/private/var/db",
];

/** Each entry of these is a system directory, a home, a disk or a program; private data directories are deeper. */
const shelves = ["/", "/home", "/media", "/mnt", "/opt", "/Users", "/Volumes", "/var", "/var/lib", "/var/opt"];

/** For files of short life; what is directly in them may be removed. They lie in a tree or on a shelf and are exceptions. */
const temporary = ["/dev/shm", "/tmp", "/var/tmp"];

/** Why a directory is no private data directory in a sensible place, and must not be removed. Undefined: it may be. `path` is resolved here: links do not hide what they lead to. */
export function systemPlace(path: string): string | undefined {
  const real = resolved(path);
  const scratch = [...temporary, tmpdir()].map(resolved);
  const homes = [homedir(), ...homesOfUsers()].map(resolved);
  if (scratch.some((place) => isWithin(place, real))) return "a place for temporary files of all users";
  if (homes.some((home) => isWithin(home, real))) return "a home directory, or what holds one";
  if (isMountPoint(real)) return "a file system of its own";
  if (scratch.some((place) => isWithin(real, place))) return undefined;
  if (trees.some((tree) => isWithin(real, tree) || isWithin(tree, real))) return "a part of the system";
  if (shelves.some((shelf) => dirname(real) === shelf || isWithin(shelf, real))) return "a part of the system";
  return undefined;
}

/** Whether a path is a place or lies in it. */
export function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(place === "/" ? "/" : `${place}/`);
}

export function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isMountPoint(path: string): boolean {
  const [here, above] = [path, dirname(path)].map((at) => statSync(at, { throwIfNoEntry: false })?.dev);
  return here !== undefined && above !== undefined && here !== above;
}

/** `/` is the home of users who have none. */
function homesOfUsers(): readonly string[] {
  try {
    return readFileSync("/etc/passwd", "utf8").split("\n").flatMap((line) => line.split(":")[5] ?? []).filter((home) => home.startsWith("/") && home !== "/");
  } catch {
    return [];
  }
}
