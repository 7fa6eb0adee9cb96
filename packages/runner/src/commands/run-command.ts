import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FinalStatus, JobRequest, Runner } from "@distronode-runner/contract";

/** What a command is run with: anything of a job request but a target. Without `privateDataDir`, a directory that lives as long as the command. */
export type CommandOptions = Partial<Omit<JobRequest, "playbook" | "module" | "moduleArgs" | "role" | "roleVars" | "hosts" | "binary" | "command">>;

export interface CommandResult {
  readonly status: FinalStatus;
  readonly rc: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs one command, on the host or in a container, and gives what it printed; no shell is involved. A command that fails is a value. Rejects with a
 * `RunnerError` when it could not be run at all.
 *
 * @param argv the executable and its arguments, e.g. `["ansible-inventory", "--list"]`
 */
export async function runCommand(runner: Runner, argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const temporary = options.privateDataDir === undefined ? await mkdtemp(join(tmpdir(), ".distronode-runner-")) : undefined;
  try {
    const job = await runner.start({ separateStderr: true, ...options, privateDataDir: options.privateDataDir ?? temporary!, command: [...argv] });
    const { status, rc } = await job.result;
    return { status, rc, stdout: await job.stdout(), stderr: await job.stderr() };
  } finally {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  }
}
