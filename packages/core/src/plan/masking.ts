import type { PlannedValue } from "@distronode-runner/contract";
import { suspicionOf } from "./secret-names.ts";

/** What stands in `command`, the journal and `explain` for a value that is not shown. */
export const mask = "**********";

const shownNames = /^(ANSIBLE_|DISTRONODE_|RUNNER_|AWX_|PYTHON|LC_)|^(LANG|LANGUAGE|TZ|PATH|HOME|TERM|USER|COLUMNS|LINES|TMPDIR|NO_COLOR)$/;
const secretNames = /PASS|SECRET|TOKEN|CRED|PRIVATE|(^|_)(API_?)?KEY($|_(?!CHECKING))|(^|_)AUTH($|_)/i;
const secretValues = /:\/\/[^/@\s]*:[^/@\s]*@/;

/**
 * Whether a variable from `env/envvars` may be shown. Only variables that configure the tool or the locale are, and of these none whose
 * name or value looks like a credential: a reader of an artifact must not learn a secret because its name was not on a list.
 */
export function isShown(name: string, value: string): boolean {
  return shownNames.test(name) && !looksSecret(name) && !secretValues.test(value);
}

/** Whether a value is better not shown where it is set. More names than those whose values are masked everywhere: nothing is spoilt by it. */
export function looksSecret(name: string): boolean {
  return secretNames.test(name) || suspicionOf(name) !== undefined;
}

/** The words of a command as they may be shown: without the values of variables and options whose names are those of credentials, and without passwords in addresses. */
export function shownCommand(words: readonly string[]): readonly string[] {
  return words.map(shownText);
}

const nameAndValue = /(?<![\w.-])(["']?)([A-Za-z_-][\w.-]*)\1([ \t]*(?:=|:(?=[\s"']))[ \t]*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'{[,}\]@][^\s,}\]]*)/g;

/** The same for a text, a word or what stands in an error. */
export function shownText(text: string): string {
  // The value of an option may be variables.
  const [option, name] = /^--([\w-]+)=/.exec(text) ?? [""];
  if (name !== undefined && !looksSecret(name)) return option + shownText(text.slice(option.length));
  return text
    .replace(nameAndValue, (_whole, quote: string, name: string, between: string, value: string) => `${quote}${name}${quote}${between}${looksSecret(name) ? mask : shownText(value)}`)
    .replace(/(:\/\/[^/@\s:]*:)[^/@\s]+@/g, `$1${mask}@`);
}

/** The environment as it may be written down. */
export function maskedEnvironment(environment: Readonly<Record<string, PlannedValue>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, "value" in value ? value.value : mask]));
}
