import { RunnerError } from "@distronode-runner/contract";
import { fromEnvironment, type Environment } from "./environment.ts";

const kinds = ["playbook", "module", "role"] as const;

export type Targets = { readonly [K in (typeof kinds)[number]]?: string | undefined };

/** What is to be run: what the command line names, else what the environment names. Nothing, if a binary is to be run alone. */
export function chooseTarget(flags: Targets & { readonly binary?: string | undefined }, environment: Environment): Targets {
  const named = kinds.filter((kind) => flags[kind] !== undefined);
  if (named.length > 1) throw usage(`--${named[0]} and --${named[1]} can not be given together.`, "Run them as separate jobs.");
  if (named.length === 1) return { [named[0]!]: flags[named[0]!] };
  const defaults = kinds.flatMap((kind) => fromEnvironment(kind.toUpperCase(), environment) ?? []);
  if (defaults.length > 1) throw refused(`Only one of playbook, module and role can be run, but ${defaults.map((found) => found.name).join(" and ")} are set.`, "Unset one of them, or name what to run with -p, -m or -r.");
  const [found] = defaults;
  if (found !== undefined) return { [kinds.find((kind) => found.name.endsWith(kind.toUpperCase()))!]: found.value };
  if (flags.binary !== undefined) return {};
  throw refused("Nothing was named to run.", "Give -p PLAYBOOK, -m MODULE or -r ROLE.");
}

function usage(message: string, hint: string): RunnerError {
  return new RunnerError("USAGE", message, { hint });
}

function refused(message: string, hint: string): RunnerError {
  return new RunnerError("REQUEST_INVALID", message, { hint });
}
