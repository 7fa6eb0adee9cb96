import { mkdir, mkdtemp, realpath, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RunnerError, type SandboxSpec } from "@distronode-runner/contract";
import { removeTree } from "@distronode-runner/safe-files";
import { sandboxArguments } from "./arguments.ts";

export interface PreparedSandbox {
  readonly arguments: readonly string[];
  /** What the user should know of paths that could not be treated as asked. */
  readonly warnings: readonly string[];
  /** Removes what was made for it; the process must have ended. */
  release(): Promise<void>;
}

/** Looks at the paths, and makes what stands for hidden ones. */
export async function prepareSandbox(spec: SandboxSpec): Promise<PreparedSandbox> {
  const warnings: string[] = [];
  const resolved = async (paths: readonly string[]): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const path of [...new Set(paths)].sort()) {
      const real = await realpath(path).catch(() => undefined);
      if (real === undefined) warnings.push(`The path ${path} does not exist and is left out of the sandbox.`);
      else if (!found.includes(real)) found.push(real);
    }
    return found;
  };
  const [hide, readOnly, shown] = [await resolved(spec.hide), await resolved(spec.readOnly), await resolved(spec.show)];
  for (const path of hide) {
    const ancestor = [...readOnly, ...shown].find((other) => !relative(other, path).startsWith(".."));
    if (ancestor !== undefined) warnings.push(`The hidden path ${path} is shown all the same: it lies in ${ancestor}, which is shown.`);
  }
  const standIns = await StandIns.make(hide, spec.stagingDir);
  return {
    arguments: sandboxArguments({ hidden: standIns.paths, readOnly, shown, mounts: spec.mounts, root: process.getuid?.() === 0, ...(spec.workdir === undefined ? {} : { workdir: spec.workdir }) }),
    warnings,
    release: () => standIns.remove(),
  };
}

/** How often a directory is removed that the kernel still holds. */
const attempts = 15;

/** Empty files and directories in a directory that only the caller can enter. */
class StandIns {
  readonly paths: ReadonlyMap<string, string>;
  readonly #directory: string | undefined;

  private constructor(paths: ReadonlyMap<string, string>, directory: string | undefined) {
    this.paths = paths;
    this.#directory = directory;
  }

  static async make(hidden: readonly string[], parent: string): Promise<StandIns> {
    if (hidden.length === 0) return new StandIns(new Map(), undefined);
    const directory = await mkdtemp(join(parent, "distronode_runner_pi_")).catch((cause: NodeJS.ErrnoException) => {
      throw new RunnerError("SETTINGS_INVALID", `No staging directory can be made in ${parent}: ${cause.code ?? cause.message}.`, {
        location: { key: "process_isolation_path" },
        hint: "Name a directory that exists and that you may write to.",
        cause,
      });
    });
    const paths = new Map<string, string>();
    for (const [index, path] of hidden.entries()) {
      const standIn = join(directory, String(index));
      if ((await stat(path)).isDirectory()) await mkdir(standIn, { mode: 0o700 });
      else await writeFile(standIn, "", { mode: 0o600 });
      paths.set(path, standIn);
    }
    return new StandIns(paths, directory);
  }

  /** The kernel lets go of what was mounted a little after the process has ended. */
  async remove(): Promise<void> {
    if (this.#directory === undefined) return;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await removeTree(this.#directory);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EBUSY" || attempt === attempts) throw error;
        await sleep(100 * attempt);
      }
    }
  }
}
