import { RunnerError } from "@distronode-runner/contract";
import { split } from "shlex";

/** Splits `env/cmdline` (or `--cmdline`) into arguments as a POSIX shell would: quotes and backslashes, no expansion, no comments. */
export function splitCmdline(text: string, file?: string): readonly string[] {
  try {
    return split(text);
  } catch {
    throw new RunnerError(file === undefined ? "REQUEST_INVALID" : "DATA_DIR_INVALID", `${file ?? "The cmdline"} has a quote that is never closed.`, {
      ...(file === undefined ? { location: { key: "cmdline" } } : { location: { file, line: unclosedLine(text) } }),
      hint: "Close the quote, or escape it with a backslash.",
    });
  }
}

function unclosedLine(text: string): number {
  let open: string | undefined;
  let line = 1;
  let start = 1;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === "\n") line += 1;
    if (character === "\\" && open !== "'") at += 1;
    else if (open === undefined && (character === "'" || character === '"')) [open, start] = [character, line];
    else if (character === open) open = undefined;
  }
  return start;
}
