import { constants } from "node:fs";
import { cp, lstat, mkdir, rm } from "node:fs/promises";
import { RunnerError, type ProjectCopy } from "@distronode-runner/contract";

/** Copies the project, links as links. What is neither file, directory nor link (a socket, a named pipe) is left out. */
export async function copyProject({ source, target }: ProjectCopy): Promise<void> {
  try {
    await mkdir(target, { mode: 0o700 });
  } catch (cause) {
    throw failed(target, cause);
  }
  try {
    await cp(source, target, {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      mode: constants.COPYFILE_FICLONE,
      filter: async (path) => {
        const found = await lstat(path);
        return found.isFile() || found.isDirectory() || found.isSymbolicLink();
      },
    });
  } catch (cause) {
    await rm(target, { recursive: true, force: true });
    throw failed(target, cause);
  }
}

function failed(target: string, cause: unknown): RunnerError {
  return new RunnerError("STORE_FAILED", `The project could not be copied to ${target}: ${cause instanceof Error ? cause.message : String(cause)}`, { hint: "Check that directory_isolation_base_path can be written to and has room.", cause });
}

/** The kernel lets go of what was mounted a little after the job has ended. */
export async function discardProject({ target }: ProjectCopy): Promise<void> {
  await rm(target, { recursive: true, force: true, maxRetries: 15, retryDelay: 100 });
}
