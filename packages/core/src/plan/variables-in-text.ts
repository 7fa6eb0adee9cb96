/** A name and its value. */
export type Variable = readonly [name: string, value: string];

// What stands before a name is looked at, so that a long word is not read again from each of its letters.
const nameAndSign = /(?<![\w.-])["']?([A-Za-z_][\w.-]*)["']?[ \t]*(?:(=)|:(?=[\s"'[{]|$))[ \t]*(?:![\w!:/.-]+[ \t]+)?/g;
const quoted = /"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'/y;

/** Variables in a text that is read as a text: `name: value`, `name=value`, `"name": "value"`, and the lines below `name: |`. For what no parser of ours takes. */
export function variablesIn(text: string): readonly Variable[] {
  const found: Variable[] = [];
  for (const match of text.matchAll(nameAndSign)) {
    const name = match[1]!;
    const from = match.index + match[0].length;
    for (const value of new Set(valuesAt(text, match.index, from, match[2] === "="))) if (value !== "") found.push([name, value]);
  }
  return found;
}

function valuesAt(text: string, name: number, from: number, assigned: boolean): readonly string[] {
  quoted.lastIndex = from;
  const [, double, single] = quoted.exec(text) ?? [];
  if (double !== undefined) return [unescaped(double), double];
  if (single !== undefined) return [single.replaceAll("''", "'")];
  const end = text.indexOf("\n", from);
  const line = text.slice(from, end === -1 ? text.length : end).replace(/\s+#.*$/, "").trim();
  if (assigned) return [/^\S*/.exec(line)![0]];
  if (/^[|>][-+\d]*$/.test(line)) return [blockBelow(text, name, end === -1 ? text.length : end)];
  // As YAML takes it, and as one of several on a line.
  return /^[[{]/.test(line) ? [] : [line, /^[^,}\]]*/.exec(line)![0].trim(), /^[^\s,}\]]*/.exec(line)![0]];
}

/** Escapes of JSON are those that matter; a text with others stays as it is. */
function unescaped(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

/** The lines that are indented more than the one of the name. */
function blockBelow(text: string, name: number, from: number): string {
  const start = text.lastIndexOf("\n", name) + 1;
  const indent = /^[ \t]*/.exec(text.slice(start, name))![0].length;
  const lines: string[] = [];
  for (const line of text.slice(from + 1).split("\n", 1000)) {
    if (line.trim() !== "" && /^[ \t]*/.exec(line)![0].length <= indent) break;
    lines.push(line.trim());
  }
  return lines.join("\n").trim();
}
