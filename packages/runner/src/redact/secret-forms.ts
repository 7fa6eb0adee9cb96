import type { Form } from "./automaton.ts";
import { base64Forms } from "./base64-forms.ts";
import { inAddress, inJson, inMarkup, inPython, inShell } from "./spellings.ts";

/** Shorter values cannot be told from ordinary text. */
export const shortestSecret = 4;
/** Values up to this length are masked only where they stand alone: not as a part of a longer word or number. */
const aloneUpTo = 7;
/** Lines of a long secret that are masked by themselves. */
const shortestLine = 8;
/** Of larger texts of several lines, which are masked line by line, fewer forms are looked for. */
const largeFrom = 1000;
/** So many lines of one secret. */
export const mostLines = 2000;

const ordinary = new Set(["true", "false", "null", "none"]);

/** Whether a value is masked at all. */
export function isMaskable(value: string): boolean {
  const text = value.trim();
  return text.length >= shortestSecret && !ordinary.has(text.toLowerCase());
}

/** What to look for: each secret in all ways in which it may have been written down. */
export function secretForms(secrets: readonly string[]): readonly Form[] {
  const alone = new Set<string>();
  const anywhere = new Set<string>();
  for (const secret of new Set(secrets)) {
    if (!isMaskable(secret)) continue;
    const text = secret.trim();
    const short = text.length <= aloneUpTo ? alone : anywhere;
    for (const form of written(text)) short.add(form);
    for (const form of encoded(text)) anywhere.add(form);
    for (const form of unpadded(text)) short.add(form);
    if (text.includes("\n")) for (const line of text.split(/\r?\n/, mostLines)) for (const form of lineForms(line)) anywhere.add(form);
  }
  const forms = (texts: ReadonlySet<string>, only: boolean): Form[] => [...texts].map((text) => ({ bytes: Buffer.from(text), alone: only }));
  return [...forms(anywhere, false), ...forms(alone, true)].filter(({ bytes }) => bytes.length >= shortestSecret);
}

/** As it stands in text, and all that in JSON and in JSON inside JSON; of a key and the like, only what somebody does with one. */
function written(text: string): ReadonlySet<string> {
  const json = inJson(text);
  const forms = new Set([text, text.replace(/\r?\n/g, "\r\n"), ...inPython(text), ...inAddress(text), ...json, ...json.flatMap(inJson)]);
  if (text.length > largeFrom && text.includes("\n")) return forms;
  for (const form of [...inShell(text), ...inMarkup(text), ...json.flatMap(inShell), ...json.flatMap(inPython)]) forms.add(form);
  for (let depth = 0; depth < 2; depth += 1) for (const form of Array.from(forms)) for (const nested of inJson(form)) forms.add(nested);
  return forms;
}

/** In base64, in hexadecimal digits, and in an address on the way. */
function encoded(text: string): readonly string[] {
  const base64 = base64Forms(text);
  const hex = Buffer.from(text).toString("hex");
  return [...base64, ...base64.flatMap(inAddress), hex, hex.toUpperCase()];
}

/** Base64 without what fills it up: of a short text, few characters. */
function unpadded(text: string): readonly string[] {
  return [text, `${text}\n`].flatMap((value) => [Buffer.from(value).toString("base64").replace(/=+$/, ""), Buffer.from(value).toString("base64url")]);
}

/** The lines of a key; its first and last line are the same in all keys. */
function lineForms(line: string): Iterable<string> {
  const text = line.trim();
  return text.length < shortestLine || text.startsWith("-----") ? [] : written(text);
}
