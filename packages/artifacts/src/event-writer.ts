import { constants, openSync, closeSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { setImmediate as pause } from "node:timers/promises";
import type { SafeDirectory } from "@distronode-runner/safe-files";

export interface EventFile {
  readonly name: string;
  readonly json: string | readonly Uint8Array[];
}

/** A file that took so many milliseconds lies on a slow disk. */
const slow = 5;
/** So many milliseconds at a time belong to the files, then others have a turn. */
const turn = 10;
const parallel = 4;

/**
 * Writes files, private and each whole or not at all. Four system calls a file are by far cheapest one after the other in this thread; on a disk that turns out
 * slow the rest is left to others, so that nothing else has to wait for it. What a slow disk was is asked anew with each call.
 */
export async function writeEvents(directory: SafeDirectory, batch: readonly EventFile[]): Promise<void> {
  let begun = performance.now();
  let before = begun;
  for (const [index, { name, json }] of batch.entries()) {
    // A large one is worth no wait of everybody else, and its time says nothing of the disk.
    if (typeof json !== "string") {
      await directory.replace(name, json, `${name}.tmp`);
      begun = before = performance.now();
      continue;
    }
    write(directory, name, json);
    const now = performance.now();
    if (now - before > slow) return writeBehind(directory, batch.slice(index + 1));
    if (now - begun > turn) {
      await pause();
      begun = performance.now();
    }
    before = performance.now();
  }
}

const fresh = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

function write(directory: SafeDirectory, name: string, json: string): void {
  const [path, beside] = [directory.at(name), directory.at(`${name}.tmp`)];
  let file: number;
  try {
    file = openSync(beside, fresh, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    // A runner that was killed left it.
    unlinkSync(beside);
    file = openSync(beside, fresh, 0o600);
  }
  try {
    writeFileSync(file, json);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}

async function writeBehind(directory: SafeDirectory, files: readonly EventFile[]): Promise<void> {
  const rest = files.values();
  const worker = async (): Promise<void> => {
    for (const { name, json } of rest) await directory.replace(name, json, `${name}.tmp`);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}
