import { randomBytes } from "node:crypto";
import { fstatSync, lstatSync } from "node:fs";
import { rename, rm, type FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { openRegular, sameFile } from "@distronode-runner/safe-files";
import { damaged } from "./damaged.ts";
import { LineCheck } from "./line-check.ts";
import { openArtifact } from "./regular-file.ts";
import { readLines } from "./read-entries.ts";

const chunkBytes = 1024 * 1024;

/** What a writer knows of its file. */
export interface Written {
  readonly path: string;
  readonly file: FileHandle;
  readonly bytes: number;
  /** CRC-32 of all bytes. */
  readonly content: number;
}

/** Whether the path still leads to the file that is written. */
export function isInPlace({ path, file }: Written): boolean {
  const there = lstatSync(path, { throwIfNoEntry: false });
  return there !== undefined && sameFile(there, fstatSync(file.fd));
}

/** Rejects with `ARTIFACTS_DAMAGED` if the open file is not what was written: its size, and with `wholly` its content. */
export async function checkContent({ path, file, bytes, content }: Written, wholly: boolean): Promise<void> {
  const { size } = fstatSync(file.fd);
  if (size === bytes && (!wholly || (await contentOf(file, bytes)) === content)) return;
  // Reading it as everybody does finds the line.
  for await (const _ of readLines({ path, open: () => openArtifact(path), written: size, ended: true, failure: undefined, changed: () => Promise.resolve() }, new LineCheck(path), { follow: false }, () => false));
  throw damaged(path, size === bytes ? "its content is not what was written" : `it has ${size} bytes, and ${bytes} were written`);
}

/** Puts a copy of the open file in the place of what the path leads to; resolves with the copy, at whose end writing goes on. */
export async function putBack({ path, file, bytes }: Written): Promise<FileHandle> {
  const beside = `${path}.${randomBytes(6).toString("hex")}`;
  const copy = await openRegular(beside, "create");
  try {
    let copied = 0;
    for await (const chunk of chunksOf(file, bytes)) {
      await copy.appendFile(chunk);
      copied += chunk.length;
    }
    if (copied < bytes) throw damaged(path, `it has ${copied} bytes, and ${bytes} were written`);
    await rename(beside, path);
    return copy;
  } catch (error) {
    await copy.close();
    await rm(beside, { force: true });
    throw error;
  }
}

async function contentOf(file: FileHandle, bytes: number): Promise<number> {
  let content = 0;
  for await (const chunk of chunksOf(file, bytes)) content = crc32(chunk, content);
  return content;
}

/** The first `bytes` of a file, or those that there are. Each chunk is valid until the next one is asked for. */
async function* chunksOf(file: FileHandle, bytes: number): AsyncIterable<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, bytes));
  for (let offset = 0; offset < bytes; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, bytes - offset), offset);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    offset += bytesRead;
  }
}
