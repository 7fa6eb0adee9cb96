import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { asRunnerError, isRunnerError, RunnerError } from "@distronode-runner/contract";

/** Writes to a file, which has its name only when it is complete, or to `stdout` for `-`. */
export async function writeArchive(archive: AsyncIterable<Uint8Array>, output: string, stdout: NodeJS.WriteStream): Promise<void> {
  if (output === "-") {
    if (stdout.isTTY) throw new RunnerError("USAGE", "An image is not written to a terminal.", { hint: "Name a file with -o, or send stdout to a file or a program." });
    return pipeline(Readable.from(archive, { objectMode: false }), stdout, { end: false }).catch((error: NodeJS.ErrnoException) => {
      // What stdout has against it is told at the end, as for all that is printed.
      if (isRunnerError(error) || (error.syscall !== "write" && error.code !== "ERR_STREAM_PREMATURE_CLOSE")) throw error;
    });
  }
  const file = resolve(output);
  const part = `${file}.part`;
  try {
    await pipeline(Readable.from(archive, { objectMode: false }), createWriteStream(part, { flush: true }));
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    if (isRunnerError(error) || (error as NodeJS.ErrnoException).syscall === undefined) throw error;
    const { code, message } = asRunnerError(error, "STORE_FAILED");
    throw new RunnerError(code, `The image can not be written to ${file}: ${message}`, { location: { file, key: "--output" }, cause: error });
  }
}
