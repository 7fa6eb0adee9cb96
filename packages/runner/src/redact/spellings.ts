/** Ways in which programs write a text down: Python, shells, JSON, addresses, markup. Each gives the inside, without the quotes around it. */

/** In JSON, with other characters than ASCII as they are or escaped, and as Go writes it. */
export function inJson(text: string): readonly string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const go = (json: string): string => json.replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  return [plain, toAscii(plain), go(plain), go(toAscii(plain))];
}

const toAscii = (text: string): string => text.replace(/[\u007f-\uffff]/g, (unit) => (unit === "\u007f" ? unit : `\\u${hex(unit.charCodeAt(0), 4)}`));
const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");

/** As Python's `repr` shows it: as text, as text in ASCII, as bytes, and with the quote that it takes when the text has the other. */
export function inPython(text: string): readonly string[] {
  const named = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t");
  const escaped = named.replace(/\p{Cc}/gu, (sign) => `\\x${hex(sign.charCodeAt(0), 2)}`);
  return [escaped, toPythonAscii(escaped), toBytes(escaped)].flatMap((shown) => [shown, shown.replaceAll("'", "\\'")]);
}

const toPythonAscii = (text: string): string =>
  Array.from(text).map((character) => {
    const code = character.codePointAt(0)!;
    return code < 0x80 ? character : code < 0x100 ? `\\x${hex(code, 2)}` : code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
  }).join("");

const toBytes = (text: string): string => Buffer.from(text).toString("latin1").replace(/[\x80-\xff]/g, (byte) => `\\x${hex(byte.charCodeAt(0), 2)}`);

/** In an address: as JavaScript writes it, as Python's `quote` and `quote_plus` and the tool's filter `urlencode` do, with large or small digits. */
export function inAddress(text: string): readonly string[] {
  const strict = (kept: RegExp): string => [...Buffer.from(text.toWellFormed())].map((byte) => (kept.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${hex(byte, 2).toUpperCase()}`)).join("");
  const path = strict(/[A-Za-z0-9_.~/-]/);
  const all = strict(/[A-Za-z0-9_.~-]/);
  const forms = [encodeURIComponent(text.toWellFormed()), encodeURI(text.toWellFormed()), path, all, all.replaceAll("%20", "+"), path.replaceAll("~", "%7E"), all.replaceAll("~", "%7E")];
  return [...forms, ...forms.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

/** Quoted for a shell, in four ways, and for YAML in single quotes. */
export function inShell(text: string): readonly string[] {
  return [
    text.replaceAll("'", `'"'"'`),
    text.replaceAll("'", `'\\''`),
    text.replace(/[^A-Za-z0-9_@%+=:,./\u0080-\uffff-]/g, (sign) => `\\${sign}`),
    text.replace(/[^A-Za-z0-9_@%+:./\u0080-\uffff-]/g, (sign) => `\\${sign}`),
    text.replace(/["\\$`]/g, (sign) => `\\${sign}`),
    text.replace(/["\\$`!]/g, (sign) => `\\${sign}`),
    text.replaceAll("'", "''"),
  ];
}

/** In HTML and XML, as Python and Jinja escape. */
export function inMarkup(text: string): readonly string[] {
  const basic = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return [basic, basic.replaceAll('"', "&quot;").replaceAll("'", "&#x27;"), basic.replaceAll('"', "&#34;").replaceAll("'", "&#39;"), basic.replaceAll('"', "&quot;").replaceAll("'", "&apos;")];
}
