import type { NoticeEntry } from "@distronode-runner/contract";
import { printable } from "./printable.ts";
import { renderProgress } from "./progress.ts";
import { narrow, wrap } from "./wrap.ts";

/** What of a notice belongs on the screen: a line that stays, a line that the next one replaces, or nothing. */
export type ShownNotice = { readonly line: string } | { readonly progress: string };

export function renderNotice(entry: NoticeEntry): ShownNotice | undefined {
  if (entry.kind === "pull_progress") return { progress: renderProgress({ ...entry.details, message: entry.message }) };
  if (entry.level === "info") return undefined;
  return { line: renderWarning(entry.message) };
}

export function renderWarning(message: string): string {
  return `${wrap(`Warning: ${printable(message)}`, narrow, "  ")}\n`;
}
