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
  /** The next event; those of one process come in order of their numbers. */
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
  /** What each process that reports has come to. */
  readonly sources: readonly (readonly [source: number, lastEvent: number, lastMarker: number])[];
  readonly open?: { readonly id: number; readonly json: string; readonly text: string };
}

/** ESC _ token kind number ESC \ with up to sixteen digits. */
const MARKER_DIGITS = 16;
const MARKER_REST = 1 + MARKER_DIGITS + 2;

/** So much waits for what belongs to it, of each kind: far more than is ever on the way between a tool and its supervisor. */
const HELD = 64 * 1024 * 1024;
/** The longest text that belongs to one event. */
const LONGEST_TEXT = 256 * 1024 * 1024;

/** Numbers of one process that reports; those of the next begin after them. */
const RANGE = 2 ** 32;

/** What one process has come to: the numbers of its last event and of its last marker. */
interface Reached {
  lastEvent: number;
  lastMarker: number;
}

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
  #waitingBytes = 0;
  /** Set while a marker has come before its event. */
  #awaited: number | undefined;
  /** Events whose marker has not come. */
  #events = new Map<number, Buffer>();
  #eventBytes = 0;
  readonly #sources = new Map<number, Reached>();
  #open: { readonly id: number; readonly json: Buffer; readonly text: Buffer[]; bytes: number } | undefined;
  #items: SplitItem[] = [];

  constructor(token: string, from?: SplitterState) {
    this.#prefix = bytesOf(`\u001b_${token}`);
    if (from === undefined) return;
    this.#rest = bytesOf(from.rest);
    if (from.waiting !== "") this.#waiting = [bytesOf(from.waiting)];
    this.#awaited = from.awaited;
    this.#events = new Map(from.events.map(([id, json]) => [id, bytesOf(json)]));
    for (const json of this.#events.values()) this.#eventBytes += json.length;
    this.#waitingBytes = from.waiting.length;
    for (const [source, lastEvent, lastMarker] of from.sources) this.#sources.set(source, { lastEvent, lastMarker });
    if (from.open !== undefined) this.#open = { id: from.open.id, json: bytesOf(from.open.json), text: from.open.text === "" ? [] : [bytesOf(from.open.text)], bytes: from.open.text.length };
  }

  get held(): number {
    return this.#rest.length + this.#waitingBytes + this.#eventBytes + (this.#open === undefined ? 0 : this.#open.json.length + this.#open.bytes);
  }

  state(): SplitterState {
    const open = this.#open;
    return {
      rest: textOf(this.#rest),
      waiting: textOf(Buffer.concat(this.#waiting)),
      ...(this.#awaited === undefined ? {} : { awaited: this.#awaited }),
      events: [...this.#events].map(([id, json]) => [id, textOf(json)]),
      sources: [...this.#sources].map(([source, { lastEvent, lastMarker }]) => [source, lastEvent, lastMarker] as const),
      ...(open === undefined ? {} : { open: { id: open.id, json: textOf(open.json), text: textOf(Buffer.concat(open.text)) } }),
    };
  }

  pushText(bytes: Uint8Array): SplitItem[] {
    if (bytes.length === 0) return [];
    if (this.#awaited !== undefined) {
      this.#waiting.push(bytes);
      this.#waitingBytes += bytes.length;
      while (this.#awaited !== undefined && this.#waitingBytes + this.#rest.length > HELD) this.#resume(false);
    } else this.#scan(this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : asBuffer(bytes), false);
    return this.#take();
  }

  pushEvent(id: number, json: Buffer): SplitItem[] {
    const reached = this.#reached(id);
    if (id <= reached.lastMarker && id !== this.#awaited) this.#items.push({ kind: "event", id, json, text: none });
    else {
      this.#forget(id);
      this.#events.set(id, json);
      this.#eventBytes += json.length;
      this.#relieve();
    }
    if (id > reached.lastEvent) reached.lastEvent = id;
    if (this.#awaited !== undefined && id >= this.#awaited && this.#reached(this.#awaited) === reached) this.#resume(false);
    return this.#take();
  }

  end(): SplitItem[] {
    while (this.#awaited !== undefined) this.#resume(true);
    if (this.#rest.length > 0) this.#text(this.#rest);
    this.#rest = none;
    this.#close();
    for (const [id, json] of this.#events) this.#items.push({ kind: "event", id, json, text: none });
    this.#events.clear();
    this.#eventBytes = 0;
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
    this.#waitingBytes = 0;
    if (this.#awaited !== undefined && (last || data.length > HELD)) {
      const reached = this.#reached(this.#awaited);
      reached.lastEvent = Math.max(reached.lastEvent, this.#awaited);
    }
    this.#awaited = undefined;
    this.#scan(data, last);
  }

  /** The oldest events go without their text when there are too many: no marker seems to come. */
  #relieve(): void {
    for (const [id, json] of this.#events) {
      if (this.#eventBytes <= HELD || this.#events.size === 1) return;
      this.#forget(id);
      const reached = this.#reached(id);
      reached.lastMarker = Math.max(reached.lastMarker, id);
      this.#items.push({ kind: "event", id, json, text: none });
    }
  }

  #forget(id: number): Buffer {
    const json = this.#events.get(id) ?? none;
    if (this.#events.delete(id)) this.#eventBytes -= json.length;
    return json;
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
      const ahead = marker.kind !== "E" && marker.id > (this.#sources.get(sourceOf(marker.id))?.lastEvent ?? 0);
      if (ahead && !last) {
        this.#awaited = marker.id;
        this.#rest = data.subarray(found);
        return;
      }
      if (ahead) this.#reached(marker.id).lastEvent = marker.id;
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
    const reached = this.#reached(id);
    if (id <= reached.lastMarker) return;
    this.#close();
    for (const [earlier, json] of this.#events) {
      if (sourceOf(earlier) !== sourceOf(id)) continue;
      if (earlier >= id) break;
      this.#forget(earlier);
      this.#items.push({ kind: "event", id: earlier, json, text: none });
    }
    reached.lastMarker = id;
    const json = this.#forget(id);
    if (kind === "B") this.#open = { id, json, text: [], bytes: 0 };
    else this.#items.push({ kind: "event", id, json, text: none });
  }

  #reached(id: number): Reached {
    const source = sourceOf(id);
    let reached = this.#sources.get(source);
    if (reached === undefined) this.#sources.set(source, (reached = { lastEvent: 0, lastMarker: 0 }));
    return reached;
  }

  #text(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const open = this.#open;
    if (open === undefined) {
      this.#items.push({ kind: "text", text: bytes });
      return;
    }
    open.text.push(bytes);
    open.bytes += bytes.length;
    if (open.bytes > LONGEST_TEXT) this.#close();
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
  while (at < from + available && at <= from + MARKER_DIGITS) {
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

const sourceOf = (id: number): number => Math.floor(id / RANGE);

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const bytesOf = (text: string): Buffer => Buffer.from(text, "latin1");

const textOf = (bytes: Buffer): string => bytes.toString("latin1");

const none: Buffer = Buffer.alloc(0);
