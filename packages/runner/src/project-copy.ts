import { mkdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { RunnerError, type ProjectCopy } from "@distronode-runner/contract";
import { copyTree, removeTree } from "@distronode-runner/safe-files";

/** How often a copy is removed that the kernel still holds. */
const attempts = 15;

/** Copies the project, links as links. What is neither file, directory nor link (a socket, a named pipe) is left out. */
export async function copyProject({ source, target }: ProjectCopy): Promise<void> {
  try {
    await mkdir(target, { mode: 0o700 });
  } catch (cause) {
    throw failed(target, cause);
  }
  try {
    // The project itself may be a link of its owner's.
    await copyTree(`${source}/.`, target);
  } catch (cause) {
    await removeTree(target);
    throw failed(target, cause);
  }
}

function failed(target: string, cause: unknown): RunnerError {
  return new RunnerError("STORE_FAILED", `The project could not be copied to ${target}: ${cause instanceof Error ? cause.message : String(cause)}`, { hint: "Check that directory_isolation_base_path can be written to and has room.", cause });
}

/** The kernel lets go of what was mounted a little after the job has ended. */
export async function discardProject({ target }: ProjectCopy): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await removeTree(target);
    } catch (error) {
      if (!["EBUSY", "ENOTEMPTY"].includes((error as NodeJS.ErrnoException).code ?? "") || attempt === attempts) throw error;
      await sleep(100 * attempt);
    }
  }
}
