/** Numbers the job's events and lines, and puts the peer's envelope around what the callback wrote. */
export interface Envelope {
  readonly counter: number;
  readonly uuid: string;
  readonly json: string;
}

const textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
const head = /^\{"uuid": ?"([A-Za-z0-9_-]+)", ?/;

export class EnvelopeWriter {
  readonly #ident: string;
  readonly #uuid: () => string;
  readonly #now: () => number;
  #counter = 0;
  #line = 0;

  constructor(ident: string, uuid: () => string, now: () => number) {
    this.#ident = ident;
    this.#uuid = uuid;
    this.#now = now;
  }

  /** An event of the callback, with the text it displayed. `json` is the object as the callback wrote it: its text is spliced, not parsed. */
  event(json: Buffer, text: Buffer): Envelope {
    const rich = textDecoder.decode(json);
    const match = head.exec(rich);
    return match === null ? this.#parsed(rich, text) : this.#wrap(match[1]!, text, rich.slice(match[0].length, -1));
  }

  /** Text outside any event: one line with its end, or the last one without. */
  verbose(text: Buffer): Envelope {
    const created = `${new Date(this.#now()).toISOString().slice(0, -1)}000+00:00`;
    return this.#wrap(this.#uuid(), text, `"event":"verbose","created":"${created}"`);
  }

  #parsed(rich: string, text: Buffer): Envelope {
    let fields: unknown;
    try {
      fields = JSON.parse(rich);
    } catch {
      return this.verbose(text);
    }
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) return this.verbose(text);
    const { uuid, ...others } = fields as Record<string, unknown>;
    const safe = typeof uuid === "string" && /^[A-Za-z0-9_-]+$/.test(uuid) ? uuid : this.#uuid();
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
