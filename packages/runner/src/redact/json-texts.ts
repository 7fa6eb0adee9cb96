/** Texts in the JSON of a value, found without parsing it: everything else of it stays as it was written. */

const quote = 0x22;
const backslash = 0x5c;

/** Fields of an event's data that name a host, an action, another event or a time. */
const names = new Set(["host", "remote_addr", "task_action", "resolved_action", "uuid", "playbook_uuid", "play_uuid", "task_uuid", "play_pattern", "start", "end"]);
const dataKey = "event_data";

/** Words of the runner in its own entries. */
const words = new Set(["status", "runner_ident", "level", "kind", "error.code"]);

type Mask = (text: string) => string;

/** The texts of an entry that the runner itself writes, but for its own words. */
export function maskEntry(json: Buffer, mask: Mask): Buffer {
  return masked(json, mask, (path) => !words.has(path.join(".")));
}

/** The texts in `event_data`, but for names. */
export function maskEvent(json: Buffer, mask: Mask): Buffer {
  return masked(json, mask, (path) => path[0] === dataKey && !(path.length === 2 && names.has(path[1]!)));
}

/** `wants`: by the keys that lead to a text, of which the first two are told. */
function masked(json: Buffer, mask: Mask, wants: (path: readonly string[]) => boolean): Buffer {
  const parts: Buffer[] = [];
  let kept = 0;
  let depth = 0;
  /** Keys of the outer two objects. */
  const path: string[] = [];
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at]!;
    if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
      if (depth < path.length) path.length = depth;
    } else if (byte === quote) {
      const end = textEnd(json, at);
      if (isKey(json, end)) {
        if (depth === 1 || depth === 2) {
          path.length = depth - 1;
          path.push(parsed(json.subarray(at, end)) ?? "");
        }
      } else if (wants(path)) {
        const text = parsed(json.subarray(at, end));
        const hidden = text === undefined ? undefined : mask(text);
        if (hidden !== undefined && hidden !== text) {
          parts.push(json.subarray(kept, at), Buffer.from(JSON.stringify(hidden)));
          kept = end;
        }
      }
      at = end - 1;
    }
  }
  return parts.length === 0 ? json : Buffer.concat([...parts, json.subarray(kept)]);
}

/** Behind the closing quote. */
function textEnd(json: Buffer, start: number): number {
  for (let end = json.indexOf(quote, start + 1); end !== -1; end = json.indexOf(quote, end + 1)) {
    let escapes = 0;
    while (json[end - 1 - escapes] === backslash) escapes += 1;
    if (escapes % 2 === 0) return end + 1;
  }
  return json.length;
}

function isKey(json: Buffer, end: number): boolean {
  let at = end;
  while (json[at] === 0x20 || json[at] === 0x0a || json[at] === 0x0d || json[at] === 0x09) at += 1;
  return json[at] === 0x3a;
}

/** Nothing for what is no JSON after all. */
function parsed(text: Buffer): string | undefined {
  try {
    return JSON.parse(text.toString()) as string;
  } catch {
    return undefined;
  }
}
