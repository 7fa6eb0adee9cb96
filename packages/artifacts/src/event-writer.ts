import { renameSync, writeFileSync } from "node:fs";
import { setImmediate as pause } from "node:timers/promises";
import { replaceFile } from "./replace-file.ts";

export interface EventFile {
  readonly path: string;
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
export async function writeEvents(batch: readonly EventFile[]): Promise<void> {
  let begun = performance.now();
  let before = begun;
  for (const [index, { path, json }] of batch.entries()) {
    // A large one is worth no wait of everybody else, and its time says nothing of the disk.
    if (typeof json !== "string") {
      await replaceFile(path, json);
      begun = before = performance.now();
      continue;
    }
    writeFileSync(`${path}.tmp`, json, { mode: 0o600 });
    renameSync(`${path}.tmp`, path);
    const now = performance.now();
    if (now - before > slow) return writeBehind(batch.slice(index + 1));
    if (now - begun > turn) {
      await pause();
      begun = performance.now();
    }
    before = performance.now();
  }
}

async function writeBehind(files: readonly EventFile[]): Promise<void> {
  const rest = files.values();
  const worker = async (): Promise<void> => {
    for (const { path, json } of rest) await replaceFile(path, json);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}
