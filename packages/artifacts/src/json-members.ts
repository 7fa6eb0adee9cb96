/** Where the value of a member of the outermost object stands in a JSON text. */
interface Member {
  readonly key: string;
  /** Of the key's quote. */
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** A JSON text without some members of its outermost object; all else stays as it was written, numbers too. The text must be an object. */
export function withoutMembers(json: string, keys: readonly string[]): string {
  const members = membersOf(json);
  const kept = members.filter(({ key }) => !keys.includes(key));
  if (kept.length === members.length) return json;
  const open = json.indexOf("{");
  if (kept.length === 0) return `${json.slice(0, open)}{}${json.slice(json.lastIndexOf("}") + 1)}`;
  const before = json.slice(open, members[0]!.start);
  const between = members.length > 1 ? json.slice(members[0]!.valueEnd, members[1]!.start) : ", ";
  const after = json.slice(members.at(-1)!.valueEnd);
  return json.slice(0, open) + before + kept.map(({ start, valueEnd }) => json.slice(start, valueEnd)).join(between) + after;
}

/** A JSON text with another value for a member of its outermost object. */
export function withMember(json: string, key: string, value: string): string {
  const member = membersOf(json).find((each) => each.key === key);
  return member === undefined ? json : json.slice(0, member.valueStart) + value + json.slice(member.valueEnd);
}

function membersOf(json: string): readonly Member[] {
  const found: Member[] = [];
  let at = json.indexOf("{") + 1;
  for (;;) {
    at = skipBlanks(json, at);
    if (json[at] === ",") at = skipBlanks(json, at + 1);
    if (json[at] !== '"') return found;
    const start = at;
    const keyEnd = textEnd(json, at);
    const valueStart = skipBlanks(json, skipBlanks(json, keyEnd) + 1);
    at = valueEnd(json, valueStart);
    found.push({ key: JSON.parse(json.slice(start, keyEnd)) as string, start, valueStart, valueEnd: at });
  }
}

function skipBlanks(json: string, from: number): number {
  let at = from;
  while (/\s/.test(json[at] ?? "")) at += 1;
  return at;
}

function textEnd(json: string, from: number): number {
  let at = from + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

function valueEnd(json: string, from: number): number {
  let depth = 0;
  for (let at = from; at < json.length; ) {
    const sign = json[at]!;
    if (sign === '"') at = textEnd(json, at);
    else if (sign === "{" || sign === "[") [depth, at] = [depth + 1, at + 1];
    else if (depth === 0 && /[,}\]\s]/.test(sign)) return at;
    else [depth, at] = [depth - (sign === "}" || sign === "]" ? 1 : 0), at + 1];
    if (depth === 0 && (sign === "}" || sign === "]" || sign === '"')) return at;
  }
  return json.length;
}
