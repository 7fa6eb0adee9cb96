import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { RunnerError } from "@distronode-runner/contract";

/** One line from standard input. On a terminal the question is shown on stderr, and what is typed is not. */
export async function readAnswer(question: string, signal?: AbortSignal): Promise<string> {
  const terminal = process.stdin.isTTY;
  if (terminal) process.stderr.write(`${question} `);
  // What readline would echo goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal, ...(signal === undefined ? {} : { signal }) });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once("line", resolve);
      lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
      lines.once("close", () => reject(new RunnerError("REQUEST_INVALID", "Standard input ended without an answer.")));
    });
  } finally {
    lines.close();
    if (terminal) process.stderr.write("\n");
  }
}
