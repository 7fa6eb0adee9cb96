import { lstatSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export interface RuntimeDirInput {
  readonly uid: number;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Default: the system's directory for temporary files. */
  readonly temporary?: string;
  /** Where the system keeps what lives no longer than it is up. Default `/run`. */
  readonly run?: string;
}

/** The path of a control socket below the runtime directory has so many characters more, and the system takes no longer ones than this. */
const [below, longest] = ["/control/00000000-0000-4000-8000-000000000000.sock".length, 107];

/** How many names are tried in a directory that all users share. */
const names = 100;

/**
 * Where the jobs of this user are known on this machine. In order: what `DISTRONODE_RUNNER_RUNTIME_DIR` names; the system's directory for this user, if it
 * is this user's (after `su` or `sudo -E` the variable may name another's); for root `/run/distronode-runner`; a directory below this user's home, with the
 * boot of this machine in its name, for a home may be shared by machines and outlives them. Only where there is none of these, the directory for temporary
 * files: there anybody may have taken a name, so the first one counts that is free or this user's own.
 */
export function runtimeDir({ uid, home, environment, temporary = tmpdir(), run = "/run" }: RuntimeDirInput): string {
  const { DISTRONODE_RUNNER_RUNTIME_DIR: named, XDG_RUNTIME_DIR: system, XDG_STATE_HOME: state } = environment;
  if (named !== undefined && named !== "") return resolve(named);
  const own = [system ?? "", join(run, "user", String(uid))].find((path) => path !== "" && ownerOf(path) === uid);
  if (own !== undefined) return join(own, "distronode-runner");
  if (uid === 0 && ownerOf(run) === 0) return join(run, "distronode-runner");
  const kept = join(state === undefined || state === "" ? join(home, ".local", "state") : state, "distronode-runner", bootId());
  if (ownerOf(home) === uid && kept.length + below <= longest) return kept;
  const candidates = Array.from({ length: names }, (_, index) => join(temporary, `distronode-runner-${uid}${index === 0 ? "" : `-${index}`}`));
  return candidates.find((path) => [undefined, uid].includes(ownerOf(path))) ?? candidates[0]!;
}

/** Undefined: there is nothing. What is no directory belongs to nobody. */
function ownerOf(path: string): number | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return found.isDirectory() ? found.uid : -1;
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, 8);
  } catch {
    return "run";
  }
}
