/** An event with the text that the tool displayed for it. */
export interface EventItem {
  readonly kind: "event";
  /** Its number in the markers. */
  readonly id: number;
  /** The JSON object as the plugin wrote it; empty if the event itself never came. */
  readonly json: Buffer;
  /** The raw bytes between its markers, line ends included; empty if nothing was displayed. */
  readonly text: Buffer;
}

/** Text outside every bracket, as it came: any number of lines, cut anywhere. */
export interface TextItem {
  readonly kind: "text";
  readonly text: Buffer;
}

/** What a splitter yields, in the order in which the tool said it. */
export type SplitItem = EventItem | TextItem;

/** Joins the two halves of what a tool says: the text it prints, and the events on their own channel. */
export interface Splitter {
  /** The next bytes of the tool's output. */
  pushText(bytes: Uint8Array): SplitItem[];
  /** The next event, in order of their numbers. */
  pushEvent(id: number, json: Buffer): SplitItem[];
  /** Everything that was still held back: half a marker, an event whose end never came, events whose marker never came. */
  end(): SplitItem[];
  /** Bytes that are held back. */
  readonly held: number;
  /** For a splitter that goes on from here. As large as what is held back. */
  state(): SplitterState;
}

/** What a splitter remembers. Texts have one character a byte. */
export interface SplitterState {
  readonly rest: string;
  readonly waiting: string;
  readonly awaited?: number;
  readonly events: readonly (readonly [id: number, json: string])[];
  readonly lastEvent: number;
  readonly lastMarker: number;
  readonly open?: { readonly id: number; readonly json: string; readonly text: string };
}

/** ESC _ token kind number ESC \ with up to ten digits. */
const MARKER_REST = 1 + 10 + 2;

/**
 * A splitter for the markers of one job. Markers with another token are plain text. Time is linear in the bytes and so is
 * memory in the text of one event; text outside of events is not collected. `from`: where another one was.
 */
export function createSplitter(token: string, from?: SplitterState): Splitter {
  return new MarkerSplitter(token, from);
}

class MarkerSplitter implements Splitter {
  readonly #prefix: Buffer;
  /** Bytes not looked at yet: at most the beginning of a marker, or, while an event is awaited, everything after its marker. */
  #rest: Buffer = none;
  #waiting: Uint8Array[] = [];
  /** Set while a marker has come before its event. */
  #awaited: number | undefined;
  /** Events whose marker has not come. */
  #events = new Map<number, Buffer>();
  #lastEvent = 0;
  #lastMarker = 0;
  #open: { readonly id: number; readonly json: Buffer; readonly text: Buffer[] } | undefined;
  #items: SplitItem[] = [];

  constructor(token: string, from?: SplitterState) {
    this.#prefix = bytesOf(`\u001b_${token}`);
    if (from === undefined) return;
    this.#rest = bytesOf(from.rest);
    if (from.waiting !== "") this.#waiting = [bytesOf(from.waiting)];
    this.#awaited = from.awaited;
    this.#events = new Map(from.events.map(([id, json]) => [id, bytesOf(json)]));
    this.#lastEvent = from.lastEvent;
    this.#lastMarker = from.lastMarker;
    if (from.open !== undefined) this.#open = { id: from.open.id, json: bytesOf(from.open.json), text: from.open.text === "" ? [] : [bytesOf(from.open.text)] };
  }

  get held(): number {
    let bytes = this.#rest.length + (this.#open?.json.length ?? 0);
    for (const waiting of this.#waiting) bytes += waiting.length;
    for (const text of this.#open?.text ?? []) bytes += text.length;
    for (const json of this.#events.values()) bytes += json.length;
    return bytes;
  }

  state(): SplitterState {
    const open = this.#open;
    return {
      rest: textOf(this.#rest),
      waiting: textOf(Buffer.concat(this.#waiting)),
      ...(this.#awaited === undefined ? {} : { awaited: this.#awaited }),
      events: [...this.#events].map(([id, json]) => [id, textOf(json)]),
      lastEvent: this.#lastEvent,
      lastMarker: this.#lastMarker,
      ...(open === undefined ? {} : { open: { id: open.id, json: textOf(open.json), text: textOf(Buffer.concat(open.text)) } }),
    };
  }

  pushText(bytes: Uint8Array): SplitItem[] {
    if (bytes.length === 0) return [];
    if (this.#awaited !== undefined) this.#waiting.push(bytes);
    else this.#scan(this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : asBuffer(bytes), false);
    return this.#take();
  }

  pushEvent(id: number, json: Buffer): SplitItem[] {
    if (id <= this.#lastMarker && id !== this.#awaited) this.#items.push({ kind: "event", id, json, text: none });
    else this.#events.set(id, json);
    if (id > this.#lastEvent) this.#lastEvent = id;
    if (this.#awaited !== undefined && id >= this.#awaited) this.#resume(false);
    return this.#take();
  }

  end(): SplitItem[] {
    while (this.#awaited !== undefined) this.#resume(true);
    if (this.#rest.length > 0) this.#text(this.#rest);
    this.#rest = none;
    this.#close();
    for (const [id, json] of this.#events) this.#items.push({ kind: "event", id, json, text: none });
    this.#events.clear();
    return this.#take();
  }

  #take(): SplitItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  #resume(last: boolean): void {
    const data = this.#waiting.length > 0 ? Buffer.concat([this.#rest, ...this.#waiting]) : this.#rest;
    this.#waiting = [];
    if (last && this.#awaited !== undefined) this.#lastEvent = Math.max(this.#lastEvent, this.#awaited);
    this.#awaited = undefined;
    this.#scan(data, last);
  }

  #scan(data: Buffer, last: boolean): void {
    let at = 0;
    for (;;) {
      const found = data.indexOf(this.#prefix, at);
      if (found < 0) break;
      const marker = readMarker(data, found + this.#prefix.length);
      if (marker === "incomplete" && !last) {
        this.#text(data.subarray(at, found));
        this.#rest = Buffer.from(data.subarray(found));
        return;
      }
      if (typeof marker === "string") {
        // A token without what belongs to it: text.
        this.#text(data.subarray(at, found + this.#prefix.length));
        at = found + this.#prefix.length;
        continue;
      }
      this.#text(data.subarray(at, found));
      if (marker.kind !== "E" && marker.id > this.#lastEvent && !last) {
        this.#awaited = marker.id;
        this.#rest = data.subarray(found);
        return;
      }
      if (marker.kind !== "E" && marker.id > this.#lastEvent) this.#lastEvent = marker.id;
      this.#marker(marker.kind, marker.id);
      at = marker.end;
    }
    const keep = last ? 0 : this.#overlap(data, at);
    this.#text(data.subarray(at, data.length - keep));
    this.#rest = keep > 0 ? Buffer.from(data.subarray(data.length - keep)) : none;
  }

  #marker(kind: "B" | "E" | "N", id: number): void {
    if (kind === "E") {
      if (this.#open?.id === id) this.#close();
      return;
    }
    if (id <= this.#lastMarker) return;
    this.#close();
    for (const [earlier, json] of this.#events) {
      if (earlier >= id) break;
      this.#events.delete(earlier);
      this.#items.push({ kind: "event", id: earlier, json, text: none });
    }
    this.#lastMarker = id;
    const json = this.#events.get(id) ?? none;
    this.#events.delete(id);
    if (kind === "B") this.#open = { id, json, text: [] };
    else this.#items.push({ kind: "event", id, json, text: none });
  }

  #text(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#open) this.#open.text.push(bytes);
    else this.#items.push({ kind: "text", text: bytes });
  }

  #close(): void {
    if (!this.#open) return;
    const { id, json, text } = this.#open;
    this.#open = undefined;
    const [first] = text;
    this.#items.push({ kind: "event", id, json, text: text.length === 1 && first ? first : Buffer.concat(text) });
  }

  /** How many bytes at the end could be the beginning of a marker's prefix. */
  #overlap(data: Buffer, from: number): number {
    const longest = Math.min(this.#prefix.length - 1, data.length - from);
    const tail = data.subarray(data.length - longest);
    for (let at = tail.indexOf(0x1b); at >= 0; at = tail.indexOf(0x1b, at + 1)) {
      if (tail.compare(this.#prefix, 0, tail.length - at, at) === 0) return tail.length - at;
    }
    return 0;
  }
}

type Marker = { readonly kind: "B" | "E" | "N"; readonly id: number; readonly end: number };

function readMarker(data: Buffer, from: number): Marker | "incomplete" | "none" {
  const available = Math.min(data.length - from, MARKER_REST);
  if (available === 0) return "incomplete";
  const kind = String.fromCharCode(data[from] ?? 0);
  if (kind !== "B" && kind !== "E" && kind !== "N") return "none";
  let at = from + 1;
  let id = 0;
  while (at < from + available && at <= from + 10) {
    const digit = (data[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    id = id * 10 + digit;
    at++;
  }
  if (at === from + available && available < MARKER_REST) return "incomplete";
  if (at === from + 1 || data[at] !== 0x1b) return "none";
  if (at + 1 >= data.length) return "incomplete";
  return data[at + 1] === 0x5c ? { kind, id, end: at + 2 } : "none";
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const bytesOf = (text: string): Buffer => Buffer.from(text, "latin1");

const textOf = (bytes: Buffer): string => bytes.toString("latin1");

const none: Buffer = Buffer.alloc(0);
