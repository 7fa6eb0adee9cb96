import { readFileSync } from "node:fs";

/** What `/proc/PID/stat` tells of a process, see proc_pid_stat(5). */
export interface ProcessStat {
  readonly name: string;
  /** From the third field on. */
  readonly fields: readonly string[];
  /** It has ended, and its parent has not collected it. */
  readonly ended: boolean;
}

/** Throws system errors as they are, for a process that is gone as well. */
export function processStat(pid: number): ProcessStat {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The name stands in parentheses and may have any character, parentheses too.
  const close = text.lastIndexOf(")");
  const fields = text.slice(close + 2).split(" ");
  return { name: text.slice(text.indexOf("(") + 1, close), fields, ended: fields[0] === "Z" || fields[0] === "X" };
}
