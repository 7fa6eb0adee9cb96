import { RunnerError } from "@distronode-runner/contract";
import { nearest } from "./nearest.ts";

/** What oclif's parser throws, told by its fields: it exports no classes for these. */
interface ParserComplaint {
  readonly message: string;
  readonly flags?: readonly string[];
  readonly args?: readonly (string | { readonly name: string })[];
}

export function usageError(error: unknown, command: string, flagNames: readonly string[]): RunnerError {
  const complaint = error as ParserComplaint;
  const help = `distronode-runner ${command} --help`;
  const [unknown] = complaint.flags ?? [];
  if (unknown !== undefined) {
    const flag = unknown.replace(/=.*$/s, "");
    const name = flag.replace(/^-+/, "");
    const near = flag.startsWith("--") ? nearest(name, flagNames) : undefined;
    const advice = forTool(flag, unknown, flagNames) ?? (near === undefined ? "" : `Did you mean --${near}?`);
    return new RunnerError("USAGE", `Unknown flag ${flag}.`, { hint: `${advice} ${help} lists the flags.`.trim(), cause: error });
  }
  const [argument] = complaint.args ?? [];
  if (typeof argument === "object") {
    return new RunnerError("USAGE", `${argument.name.toUpperCase()} is missing.`, { hint: `${help} shows how to write it.`, cause: error });
  }
  if (typeof argument === "string") {
    const advice = adviceFor(argument, flagNames);
    return new RunnerError("USAGE", `Unexpected argument ${argument}.`, { hint: `${advice} ${help} shows how to write it.`.trim(), cause: error });
  }
  const [, flag] = /^Flag (--\S+) expects a value/.exec(complaint.message) ?? [];
  if (flag !== undefined) {
    const hint = `One that begins with a dash is written ${flag}=-VALUE. ${help} shows more.`;
    return new RunnerError("USAGE", `${flag} needs a value.`, { hint, cause: error });
  }
  const [, missing] = /Missing required flag (\S+)/.exec(complaint.message) ?? [];
  if (missing !== undefined) return new RunnerError("USAGE", `--${missing} is missing.`, { hint: `${help} shows how to write it.`, cause: error });
  return new RunnerError("USAGE", sentence(complaint.message), { hint: `${help} shows how to write it.`, cause: error });
}

/** Flags of the tool, which some expect to be the runner's as well. */
const toolFlags = new Set([
  "-e", "--extra-vars", "-t", "--tags", "--skip-tags", "-l", "-f", "-C", "--check", "-D", "--diff", "-b", "--become", "-K", "--ask-become-pass", "--become-user", "-k", "--ask-pass", "-u", "--user", "-c",
  "--connection", "-T", "--timeout", "--private-key", "--key-file", "--vault-id", "--vault-password-file", "--ask-vault-pass", "-J", "--start-at-task", "--step", "--syntax-check", "--list-hosts", "--list-tags", "--list-tasks", "--flush-cache", "--force-handlers",
]);

function forTool(flag: string, written: string, flagNames: readonly string[]): string | undefined {
  if (!flagNames.includes("cmdline") || !(toolFlags.has(flag) || /^-[et]\S/.test(flag))) return undefined;
  const value = ["-C", "--check", "-D", "--diff", "-K", "-k", "-J", "--step", "--become"].includes(flag) || written.includes("=") || /^-\w./.test(written) ? "" : " ...";
  return `That is a flag of the tool: --cmdline '${written}${value}'.`;
}

/** What a word that stands alone was perhaps meant to be. */
function adviceFor(argument: string, flagNames: readonly string[]): string {
  if (flagNames.includes("playbook")) return /\.ya?ml$/.test(argument) ? `Did you mean -p ${argument}?` : "A value with spaces needs quotes.";
  return flagNames.includes("input") ? `Did you mean --input ${argument}?` : "";
}

/** Commands of `ansible-runner` that are still missing here. */
const toCome: readonly string[] = ["transmit", "worker", "process"];

/** Whether commands of two words begin with this one. */
export function isTopic(name: string, known: readonly string[]): boolean {
  return known.some((id) => id.startsWith(`${name}:`));
}

/** `words`: what stands behind it. */
export function unknownCommand(name: string, known: readonly string[], words: readonly string[] = []): RunnerError {
  if (toCome.includes(name)) return new RunnerError("USAGE", `The command ${name} is not there yet.`, { hint: name === "worker" ? "Only distronode-runner worker cleanup is." : "Jobs can be run here (run, start) or over HTTP (serve)." });
  if (isTopic(name, known)) {
    // What stands behind a flag may be its value.
    const second = words[0]?.startsWith("-") === true ? undefined : words[0];
    const longer = known.filter((id) => id.startsWith(`${name}:`)).map((id) => id.slice(name.length + 1));
    const near = second === undefined ? undefined : nearest(second, longer);
    const list = `${near === undefined ? "" : `Did you mean ${name} ${near}? `}There ${longer.length === 1 ? "is" : "are"} ${longer.map((word) => `${name} ${word}`).toSorted().join(", ")}.`;
    return new RunnerError("USAGE", second === undefined ? `${name} needs a second word.` : `Unknown command ${name} ${second}.`, { hint: list });
  }
  const near = nearest(name, known);
  const hint = `${near === undefined ? "" : `Did you mean ${near}? `}distronode-runner --help lists the commands.`;
  return new RunnerError("USAGE", name.startsWith("-") ? `Unknown flag ${name}.` : `Unknown command ${name}.`, { hint });
}

function sentence(message: string): string {
  const text = message.replace(/\n?See more help with --help/, "").replace(/^Parsing (--\S+)\s+/, "$1: ").replaceAll(/\s+/g, " ").trim();
  return text.endsWith(".") ? text : `${text}.`;
}
