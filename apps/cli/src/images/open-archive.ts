import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { RunnerError } from "@distronode-runner/contract";

/** The bytes of a file that can be read, or of `stdin` for `-`. */
export async function openArchive(input: string, stdin: NodeJS.ReadStream): Promise<AsyncIterable<Uint8Array>> {
  if (input === "-") return stdin;
  const file = resolve(input);
  try {
    const handle = await open(file);
    if ((await handle.stat()).isDirectory()) throw new Error("it is a directory");
    return handle.createReadStream();
  } catch (error) {
    throw new RunnerError("REQUEST_INVALID", `The archive ${file} can not be read: ${(error as Error).message}`, { location: { file, key: "--input" }, hint: "Name a file that images save wrote.", cause: error });
  }
}
