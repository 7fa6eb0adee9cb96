import type { PullProgress } from "@distronode-runner/contract";
import { printable } from "./printable.ts";
import { renderSize } from "./size.ts";

/** One line about a pull, to be replaced by the next. */
export function renderProgress({ message, currentBytes, totalBytes }: PullProgress): string {
  const far = currentBytes === undefined ? "" : totalBytes === undefined ? ` ${renderSize(currentBytes)}` : ` ${renderSize(currentBytes)} of ${renderSize(totalBytes)}`;
  return printable(message).replaceAll("\n", " ") + far;
}
