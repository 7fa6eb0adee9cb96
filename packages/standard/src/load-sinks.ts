import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { RunnerError, type EventSinkPlugin } from "@distronode-runner/contract";

/** Environment variable that names the modules of further event sinks, in a comma list. */
export const sinksVariable = "DISTRONODE_RUNNER_SINKS";

/**
 * Event sinks of installed packages and of files: all exports of the modules that are event sinks.
 *
 * @param names packages, found beside this one as Node finds them, or files (absolute, or relative to `cwd` with a leading `./` or `../`)
 * @throws RunnerError `SETTINGS_INVALID` for a module that can not be loaded or has no event sink
 */
export async function loadSinks(names: readonly string[], cwd: string): Promise<readonly EventSinkPlugin[]> {
  const found = await Promise.all(names.map((name) => load(name, cwd)));
  return found.flat();
}

/** The modules that an environment names. */
export function namedSinks(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return (environment[sinksVariable] ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "");
}

async function load(name: string, cwd: string): Promise<readonly EventSinkPlugin[]> {
  const isFile = isAbsolute(name) || name.startsWith("./") || name.startsWith("../");
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = (await import(isFile ? pathToFileURL(resolve(cwd, name)).href : name)) as Record<string, unknown>;
  } catch (error) {
    throw unusable(name, `can not be loaded: ${(error as Error).message}`, error);
  }
  const sinks = [...new Set(Object.values(exported))].filter(isSink);
  if (sinks.length === 0) throw unusable(name, "exports none.");
  return sinks;
}

function isSink(value: unknown): value is EventSinkPlugin {
  const plugin = value as Partial<EventSinkPlugin> | null;
  return typeof plugin === "object" && plugin !== null && typeof plugin.contract === "number" && typeof plugin.name === "string" && Array.isArray(plugin.settingsKeys) && typeof plugin.open === "function";
}

function unusable(name: string, fault: string, cause?: unknown): RunnerError {
  return new RunnerError("SETTINGS_INVALID", `The event sink ${name} ${fault}`, { location: { key: sinksVariable }, hint: `${sinksVariable} is a comma list of packages and of paths that begin with /, ./ or ../; see docs/write-a-sink.md.`, cause });
}
