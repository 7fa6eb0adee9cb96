import type { JobEvent } from "@distronode-runner/contract";

/** What the tool printed during an event. `stdout` comes without the line ends that followed it; `start_line` and `end_line` say how many. */
export function eventText(event: JobEvent): string {
  const ends = event.end_line - event.start_line - countLineEnds(event.stdout);
  return ends > 0 ? event.stdout + "\n".repeat(ends) : event.stdout;
}

export function eventJson(event: JobEvent): string {
  return `${JSON.stringify(event)}\n`;
}

function countLineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
