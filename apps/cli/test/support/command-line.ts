import { spawn, type ChildProcessByStdio } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

// `./pnpmw test` names the built one: a second less for each start.
const script = process.env["DISTRONODE_RUNNER_TEST_CLI"] ?? fileURLToPath(new URL("../../bin/dev.js", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Child = ChildProcessByStdio<null, Readable, Readable>;

export interface Running {
  readonly child: Child;
  readonly finished: Promise<Finished>;
  /** Resolves when stdout or stderr contains the text. */
  readonly says: (text: string) => Promise<void>;
}

/** The command line as a user starts it. */
export function start(...args: string[]): Running {
  return startIn({}, ...args);
}

/** The same from another directory, or with more in the environment. */
export function startIn({ cwd, env }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> }, ...args: string[]): Running {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(DISTRONODE_)?RUNNER_|ROLES_PATH$/.test(name)));
  return follow(spawn(process.execPath, ["--conditions=@distronode-runner/source", script, ...args], { stdio: ["ignore", "pipe", "pipe"], cwd, env: { ...inherited, ...env } }));
}

export function run(...args: string[]): Promise<Finished> {
  return start(...args).finished;
}

export function runIn(where: Parameters<typeof startIn>[0], ...args: string[]): Promise<Finished> {
  return startIn(where, ...args).finished;
}

export function follow(child: Child): Running {
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  const listen = (stream: Readable, add: (text: string) => void): void => {
    stream.setEncoding("utf8").on("data", (text: string) => {
      add(text);
      for (const watcher of watchers) watcher();
    });
  };
  listen(child.stdout, (text) => (stdout += text));
  listen(child.stderr, (text) => (stderr += text));
  const finished = new Promise<Finished>((resolve) => child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr })));
  return {
    child,
    finished,
    says: (text) =>
      new Promise((resolve, reject) => {
        const watcher = (): void => {
          if (!stdout.includes(text) && !stderr.includes(text)) return;
          watchers.delete(watcher);
          resolve();
        };
        watchers.add(watcher);
        void finished.then(() => reject(new Error(`ended without saying ${JSON.stringify(text)}\n${stdout}\n${stderr}`)));
        watcher();
      }),
  };
}

/** Command lines of the processes that mention `text` in their arguments or environment, other than this one. */
export function processesWith(text: string): string[] {
  return readdirSync("/proc").flatMap((id) => {
    if (!/^\d+$/.test(id) || Number(id) === process.pid) return [];
    try {
      const [command, environment] = ["cmdline", "environ"].map((name) => readFileSync(`/proc/${id}/${name}`, "utf8"));
      return `${command}${environment}`.includes(text) ? [command ?? ""] : [];
    } catch {
      return [];
    }
  });
}
