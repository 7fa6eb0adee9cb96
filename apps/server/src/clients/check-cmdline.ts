import { RunnerError } from "@distronode-runner/contract";
import { split } from "shlex";
import { checkExtraVariables } from "./extra-variables.ts";
import { checkLimit } from "./host-words.ts";
import { invalid } from "./refuse.ts";

const key = "cmdline";

type Check = (value: string) => void;

const text: Check = () => {};

/** The name of a user goes into a command on the managed host. */
const user: Check = (value) => {
  if (!/^[A-Za-z_][\w.-]{0,63}$/.test(value)) throw invalid(key, `cmdline: ${JSON.stringify(value)} is not the name of a user.`);
};

const upTo = (maximum: number): Check => (value) => {
  if (!/^[1-9]\d{0,8}$/.test(value) || Number(value) > maximum) throw invalid(key, `cmdline: ${JSON.stringify(value)} is not a whole number from 1 to ${maximum}.`);
};

/** Options that neither name a file, nor say how to connect, nor run code of the client's. Those with a check take a value. */
const harmless: Readonly<Record<string, Check | undefined>> = {
  "--limit": (value) => checkLimit(value, key),
  "--tags": text,
  "--skip-tags": text,
  "--check": undefined,
  "--diff": undefined,
  "--forks": upTo(500),
  "--start-at-task": text,
  "--flush-cache": undefined,
  "--force-handlers": undefined,
  "--become": undefined,
  "--become-user": user,
  "--user": user,
  "--timeout": upTo(3600),
  "--extra-vars": (value) => checkExtraVariables(value, key),
  "--list-hosts": undefined,
  "--list-tasks": undefined,
  "--list-tags": undefined,
  "--syntax-check": undefined,
  "--verbose": undefined,
};

const short: Readonly<Record<string, string>> = { "-l": "--limit", "-t": "--tags", "-C": "--check", "-D": "--diff", "-f": "--forks", "-b": "--become", "-u": "--user", "-T": "--timeout", "-e": "--extra-vars" };

const hint = `Clients may use ${Object.keys(harmless).join(", ")} and -v, each a word of its own, by its whole name.`;

/** Refuses a command line with any word that is not known to be harmless. The tool accepts the beginning of an option's name too, and several short ones in one word; clients write them out. */
export function checkCmdline(cmdline: string): void {
  const words = splitWords(cmdline);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (/^-v{1,10}$/.test(word)) continue;
    const [, long, joined] = /^(--[a-z-]+)=(.*)$/s.exec(word) ?? [];
    const option = long ?? short[word] ?? word;
    if (!Object.hasOwn(harmless, option)) throw invalid(key, `cmdline: ${shown(word)} is not among the options that clients may use.`, hint);
    const check = harmless[option];
    if (check === undefined) {
      if (joined !== undefined) throw invalid(key, `cmdline: ${option} takes no value.`, hint);
      continue;
    }
    if (joined === undefined) at += 1;
    const value = joined ?? words[at];
    if (value === undefined || value.startsWith("-")) throw invalid(key, `cmdline: ${option} needs a value, which does not begin with a dash.`, hint);
    check(value);
  }
}

/** The option alone: what comes with it may be secret. */
function shown(word: string): string {
  const [name] = /^--[A-Za-z-]*|^-./.exec(word) ?? [];
  return name === undefined ? "a word that is no option" : name;
}

function splitWords(cmdline: string): readonly string[] {
  try {
    return split(cmdline);
  } catch (cause) {
    throw new RunnerError("REQUEST_INVALID", "cmdline has a quote that is never closed.", { location: { key }, hint: "Close the quote, or escape it with a backslash.", cause });
  }
}
