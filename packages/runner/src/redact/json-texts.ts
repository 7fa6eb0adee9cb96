import { mask, namesCredential } from "@distronode-runner/core";

/** Texts in the JSON of a value, found without parsing it: everything else of it stays as it was written. */

const quote = 0x22;
const backslash = 0x5c;

/** Fields of an event's data that name a host, an action, another event or a time. */
const names = new Set(["host", "remote_addr", "task_action", "resolved_action", "uuid", "playbook_uuid", "play_uuid", "task_uuid", "play_pattern", "start", "end"]);
const dataKey = "event_data";

/** Words of the runner in its own entries. */
const words = new Set(["status", "runner_ident", "level", "kind", "error.code"]);

type Mask = (text: string) => string;
type Wants = (path: readonly string[]) => boolean;

/** The texts of an entry that the runner itself writes, but for its own words. */
export function maskEntry(json: Buffer, mask: Mask): Buffer {
  return new MaskedJson(json, mask, (path) => !words.has(path.join("."))).result();
}

/** The texts in `event_data`, but for names. */
export function maskEvent(json: Buffer, mask: Mask): Buffer {
  return new MaskedJson(json, mask, (path) => path[0] === dataKey && !(path.length === 2 && names.has(path[1]!))).result();
}

/** Masks texts that are values, and numbers that are secrets under the name of one. */
class MaskedJson {
  readonly #json: Buffer;
  readonly #mask: Mask;
  /** By the keys that lead to a value. */
  readonly #wants: Wants;
  readonly #parts: Buffer[] = [];
  #kept = 0;
  /** Keys of the objects and lists that are open, and the last one in the innermost. */
  readonly #open: (string | undefined)[] = [];
  #key: string | undefined;

  constructor(json: Buffer, mask: Mask, wants: Wants) {
    this.#json = json;
    this.#mask = mask;
    this.#wants = wants;
  }

  result(): Buffer {
    const json = this.#json;
    for (let at = 0; at < json.length; at += 1) {
      const byte = json[at]!;
      if (byte === 0x7b || byte === 0x5b) {
        this.#open.push(this.#key);
        this.#key = undefined;
      } else if (byte === 0x7d || byte === 0x5d) {
        this.#key = this.#open.pop();
      } else if (byte === quote) {
        const end = textEnd(json, at);
        if (isKey(json, end)) this.#key = parsed(json.subarray(at, end)) ?? "";
        else this.#text(at, end);
        at = end - 1;
      } else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) {
        const end = numberEnd(json, at);
        this.#number(at, end);
        at = end - 1;
      }
    }
    return this.#parts.length === 0 ? json : Buffer.concat([...this.#parts, json.subarray(this.#kept)]);
  }

  get #path(): readonly string[] {
    return [...this.#open, this.#key].filter((key) => key !== undefined);
  }

  #text(start: number, end: number): void {
    if (!this.#wants(this.#path)) return;
    const text = parsed(this.#json.subarray(start, end));
    const hidden = text === undefined ? undefined : this.#mask(text);
    if (hidden !== undefined && hidden !== text) this.#replace(start, end, hidden);
  }

  #number(start: number, end: number): void {
    const text = this.#json.toString("latin1", start, end);
    if (this.#mask(text) !== mask) return;
    const path = this.#path;
    if (this.#wants(path) && path.some(namesCredential)) this.#replace(start, end, mask);
  }

  #replace(start: number, end: number, text: string): void {
    this.#parts.push(this.#json.subarray(this.#kept, start), Buffer.from(JSON.stringify(text)));
    this.#kept = end;
  }
}

function numberEnd(json: Buffer, start: number): number {
  let end = start + 1;
  while (end < json.length && !(json[end] === 0x2c || json[end] === 0x7d || json[end] === 0x5d || json[end]! <= 0x20)) end += 1;
  return end;
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
