import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunnerError, type FinalStatus, type JobRequest, type Runner, type StartOptions } from "@distronode-runner/contract";

/** What a command is run with: anything of a job request but a target, and what goes with a job's start. */
export interface CommandOptions extends Partial<Omit<JobRequest, "playbook" | "module" | "moduleArgs" | "role" | "roleVars" | "roleSkipFacts" | "hosts" | "binary" | "command">>, StartOptions {}

/** How a command ended, and what it printed. */
export interface CommandResult {
  readonly status: FinalStatus;
  /** See `JobResult.rc`. */
  readonly rc: number;
  readonly stdout: string;
  /** Apart from stdout unless `separateStderr: false` or a terminal was asked for; empty then. */
  readonly stderr: string;
}

/**
 * Runs one command, on the host or in a container, and gives what it printed; no shell is involved. A command that fails is a value. Rejects with a
 * `RunnerError` when it could not be run at all.
 *
 * With a `privateDataDir` it runs where a job of that directory runs. Without one its artifacts are gone afterwards, and on the host it runs in the
 * caller's working directory, so that relative paths mean what they say. `hostCwd` names another place.
 *
 * @param argv the executable and its arguments, e.g. `["ansible-inventory", "--list"]`
 */
export async function runCommand(runner: Runner, argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { onStatus, onEvent, onFinished, isCanceled, signal, stdin, ...request } = options;
  const start = { onStatus, onEvent, onFinished, isCanceled, signal, stdin };
  const temporary = request.privateDataDir === undefined ? await mkdtemp(join(tmpdir(), ".distronode-runner-")) : undefined;
  try {
    const here = temporary !== undefined && request.processIsolation !== true && request.settings?.["process_isolation"] !== true ? { hostCwd: "." } : {};
    const job = await runner.start({ separateStderr: options.terminal !== true, ...here, ...request, privateDataDir: request.privateDataDir ?? temporary!, command: [...argv] }, present(start));
    const { status, rc, error } = await job.result;
    if (error !== undefined) throw new RunnerError(error.code, error.message, error);
    return { status, rc, stdout: await job.stdout(), stderr: await job.stderr() };
  } finally {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  }
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the properties that have no value. */
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Present<T>;
}
