import type { Sensitive } from "@distronode-runner/core";
import { isMaskable, shortestSecret } from "./secret-forms.ts";

/** Says which secrets are too short to be found in a text. Those of the caller's environment and of settings are not handed to the job. */
export function notMasked(sensitive: readonly Sensitive[]): readonly string[] {
  return sensitive
    .filter(({ from, value, ordinary }) => !from.startsWith("settings.") && /[#.]|^(sshKey|env\/ssh_key)$/.test(from) && value.trim() !== "" && (ordinary === true || !isMaskable(value)))
    .map(({ from }) => `The secret ${from} is not masked where the job prints it: it is an ordinary word, or has fewer than ${shortestSecret} characters.`);
}
