import type { PlannedValue } from "@distronode-runner/contract";

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

/** Whether a name is one that credentials have. */
export function looksSecret(name: string): boolean {
  return secretNames.test(name);
}

/** The environment as it may be written down. */
export function maskedEnvironment(environment: Readonly<Record<string, PlannedValue>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, "value" in value ? value.value : mask]));
}
