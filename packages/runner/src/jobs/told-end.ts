import { crc32 } from "node:zlib";
import { isFinal, type FinalStatus, type JournalEntry } from "@distronode-runner/contract";
import { tailBytes } from "../journal/line-check.ts";
import { openArtifact } from "../journal/regular-file.ts";

/** The last two entries are not longer, or are not looked at. */
const windowBytes = 64 * 1024;

/** How a job ended, as the last two lines of its journal tell; undefined if it has no end, or these lines are not what was written. Nothing before them is read. */
export async function toldEnd(path: string): Promise<FinalStatus | undefined> {
  const lines = (await lastBytes(path).catch(() => "")).split("\n");
  if (lines.pop() !== "") return undefined;
  const end = lines.pop() ?? "";
  const status = lines.findLast((line) => line.includes('"type":"status"')) ?? "";
  const [last, final] = [entryOf(end), entryOf(status)];
  if (last?.type !== "end" || final?.type !== "status" || !isFinal(final.status)) return undefined;
  const before = lines.at(-1)!;
  return last.sum === undefined || last.sum === sumOf(end, entryOf(before)?.sum) ? final.status : undefined;
}

async function lastBytes(path: string): Promise<string> {
  const file = await openArtifact(path);
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - windowBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

function entryOf(line: string): JournalEntry | undefined {
  try {
    return (JSON.parse(line) ?? undefined) as JournalEntry | undefined;
  } catch {
    return undefined;
  }
}

function sumOf(line: string, before: string | undefined): string {
  return crc32(line.slice(0, -tailBytes), Number.parseInt(before ?? "0", 16)).toString(16).padStart(8, "0");
}
