import { realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { RunnerError } from "@distronode-runner/contract";
import type { EngineModule } from "@distronode-runner/runner";
import { namedEngines } from "./engine-modules.ts";

const place = "engine_plugins";

/**
 * Engines that the setting `engine_plugins` names: packages that are installed beside the runner, or files. Their code runs in this process, so no file is
 * loaded that a job may have written: in a private data directory only those in `env/`, which isolated jobs cannot write.
 *
 * @param directory the private data directory; relative files are relative to it
 */
export async function settingsEngines(names: readonly string[], directory: string, uid: number): Promise<readonly EngineModule[]> {
  const found = await Promise.all(
    names.map(async (name): Promise<readonly EngineModule[]> => {
      const fault = isFile(name) ? faultOf(resolve(directory, name), directory, uid) : packageName.test(name) ? undefined : "it is neither the name of a package nor the path of a file";
      if (fault === undefined) return namedEngines([name], directory, place);
      const error = new RunnerError("SETTINGS_INVALID", `The engine ${name} is not loaded: ${fault}.`, { location: { key: place }, hint: "Put the file into env/ of the private data directory or somewhere outside it, writable by its owner alone, or install it as a package." });
      return [{ name, place, named: true, engines: [], error }];
    }),
  );
  return found.flat();
}

const isFile = (name: string): boolean => isAbsolute(name) || name.startsWith("./") || name.startsWith("../");

/** No address (`file:`, `data:`), and no way out of the package. */
const packageName = /^(?:@[\w.-]+\/)?\w[\w.-]*(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)*$/;

/** Undefined for a file that is trusted, and for one that is not there, which loading it will tell. */
function faultOf(path: string, directory: string, uid: number): string | undefined {
  const real = realOf(path);
  // Also where nothing is yet: a job may put it there at any moment.
  if (isBelow(directory, path) && !isBelow(join(directory, "env"), path)) return openToJobs;
  if (real === undefined) return undefined;
  const [root, env] = [realOf(directory) ?? directory, realOf(join(directory, "env")) ?? join(directory, "env")];
  if (isBelow(root, real) && !isBelow(env, real)) return openToJobs;
  const { uid: owner, mode } = statSync(real);
  if (owner !== uid && owner !== 0) return `it belongs to another user (${owner})`;
  return (mode & 0o002) === 0 ? undefined : "everybody can write to it";
}

const openToJobs = "jobs can write to the directory that it is in";

function isBelow(directory: string, path: string): boolean {
  const rest = relative(directory, path);
  return rest !== ".." && !rest.startsWith("../") && !isAbsolute(rest);
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
