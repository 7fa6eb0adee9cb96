import { isShown, looksSecret, mask } from "../plan/masking.ts";

/** A setting's value as it may be shown. Of event sinks, whose settings nobody here knows, text is shown only where it names a place. */
export function maskedSetting(key: string, value: unknown): unknown {
  const ofSink = key.startsWith("runner_");
  if (ofSink && typeof value !== "boolean" && typeof value !== "number" && !/_(url|path)$/.test(key)) return mask;
  return masked(key, value, ofSink);
}

function masked(key: string, value: unknown, ofSink: boolean): unknown {
  if (looksSecret(key) && typeof value !== "object") return mask;
  if (typeof value === "string") return maskedText(value, ofSink);
  if (Array.isArray(value)) return value.map((item) => masked("", item, ofSink));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, masked(name, item, ofSink)]));
}

/** Credentials in an address, a query, and variables that an option hands to a container. */
function maskedText(text: string, ofSink: boolean): string {
  const [, variable, value] = /^(?:--env=|-e=?)?([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (variable !== undefined && !isShown(variable, value!)) return `${text.slice(0, text.length - value!.length)}${mask}`;
  const shown = text.replace(/(:\/\/)[^/@\s]*@/, `$1${mask}@`);
  return ofSink ? shown.replace(/\?.*$/s, `?${mask}`) : shown;
}
