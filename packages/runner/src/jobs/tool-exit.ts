import { crc32 } from "node:zlib";
import type { ArtifactStore } from "@distronode-runner/contract";
import type { ToolExit } from "../lifecycle/states.ts";

/** How the tool ended, as it is kept until the job's last files are written: with a checksum, because it may become the verdict. */
export function keptExit(exit: ToolExit): Readonly<Record<string, unknown>> {
  return { ...exit, sum: sumOf(exit) };
}

/** What was kept. Undefined: nothing. */
export async function readExit(store: ArtifactStore, artifactDir: string): Promise<ToolExit | "damaged" | undefined> {
  try {
    const kept = await store.exitOf(artifactDir);
    if (kept === undefined) return undefined;
    const { sum, ...exit } = kept as unknown as ToolExit & { readonly sum?: unknown };
    const whole = isCode(exit.code) && isName(exit.signal) && isName(exit.why);
    // Older versions kept it without a checksum.
    return whole && (sum === undefined || sum === sumOf(exit)) ? exit : "damaged";
  } catch {
    return "damaged";
  }
}

const isCode = (value: unknown): boolean => value === null || Number.isInteger(value);
const isName = (value: unknown): boolean => value === null || typeof value === "string";

function sumOf(exit: ToolExit): number {
  return crc32(JSON.stringify(exit));
}
