import { crc32 } from "node:zlib";
import type { ArtifactStore } from "@distronode-runner/contract";
import type { ToolExit } from "../lifecycle/states.ts";

/** Where a job's journal was when its tool had ended. */
interface JournalThen {
  readonly entries: number;
  /** Checksum of the last of them. */
  readonly chain: number;
}

export interface KeptExit extends Partial<JournalThen> {
  readonly exit: ToolExit;
}

/** How the tool ended, as it is kept until the job's last files are written. It may become the verdict: it has a checksum, and tells how much of the journal has to be there. */
export function keptExit(exit: ToolExit, { seq, sum }: { readonly seq: number; readonly sum: number }): Readonly<Record<string, unknown>> {
  const kept = { ...exit, entries: seq, chain: sum };
  return { ...kept, sum: sumOf(kept) };
}

/** What was kept. Undefined: nothing. */
export async function readExit(store: ArtifactStore, artifactDir: string): Promise<KeptExit | "damaged" | undefined> {
  try {
    const found = await store.exitOf(artifactDir);
    if (found === undefined) return undefined;
    const { sum, ...kept } = found as unknown as ToolExit & Partial<JournalThen> & { readonly sum?: number };
    // Older versions kept it without a checksum.
    if (!isExit(kept) || (sum !== undefined && sum !== sumOf(kept))) return "damaged";
    const { entries, chain, ...exit } = kept;
    return { exit, ...(entries === undefined || chain === undefined ? {} : { entries, chain }) };
  } catch {
    return "damaged";
  }
}

function isExit({ code, signal, why }: ToolExit): boolean {
  return (code === null || Number.isInteger(code)) && (signal === null || typeof signal === "string") && (why === null || typeof why === "string");
}

function sumOf(kept: object): number {
  return crc32(JSON.stringify(kept));
}
