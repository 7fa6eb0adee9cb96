import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Reads a named pipe from its first writer to its end, once: what was read is gone. Rejects when nothing comes for `patience` milliseconds, be it
 * that nobody writes or that a writer falls silent.
 */
export async function readPipe(path: string, patience: number): Promise<Buffer> {
  // Never blocking: to wait in the system for a writer that does not come would hold up even the end of this process.
  const pipe = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const parts: Buffer[] = [];
    let written = false;
    for (let silent = 0; silent < patience; silent += pause) {
      const part = await nextPart(pipe);
      if (part === "nothing yet") written = true;
      else if (part.length > 0) {
        parts.push(part);
        [written, silent] = [true, -pause];
        continue;
      } else if (written) return Buffer.concat(parts);
      await sleep(pause);
    }
    throw new Error(`it is a named pipe, and ${written ? "its writer fell silent" : "nobody wrote to it"} for ${patience / 1000} seconds`);
  } finally {
    await pipe.close();
  }
}

/** Milliseconds between two looks. */
const pause = 10;

/** An empty part: there is no writer now. */
async function nextPart(pipe: Awaited<ReturnType<typeof open>>): Promise<Buffer | "nothing yet"> {
  try {
    const { bytesRead, buffer } = await pipe.read({ buffer: Buffer.alloc(65_536), position: null });
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return "nothing yet";
    throw error;
  }
}
