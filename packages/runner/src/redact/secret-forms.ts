/** Shorter values can not be told from ordinary text. */
export const shortestSecret = 4;
/** Values up to this length are masked only where they stand alone: not as a part of a longer word or number. */
const aloneUpTo = 7;
/** Lines of a long secret that are masked by themselves. */
const shortestLine = 8;
/** Below this, what base64 of something around it has in common is too little. */
const shortestInside = 9;

const ordinary = new Set(["true", "false", "null", "none"]);

/** Whether a value is masked at all. */
export function isMaskable(value: string): boolean {
  const text = value.trim();
  return text.length >= shortestSecret && !ordinary.has(text.toLowerCase());
}

/** What to look for, as Latin-1 text (one character a byte), the longest first: a secret that is part of another must not leave the other's rest. */
export interface SecretForms {
  /** Masked wherever they stand. */
  readonly anywhere: readonly string[];
  /** Masked only between characters that belong to no word. */
  readonly alone: readonly string[];
  /** Length of the longest of all, 0 if there is none. */
  readonly longest: number;
}

export function secretForms(secrets: readonly string[]): SecretForms {
  const alone = new Set<string>();
  const anywhere = new Set<string>();
  for (const secret of secrets) {
    if (!isMaskable(secret)) continue;
    const text = secret.trim();
    for (const form of written(text)) (text.length <= aloneUpTo ? alone : anywhere).add(form);
    for (const form of encoded(text)) anywhere.add(form);
    if (text.includes("\n")) for (const line of text.split(/\r?\n/)) for (const form of lineForms(line)) anywhere.add(form);
  }
  const forms = { anywhere: latin1(anywhere), alone: latin1(alone) };
  // Each list begins with its longest.
  return { ...forms, longest: Math.max(forms.anywhere[0]?.length ?? 0, forms.alone[0]?.length ?? 0) };
}

/** As it stands in text, in JSON (also with other characters than ASCII escaped), in a text inside JSON, and in an address. */
function written(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const ascii = json.replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const nested = JSON.stringify(json).slice(1, -1);
  return [text, json, ascii, nested, encodeURIComponent(text.toWellFormed()), text.replace(/\r?\n/g, "\r\n")];
}

/** In base64: alone, with the line end that `echo` adds, and what is left of it inside something longer, as in a basic login. */
function encoded(text: string): readonly string[] {
  const forms = [text, `${text}\n`].map((value) => Buffer.from(value).toString("base64"));
  const source = Buffer.from(text);
  if (source.length >= shortestInside) {
    for (const before of [0, 1, 2]) {
      const whole = Buffer.concat([Buffer.alloc(before), source]).toString("base64").replace(/=+$/, "");
      // The first and last characters also carry bits of what is beside it.
      const inside = whole.slice(before === 0 ? 0 : before + 1, (before + source.length) % 3 === 0 ? undefined : -1);
      forms.push(inside);
    }
  }
  return [...forms, ...forms.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"))].filter((form) => form.length >= 6);
}

/** The lines of a key; its first and last line are the same in all keys. */
function lineForms(line: string): readonly string[] {
  const text = line.trim();
  return text.length < shortestLine || text.startsWith("-----") ? [] : written(text);
}

const latin1 = (forms: ReadonlySet<string>): string[] => [...forms].map((form) => Buffer.from(form).toString("latin1")).sort((one, other) => other.length - one.length);
