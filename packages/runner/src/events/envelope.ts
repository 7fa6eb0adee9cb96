/** Numbers the job's events and lines, and puts the peer's envelope around what the callback wrote. */
export interface Envelope {
  readonly counter: number;
  readonly uuid: string;
  readonly json: string;
}

const textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
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
    const rich = textDecoder.decode(json);
    const match = head.exec(rich);
    return match === null ? this.#parsed(rich, text, time) : this.#wrap(match[1]!, text, rich.slice(match[0].length, -1));
  }

  /** Text outside any event: one line with its end, or the last one without. `time`: when it was said, in milliseconds since 1970. */
  verbose(text: Buffer, time: number): Envelope {
    const created = `${new Date(time).toISOString().slice(0, -1)}000+00:00`;
    return this.#wrap(this.#uuid(this.#counter + 1), text, `"event":"verbose","created":"${created}"`);
  }

  #parsed(rich: string, text: Buffer, time: number): Envelope {
    let fields: unknown;
    try {
      fields = JSON.parse(rich);
    } catch {
      return this.verbose(text, time);
    }
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) return this.verbose(text, time);
    const { uuid, ...others } = fields as Record<string, unknown>;
    const safe = typeof uuid === "string" && /^[A-Za-z0-9_-]+$/.test(uuid) ? uuid : this.#uuid(this.#counter + 1);
    return this.#wrap(safe, text, JSON.stringify(others).slice(1, -1));
  }

  #wrap(uuid: string, text: Buffer, fields: string): Envelope {
    const decoded = textDecoder.decode(text);
    this.#counter += 1;
    const start = this.#line;
    this.#line += lineEnds(text);
    const stdout = decoded.replace(/(?:\r?\n)+$/, "");
    const json = `{"uuid":"${uuid}","counter":${this.#counter},"stdout":${JSON.stringify(stdout)},"start_line":${start},"end_line":${this.#line},"runner_ident":${JSON.stringify(this.#ident)},${fields}}`;
    return { counter: this.#counter, uuid, json };
  }
}

function lineEnds(text: Buffer): number {
  let count = 0;
  for (let at = text.indexOf(0x0a); at !== -1; at = text.indexOf(0x0a, at + 1)) count += 1;
  return count;
}
