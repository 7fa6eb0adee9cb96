import { spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { join } from "node:path";

/** The command line from its sources, or the built one that `./pnpmw test` names; `--conditions` makes packages resolve to their sources. */
export const cliCommand: readonly string[] = [process.execPath, "--conditions=@distronode-runner/source", process.env["DISTRONODE_RUNNER_TEST_CLI"] ?? join(import.meta.dirname, "../../apps/cli/bin/dev.js")];

export interface Finished {
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when stdout holds the text; rejects when the process ends without. */
  shows(text: string): Promise<void>;
}

export function startCli(argv: readonly string[], environment: Readonly<Record<string, string>> = {}, input?: string): Started {
  const [command, ...fixed] = cliCommand;
  const child = spawn(command!, [...fixed, ...argv], { stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"], env: { ...process.env, ...environment } }) as ChildProcessByStdio<Writable | null, Readable, Readable>;
  child.stdin?.end(input);
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const look of watchers) look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const finished = new Promise<Finished>((resolve) => child.once("close", (code) => resolve({ exitCode: code ?? -1, stdout, stderr })));
  return {
    child,
    finished,
    shows: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!stdout.includes(text)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
        void finished.then((end) => reject(new Error(`The command ended (${end.exitCode}) without showing ${JSON.stringify(text)}.\n${end.stdout}\n${end.stderr}`)));
      }),
  };
}

export const runCli = (argv: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Finished> => startCli(argv, environment).finished;
