import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { RunnerError } from "@distronode-runner/contract";

/** A kind of plugin, and what names modules with some. */
export interface PluginKind<T> {
  /** As messages call one: `event sink`. */
  readonly noun: string;
  /** Environment variable with a comma list of modules, or what else messages are to blame. */
  readonly variable: string;
  readonly guide: string;
  /** Whether an export is one. */
  readonly is: (value: unknown) => value is T;
}

/**
 * Plugins of installed packages and of files: all exports of the modules that are of the kind.
 *
 * @param names packages, found beside this one as Node finds them, or files (absolute, or relative to `cwd` with a leading `./` or `../`)
 * @throws RunnerError `SETTINGS_INVALID` for a module that can not be loaded or has no such plugin
 */
export async function loadPlugins<T>(kind: PluginKind<T>, names: readonly string[], cwd: string): Promise<readonly T[]> {
  const found = await Promise.all(names.map((name) => load(kind, name, cwd)));
  return found.flat();
}

/** The modules that an environment names. */
export function namedModules({ variable }: Pick<PluginKind<unknown>, "variable">, environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return (environment[variable] ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "");
}

async function load<T>(kind: PluginKind<T>, name: string, cwd: string): Promise<readonly T[]> {
  const isFile = isAbsolute(name) || name.startsWith("./") || name.startsWith("../");
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = (await import(isFile ? pathToFileURL(resolve(cwd, name)).href : name)) as Record<string, unknown>;
  } catch (error) {
    throw unusable(kind, name, `can not be loaded: ${(error as Error).message}`, error);
  }
  const plugins = [...new Set(Object.values(exported))].filter((value) => kind.is(value));
  if (plugins.length === 0) throw unusable(kind, name, "exports none.");
  return plugins;
}

function unusable({ noun, variable, guide }: PluginKind<unknown>, name: string, fault: string, cause?: unknown): RunnerError {
  return new RunnerError("SETTINGS_INVALID", `The ${noun} ${name} ${fault}`, { location: { key: variable }, hint: `${variable} names packages, and files by paths that begin with /, ./ or ../; see ${guide}.`, cause });
}
