import type { Stats } from "node:fs";

/** What tells a file from another one that was put under its name. */
export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
}

export function sameFile(one: FileIdentity | Stats, other: FileIdentity | Stats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}
