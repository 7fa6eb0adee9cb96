export interface Literal {
  readonly value: unknown;
  /** Where the text goes on. */
  readonly end: number;
}

/** Reads a Python literal that begins at `at`: what `ast.literal_eval` takes and JSON can hold. A tuple becomes a list. */
export function readLiteral(text: string, at: number): Literal | undefined {
  const first = readValue(text, at);
  return first === undefined || text[first.end] !== "," ? first : readItems(text, at, "");
}

const constants: Readonly<Record<string, unknown>> = { True: true, False: false, None: null };
const closing: Readonly<Record<string, string>> = { "[": "]", "(": ")", "{": "}" };

function readValue(text: string, at: number): Literal | undefined {
  const first = text[at] ?? "";
  if (first === "'" || first === '"') return readString(text, at, first);
  if (first === "{") return readDict(text, at);
  if (first === "[" || first === "(") {
    const items = readItems(text, at + 1, closing[first]!);
    const [only] = (items?.value ?? []) as unknown[];
    const group = first === "(" && items !== undefined && (items.value as unknown[]).length === 1 && !/,\s*\)$/.test(text.slice(at, items.end));
    return group ? { value: only, end: items.end } : items;
  }
  const word = /^[-+]?[\w.]+(?:(?<=[\d.][eE])[-+]?\d+)?/.exec(text.slice(at))?.[0];
  if (word === undefined) return undefined;
  if (Object.hasOwn(constants, word)) return { value: constants[word], end: at + word.length };
  const number = readNumber(word);
  return number === undefined ? undefined : { value: number, end: at + word.length };
}

/** Values with commas between them up to `close`; without `close`, up to where no comma follows. */
function readItems(text: string, begin: number, close: string): Literal | undefined {
  const items: unknown[] = [];
  const skip = (at: number): number => (close === "" ? at : at + /^\s*/.exec(text.slice(at))![0].length);
  let at = skip(begin);
  while (close === "" || text[at] !== close) {
    const item = readValue(text, at);
    if (item === undefined) return close === "" && items.length > 0 ? { value: items, end: at } : undefined;
    items.push(item.value);
    at = skip(item.end);
    if (text[at] === ",") at = skip(at + 1);
    else if (close === "") return { value: items, end: at };
    else if (text[at] !== close) return undefined;
  }
  return { value: items, end: at + 1 };
}

function readDict(text: string, begin: number): Literal | undefined {
  const entries: [string, unknown][] = [];
  const skip = (at: number): number => at + /^\s*/.exec(text.slice(at))![0].length;
  let at = skip(begin + 1);
  while (text[at] !== "}") {
    const key = readValue(text, at);
    const colon = key === undefined ? -1 : skip(key.end);
    if (key === undefined || text[colon] !== ":") return undefined;
    const value = readValue(text, skip(colon + 1));
    if (value === undefined) return undefined;
    entries.push([typeof key.value === "string" ? key.value : JSON.stringify(key.value), value.value]);
    at = skip(value.end);
    if (text[at] === ",") at = skip(at + 1);
    else if (text[at] !== "}") return undefined;
  }
  return { value: Object.fromEntries(entries), end: at + 1 };
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", "'": "'", '"': '"', a: "\u0007", b: "\b", f: "\f", v: "\v" };

function readString(text: string, at: number, quote: string): Literal | undefined {
  const match = new RegExp(`^${quote}((?:[^\\\\${quote}\\n]|\\\\[\\s\\S])*)${quote}`).exec(text.slice(at));
  if (match === null) return undefined;
  const value = match[1]!.replace(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|([\s\S]))/g, (whole, hex: string | undefined, unicode: string | undefined, other: string | undefined) =>
    other === undefined ? String.fromCharCode(Number.parseInt(hex ?? unicode ?? "", 16)) : other === "\n" ? "" : (escapes[other] ?? whole));
  return { value, end: at + match[0].length };
}

/** A number; one that JavaScript can not hold, or would write without its fraction, as the JSON text it has in Python. */
function readNumber(word: string): unknown {
  const text = word.replaceAll(/(?<=\w)_(?=\w)/g, "").replace(/^\+/, "");
  if (/^-?0[xX][\da-fA-F]+$|^-?0[oO][0-7]+$|^-?0[bB][01]+$/.test(text)) return text.startsWith("-") ? -Number(text.slice(1)) : Number(text);
  if (/^-?(0+|[1-9]\d*)$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : rawJson(text);
  if (!/^-?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][-+]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? rawJson(`${value}.0`) : value;
}

function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}
