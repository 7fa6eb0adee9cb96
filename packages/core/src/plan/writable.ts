import { RunnerError } from "@distronode-runner/contract";
import { below } from "./path-map.ts";

/** Places that isolated jobs write to, and so may have put links into. */
export interface Writable {
  /** Absolute. */
  readonly directories: readonly string[];
  /** A path with its links resolved, as far as it exists. */
  readonly real: (path: string) => string;
}

/** The directory that a path is in and leads out of by a link. */
export function leftBy(path: string, { directories, real }: Writable): string | undefined {
  return directories.find((directory) => (below(directory, path) ?? below(real(directory), path)) !== undefined && below(real(directory), real(path)) === undefined);
}

/** Refuses a path of which a job may have made something else than was meant. `key`: where it was named. */
export function refuseLeaving(path: string, key: string, writable: Writable): void {
  const directory = leftBy(path, writable);
  if (directory === undefined) return;
  throw new RunnerError("MOUNT_REFUSED", `The path ${path} leads out of ${directory} by a link.`, { location: { key }, hint: "Jobs can write there, so such a link is not followed. Name the place itself." });
}
