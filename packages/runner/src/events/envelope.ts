import { isAscii } from "node:buffer";
import { pieceBytes } from "../pieces.ts";
import { decode, jsonPieces } from "./json-pieces.ts";

/** Numbers the job's events and lines, and puts the peer's envelope around what the callback wrote. */
export interface Envelope {
  readonly counter: number;
  readonly uuid: string;
  /** That of an event with a large text or much data is encoded already, in pieces. */
  readonly json: string | readonly Buffer[];
}

/** More than the beginning of an event that the callback wrote. */
const headBytes = 128;
const head = /^\{"uuid": ?"([A-Za-z0-9_-]+)", ?/;

/** Where the numbering is. */
export interface Numbering {
  readonly counter: number;
  readonly line: number;
}

/** The same input gives the same envelopes: who goes on for another can say again what that one may not have stored. */
export class EnvelopeWriter {
  readonly #ident: string;
  readonly #uuid: (counter: number) => string;
  #counter: number;
  #line: number;

  /** `uuid`: for events that have none. */
  constructor(ident: string, uuid: (counter: number) => string, from: Numbering = { counter: 0, line: 0 }) {
    this.#ident = ident;
    this.#uuid = uuid;
    this.#counter = from.counter;
    this.#line = from.line;
  }

  get state(): Numbering {
    return { counter: this.#counter, line: this.#line };
  }

  /** An event of the callback, with the text it displayed. `json` is the object as the callback wrote it: its text is spliced, not parsed. */
  event(json: Buffer, text: Buffer, time: number): Envelope {
    const match = head.exec(json.toString("latin1", 0, headBytes));
    if (match === null) return this.#parsed(decode(json), text, time);
    const fields = json.subarray(match[0].length, -1);
    return this.#wrap(match[1]!, text, fields.length > pieceBytes && isAscii(fields) ? fields : decode(fields));
  }

  /** Text outside any event: one line with its end, or the last one without. `time`: when it was said, in milliseconds since 1970. */
  verbose(text: Buffer, time: number): Envelope {
    const created = `${new Date(time).toISOString().slice(0, -1)}000+00:00`;
    return this.#wrap(this.#uuid(this.#counter + 1), text, `"event":"verbose","created":"${created}"`);
  }

  #parsed(rich: string, text: Buffer, time: number): Envelope {
    let fields: unknown;
    try {
      fields = parseKeepingNumbers(rich);
    } catch {
      return this.verbose(text, time);
    }
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) return this.verbose(text, time);
    const { uuid, ...others } = fields as Record<string, unknown>;
    const safe = typeof uuid === "string" && /^[A-Za-z0-9_-]+$/.test(uuid) ? uuid : this.#uuid(this.#counter + 1);
    return this.#wrap(safe, text, JSON.stringify(others).slice(1, -1));
  }

  #wrap(uuid: string, text: Buffer, fields: string | Buffer): Envelope {
    this.#counter += 1;
    const start = this.#line;
    this.#line += lineEnds(text);
    const stdout = withoutLineEnds(text);
    const before = `{"uuid":"${uuid}","counter":${this.#counter},"stdout":`;
    const after = `,"start_line":${start},"end_line":${this.#line},"runner_ident":${JSON.stringify(this.#ident)},`;
    const json =
      stdout.length <= pieceBytes && typeof fields === "string"
        ? `${before}${JSON.stringify(decode(stdout))}${after}${fields}}`
        : [Buffer.from(before), ...jsonPieces(stdout), Buffer.from(after), typeof fields === "string" ? Buffer.from(fields) : fields, Buffer.from("}")];
    return { counter: this.#counter, uuid, json };
  }
}

/** Numbers stay as they are written. */
function parseKeepingNumbers(json: string): unknown {
  const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };
  const revive = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => (typeof value === "number" && context?.source !== undefined ? rawJSON(context.source) : value);
  return JSON.parse(json, revive as (key: string, value: unknown) => unknown);
}

/** Cut before it is decoded: a pattern would look at every line of a text. */
function withoutLineEnds(text: Buffer): Buffer {
  let end = text.length;
  while (end > 0 && text[end - 1] === 0x0a) end -= end > 1 && text[end - 2] === 0x0d ? 2 : 1;
  return text.subarray(0, end);
}

/** Byte by byte: a search for each is a call for each. */
function lineEnds(text: Buffer): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) if (text[at] === 0x0a) count += 1;
  return count;
}
