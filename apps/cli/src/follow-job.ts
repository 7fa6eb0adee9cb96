import { eventText, type JobHandle, type JobResult } from "@distronode-runner/contract";
import { eventJson } from "./render/event.ts";
import { renderNotice } from "./render/notice.ts";

/** Where a job is shown; a `Screen`, or a stand-in of a test. */
export interface Display {
  print(text: string): Promise<void> | undefined;
  tell(text: string): void;
  progress(message: string): void;
}

/** Shows a job from its first entry to its last. A reader that is slow only makes this loop slow: the journal keeps what it has not seen. */
export async function followJob(handle: JobHandle, display: Display): Promise<JobResult> {
  const { json, quiet } = handle.plan.output;
  const render = json ? eventJson : eventText;
  for await (const entry of handle.entries()) {
    if (entry.type === "event" && !quiet) {
      const written = display.print(render(entry.event));
      if (written !== undefined) await written;
    } else if (entry.type === "notice") {
      const notice = renderNotice(entry);
      if (notice === undefined) continue;
      if ("line" in notice) display.tell(notice.line);
      else if (!quiet) display.progress(notice.progress);
    }
  }
  return handle.result;
}
