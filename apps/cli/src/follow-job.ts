import { join } from "node:path";
import { eventLine, eventText, type AttachedJob, type JobHandle, type JobResult, type JournalEntry } from "@distronode-runner/contract";
import { readRegular } from "@distronode-runner/safe-files";
import type { DebugLog } from "./debug-log.ts";
import { entryLines, planLines, resultLines } from "./render/debug.ts";
import { renderNotice } from "./render/notice.ts";

/** Where a job is shown; a `Screen`, or a stand-in of a test. */
export interface Display {
  print(text: string | Uint8Array): Promise<void> | undefined;
  tell(text: string): void;
  progress(message: string): void;
}

/** How a job is shown. */
export interface View {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Number of the first entry; default: the first there is. */
  readonly from?: number;
}

/** Shows a job to its last entry. A reader that is slow only makes this loop slow: the journal keeps what it has not seen. */
export async function followJob(handle: AttachedJob, { json, quiet, from = 1 }: View, display: Display, see: (entry: JournalEntry) => void = () => {}): Promise<JobResult> {
  // Bytes as they stand in the artifact cost next to nothing; events are for who wants them, or begins in the middle.
  const plain = !quiet && !json && from === 1;
  await Promise.all([plain ? showOutput(handle, display) : undefined, showEntries(handle, { json, from, events: !quiet && !plain, progress: !quiet }, display, see)]);
  return handle.result;
}

async function showOutput(handle: AttachedJob, display: Display): Promise<void> {
  for await (const piece of handle.output()) await display.print(piece);
}

async function showEntries(handle: AttachedJob, { json, from, events, progress }: { readonly json: boolean; readonly from: number; readonly events: boolean; readonly progress: boolean }, display: Display, see: (entry: JournalEntry) => void): Promise<void> {
  const render = json ? eventLine : eventText;
  for await (const entry of handle.entries({ from, types: ["status", "notice", "end", ...(events ? (["event"] as const) : [])] })) {
    see(entry);
    if (entry.type === "event") {
      const written = display.print(render(entry.event));
      if (written !== undefined) await written;
    } else if (entry.type === "notice") {
      const notice = renderNotice(entry);
      if (notice === undefined) continue;
      if ("line" in notice) display.tell(notice.line);
      else if (progress) display.progress(notice.progress);
    }
  }
}

/** The same, and what the runner did along the way. */
export async function followWithDebug(handle: JobHandle, display: Display, log: DebugLog, see: (entry: JournalEntry) => void = () => {}): Promise<JobResult> {
  log(planLines(handle.plan));
  const result = await followJob(handle, handle.plan.output, display, (entry) => {
    log(entryLines(entry));
    see(entry);
  });
  const record = await readRegular(join(result.artifactDir, "record.json")).then((text) => (text === undefined ? undefined : JSON.stringify(JSON.parse(text)))).catch(() => undefined);
  log(resultLines(result, record));
  return result;
}
