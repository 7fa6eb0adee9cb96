import type { JobEvent } from "@distronode-runner/contract";

export function eventJson(event: JobEvent): string {
  return `${JSON.stringify(event)}\n`;
}
