/** Made-up secrets, ways in which a job may print them, and ordinary text: always the same. */

/** Numbers in a fixed order that looks like none. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const signs = "!@#$%^&*()-_=+[]{};:'\",.<>/?\\|`~ ";
const foreign = "äöüßéøłñçžабвгдеπσ漢字🔑";

/** 240 secrets: letters and digits, with signs, beyond ASCII, short ones, several lines, long ones, and numbers. */
export function secrets(): readonly string[] {
  const next = numbers(7);
  const pick = (from: string): string => {
    const characters = Array.from(from);
    return characters[next(characters.length)]!;
  };
  const text = (length: number, from: string): string => {
    let made = "";
    for (let at = 0; at < length; at += 1) made += pick(from);
    // Neither blanks at its ends nor an ordinary word by chance.
    return `Q${made}7`;
  };
  const made: string[] = [];
  for (let at = 0; at < 80; at += 1) made.push(text(10 + next(30), letters));
  for (let at = 0; at < 80; at += 1) made.push(text(10 + next(20), letters + signs + signs));
  for (let at = 0; at < 30; at += 1) made.push(text(10 + next(12), letters + foreign + signs));
  for (let at = 0; at < 15; at += 1) made.push(text(3 + next(3), letters));
  for (let at = 0; at < 15; at += 1) made.push([text(60, letters), text(64, letters + "+/"), text(20, letters + signs)].join("\n"));
  for (const length of [28_000, 3000, 2000, 1500, 1200]) made.push(text(length, letters + signs));
  for (let at = 0; at < 15; at += 1) made.push(String(100_000_000 + next(800_000_000)));
  return made;
}

const python = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n");
const ascii = (json: string): string => json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
const quote = (text: string, safe: RegExp): string => [...Buffer.from(text)].map((byte) => (safe.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)).join("");
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const wrapped = (text: string, width: number): string => text.replace(new RegExp(`.{${width}}(?=.)`, "g"), "$&\n");

/** As Python's textwrap does with a warning of the tool: at blanks, and where a word is longer than a line. */
function wrappedWords(text: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<= )/)) {
    let rest = word;
    if (line.length + rest.trimEnd().length > width && line !== "") [line] = [(lines.push(line.trimEnd()), "")];
    while (rest.trimEnd().length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line += rest;
  }
  return [...lines, line].join("\n");
}

/** Whether the text of one secret can be printed in a form, and how. */
export interface Form {
  readonly name: string;
  readonly write: (secret: string) => string;
  /** Short secrets are masked where they stand alone. */
  readonly inWords?: true;
  /** Forms of text in one line. */
  readonly oneLine?: true;
}

export const forms: readonly Form[] = [
  { name: "plain", write: (secret) => `the value is ${secret}.` },
  { name: "assignment", write: (secret) => `password=${secret};` },
  { name: "inside a word", write: (secret) => `xx${secret}yy`, inWords: true },
  { name: "carriage returns", write: (secret) => `a\r\n${secret.replaceAll("\n", "\r\n")}\r\nb` },
  { name: "colour", write: (secret) => `\x1b[0;31m${secret}\x1b[0m` },
  { name: "JSON", write: (secret) => JSON.stringify({ a: `x\n${secret}\ty` }) },
  { name: "JSON in ASCII", write: (secret) => ascii(JSON.stringify({ a: secret })) },
  { name: "JSON in JSON", write: (secret) => JSON.stringify({ a: ascii(JSON.stringify({ b: secret })) }) },
  { name: "JSON of Go", write: (secret) => JSON.stringify(secret).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`) },
  { name: "Python's repr", write: (secret) => (secret.includes("'") && !secret.includes('"') ? `{"a": "${python(secret).replaceAll("\\'", "'")}"}` : `{'a': '${python(secret)}'}`) },
  { name: "Python's repr in JSON", write: (secret) => JSON.stringify({ msg: `got '${python(secret)}'` }) },
  { name: "a shell's quotes", write: (secret) => `'${secret.replaceAll("'", `'"'"'`)}'` },
  { name: "a shell's backslashes", write: (secret) => `'${secret.replaceAll("'", `'\\''`)}'` },
  { name: "a shell's double quotes", write: (secret) => `"${secret.replace(/["\\$`]/g, (sign) => `\\${sign}`)}"` },
  { name: "YAML's single quotes", write: (secret) => `a: '${secret.replaceAll("'", "''")}'`, oneLine: true },
  { name: "encodeURIComponent", write: (secret) => `https://u:${encodeURIComponent(secret)}@host/` },
  { name: "quote and urlencode", write: (secret) => `q=${quote(secret, /[A-Za-z0-9_.~/-]/)}&x=1` },
  { name: "quote_plus", write: (secret) => `q=${quote(secret, /[A-Za-z0-9_.~-]/).replaceAll("%20", "+")}&x=1` },
  { name: "small digits in an address", write: (secret) => `q=${quote(secret, /[A-Za-z0-9_.~-]/).replace(/%../g, (code) => code.toLowerCase())}&x=1` },
  { name: "base64", write: (secret) => `{"content": "${base64(secret)}"}` },
  { name: "base64 with a line end", write: (secret) => base64(`${secret}\n`) },
  { name: "base64 for addresses", write: (secret) => Buffer.from(secret).toString("base64url") },
  { name: "a basic login", write: (secret) => `Authorization: Basic ${base64(`user:${secret}`)}` },
  { name: "base64 in 76 columns", write: (secret) => wrapped(base64(secret), 76) },
  { name: "base64 in 76 columns, in JSON", write: (secret) => JSON.stringify({ stdout: wrapped(base64(`token ${secret} and more`), 76) }) },
  { name: "base64 in 64 columns, indented", write: (secret) => `  data: |\n    ${wrapped(base64(secret), 64).replaceAll("\n", "\n    ")}\n` },
  { name: "a wrapped warning", write: (secret) => wrappedWords(`[WARNING]: The option password is deprecated and has the value ${secret} which nobody should use any more`, 79), inWords: true, oneLine: true },
  { name: "a warning wrapped inside", write: (secret) => Array.from(secret).toSpliced(5, 0, "\n").join(""), inWords: true, oneLine: true },
  { name: "HTML", write: (secret) => `<b>${secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&#34;").replaceAll("'", "&#39;")}</b>` },
  { name: "hexadecimal digits", write: (secret) => Buffer.from(secret).toString("hex") },
];

/** Words, hosts and numbers, each once. */
export function ordinary(): readonly string[] {
  const next = numbers(11);
  const syllables = "ba be bi bo bu da de di do du fa fe fi ka ke ki la le li lo ma me mi mo na ne ni no pa pe pi ra re ri ro sa se si so ta te ti to va ve vi".split(" ");
  const word = (): string => Array.from({ length: 2 + next(3) }, () => syllables[next(syllables.length)]!).join("");
  const found = new Set("production staging changed ok failed skipped unreachable TASK PLAY RECAP localhost debug command shell password: Password secret token key true false null none yes no".split(" "));
  while (found.size < 250) found.add(word());
  while (found.size < 450) found.add(`${word()}${String(next(40)).padStart(2, "0")}${next(2) === 0 ? "" : `.${word()}.example.com`}`);
  while (found.size < 520) found.add(`10.${next(256)}.${next(256)}.${next(256)}`);
  while (found.size < 640) found.add(String(next(next(2) === 0 ? 100_000 : 90_000_000)));
  return [...found];
}
