import { createHash } from "node:crypto";
import { headBytes, type Automaton } from "./automaton.ts";
import { Leap } from "./leap.ts";
import { lineBreakAt } from "./line-breaks.ts";
import { LongForms } from "./long-forms.ts";
import type { QuickSearch } from "./quick-search.ts";
import { addRange } from "./ranges.ts";
import { standsAlone } from "./stands-alone.ts";

/** What a scan says of a text. */
export interface Scan {
  /** Start and end of each stretch to mask, one after the other, in order; those that overlap are one. What began before the text has a start below 0. */
  readonly ranges: readonly number[];
  /** What stands from here on may be the beginning of a form; everything before is decided. */
  readonly open: number;
  /** Long forms in the middle of which the text ends, and how far each has come. */
  readonly long: readonly LongMatch[];
}

/** A form that is longer than its head, and how many of its bytes agree so far. */
export interface LongMatch {
  readonly form: number;
  readonly length: number;
}

export interface ScanInput {
  readonly text: Buffer;
  /** What stands before the text: a few characters, one a byte. */
  readonly before: string;
  /** So many bytes at the beginning belong to a stretch already. */
  readonly covered: number;
  /** Long forms that go on, from `longFrom` on. */
  readonly long: readonly LongMatch[];
  readonly longFrom: number;
  /** Nothing follows. */
  readonly final: boolean;
}

/** The same text read without some of its line breaks: a tool that wraps lines puts them into what it prints. */
interface Reading {
  readonly state: number;
  /** Where it goes on. */
  readonly resume: number;
  /** Bytes left out so far. */
  readonly removed: number;
  readonly breaks: Break;
}

/** At a place, counted without what was left out before, so many bytes are left out. */
interface Break {
  readonly at: number;
  readonly bytes: number;
  readonly before: Break | undefined;
}

/** Blanks at which a line was wrapped. */
const mostBlanks = 3;
/** Lines that may have been joined at once. */
const mostReadings = 16;
const blank = 0x20;
/** What is shorter is looked for in one line alone. */
const shortestWrapped = 8;

/** Finds forms in a text: in time linear in its length, whatever the text and the forms are. */
export class Scanner {
  readonly #automaton: Automaton;
  readonly #search: QuickSearch;
  readonly #long: LongForms;

  constructor(automaton: Automaton, search: QuickSearch) {
    this.#automaton = automaton;
    this.#long = new LongForms(automaton.forms);
    this.#search = search;
  }

  /** What a form is called by a runner that may not have the same others. */
  nameOf(form: number): string {
    return createHash("sha256").update(this.#automaton.forms[form]!.bytes).digest("hex");
  }

  known(named: readonly { readonly form: string; readonly length: number }[]): readonly LongMatch[] {
    if (named.length === 0) return [];
    const names = new Map([...this.#automaton.forms.keys()].map((form) => [this.nameOf(form), form]));
    return named.flatMap(({ form, length }) => (names.has(form) ? [{ form: names.get(form)!, length }] : []));
  }

  scan({ text, before, covered, long, longFrom, final }: ScanInput): Scan {
    const automaton = this.#automaton;
    const { forms, depth } = automaton;
    const found: number[] = covered > 0 ? [0, covered] : [];
    const carried = new Map<number, number>(long.map(({ form, length }) => [form, length]));
    const tracking = new Map<number, number>();

    const leap = new Leap(text, this.#search);
    let at = 0;
    let state = 0;
    let readings: Reading[] = [];
    /** A line break that has been seen as one is not looked at again inside. */
    let broken = 0;
    while (at < text.length) {
      if (state === 0 && at >= leap.walk && readings.length === 0 && tracking.size === 0 && carried.size === 0) {
        at = leap.from(at);
        if (at >= text.length) break;
      }
      const byte = text[at]!;
      if (at >= broken && (byte === 0x0a || byte === 0x0d || byte === 0x5c) && (state !== 0 || readings.length > 0)) {
        const length = lineBreakAt(text, at);
        if (length > 0) {
          readings = this.#joined(state, readings, at, length);
          // Of several backslashes, the first may belong to what is before the break.
          broken = byte === 0x5c ? at + 1 : at + length;
        }
      }
      if (tracking.size > 0) this.#long.follow(tracking, text, at, before, found);
      if (carried.size > 0 && at >= longFrom) this.#long.follow(carried, text, at, before, found);
      state = automaton.step(state, byte);
      if (state !== 0 && automaton.says(state)) {
        automaton.told(state, (form) => {
          const { bytes, alone } = forms[form]!;
          const head = Math.min(bytes.length, headBytes);
          const start = at + 1 - head;
          if (alone && ((!final && at + 1 === text.length) || !standsAlone(text, start, at + 1, before))) return true;
          addRange(found, start, at + 1);
          if (bytes.length > headBytes && !tracking.has(form)) tracking.set(form, headBytes);
          return alone;
        });
      }
      if (readings.length > 0) readings = this.#read(readings, text, at, state, tracking, found);
      at += 1;
    }
    let open = Math.max(0, text.length - depth[state]!);
    for (const { state: reached, removed, breaks: left } of readings) open = Math.min(open, Math.max(0, placeOf(text.length - removed - depth[reached]!, removed, left)));
    // A form that was followed from before the text's own beginning has come further than what was found again.
    for (const [form, length] of carried) tracking.set(form, length);
    return { ranges: found, open, long: [...tracking].map(([form, length]) => ({ form, length })) };
  }

  /** What the text may be without the break: its two parts joined, or with blanks between them. */
  #joined(state: number, readings: readonly Reading[], at: number, length: number): Reading[] {
    const joined: Reading[] = readings.filter(({ resume }) => resume > at);
    const fork = (from: number, removed: number, breaks: Break | undefined): void => {
      if (from === 0) return;
      const place = at - removed;
      let next = from;
      for (let blanks = 0; blanks <= mostBlanks; blanks += 1) {
        if (next === 0 || joined.length >= mostReadings) return;
        const bytes = length - blanks;
        if (!joined.some((other) => other.state === next)) joined.push({ state: next, resume: at + length, removed: removed + bytes, breaks: { at: place + blanks, bytes, before: breaks } });
        next = this.#automaton.step(next, blank);
      }
    };
    for (const reading of readings) if (reading.resume <= at) fork(reading.state, reading.removed, reading.breaks);
    fork(state, 0, undefined);
    return joined;
  }

  #read(readings: readonly Reading[], text: Buffer, at: number, plain: number, tracking: Map<number, number>, found: number[]): Reading[] {
    const automaton = this.#automaton;
    const left: Reading[] = [];
    for (const reading of readings) {
      if (at < reading.resume) {
        left.push(reading);
        continue;
      }
      const state = automaton.step(reading.state, text[at]!);
      // All that it stands for is behind the last break: the text as it is tells the same.
      if (automaton.depth[state]! <= at + 1 - reading.resume || state === plain) continue;
      const { removed, breaks } = reading;
      if (automaton.says(state)) {
        automaton.told(state, (form) => {
          const { bytes, alone } = automaton.forms[form]!;
          if (alone || bytes.length < shortestWrapped) return true;
          addRange(found, placeOf(at + 1 - removed - Math.min(bytes.length, headBytes), removed, breaks), at + 1);
          if (bytes.length > headBytes && !tracking.has(form)) tracking.set(form, headBytes);
          return false;
        });
      }
      left.push({ state, resume: reading.resume, removed, breaks });
    }
    return left;
  }
}

/** A place in the text, for one that was counted without what was left out. */
function placeOf(counted: number, removed: number, breaks: Break): number {
  let place = counted + removed;
  for (let each: Break | undefined = breaks; each !== undefined && each.at > counted; each = each.before) place -= each.bytes;
  return place;
}
