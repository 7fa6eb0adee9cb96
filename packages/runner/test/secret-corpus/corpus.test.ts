import { describe, expect, test } from "vitest";
import { mask } from "@distronode-runner/core";
import { Redactor } from "../../src/redact/redactor.ts";
import { forms, ordinary, secrets, type Form } from "./corpus.ts";

const all = secrets();
const words = ordinary();
const redactor = new Redactor(all);
const usable = ({ inWords, oneLine }: Form): readonly string[] => all.filter((secret) => !(inWords === true && secret.length < 8) && !(oneLine === true && secret.includes("\n")));

/** Pieces of a secret that somebody could read in what is left, also after decoding it. */
function remains(masked: string, secret: string, empty: string): readonly string[] {
  const left = masked.replaceAll(mask, "\0");
  const encoded = left.replace(/(?:\n|\\n)\s*/g, "");
  const chunks = encoded.match(/[A-Za-z0-9+/_-]{6,}/g) ?? [];
  const readable = [left, decoded(left), ...chunks.flatMap((chunk) => [0, 1, 2, 3].map((from) => Buffer.from(chunk.slice(from), "base64").toString())), ...chunks.map((chunk) => Buffer.from(chunk, "hex").toString())];
  const pieces = new Set<string>();
  for (let at = 0; at + pieceLength <= secret.length; at += 1) pieces.add(secret.slice(at, at + pieceLength));
  return [...pieces].filter((piece) => !empty.includes(piece) && readable.some((text) => text.includes(piece)));
}

const pieceLength = 4;

function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (codes) => Buffer.from(codes.replaceAll("%", ""), "hex").toString());
}

test("the corpus is what it is said to be", () => {
  expect(new Set(all).size).toBeGreaterThanOrEqual(200);
  expect(forms.length).toBeGreaterThanOrEqual(20);
  expect(words.length).toBeGreaterThanOrEqual(500);
});

/** Few and short: a secret may have 28,000 characters. */
const short = (faults: readonly string[]): readonly string[] => faults.map((fault) => fault.slice(0, 300)).slice(0, 5);

describe("no secret of the corpus is left in a text", () => {
  test.each(forms.map((form) => [form.name, form] as const))("%s", (_name, form) => {
    const faults: string[] = [];
    for (const secret of usable(form)) {
      const written = form.write(secret);
      const masked = redactor.text(written);
      const left = masked.includes(mask) ? remains(masked, secret, form.write("")) : [written];
      if (left.length > 0) faults.push(`${all.indexOf(secret)}: ${left.length} of ${secret.length}: ${left[0]!.slice(0, 40)} in ${masked.slice(0, 100)}`);
    }
    expect(short(faults)).toEqual([]);
  });
});

describe("no secret of the corpus is left in an event", () => {
  test.each(forms.map((form) => [form.name, form] as const))("%s", (_name, form) => {
    const faults: string[] = [];
    // A part of them: what is masked in a text has been seen above.
    for (const secret of usable(form).filter((_secret, at) => at % 4 === 0)) {
      const written = form.write(secret);
      const event = { uuid: "u", event: "runner_on_ok", event_data: { host: "web01", task: "show", res: { changed: false, msg: written, list: [written], nested: { deep: written } } } };
      const read = JSON.parse(redactor.event(Buffer.from(ascii(JSON.stringify(event)))).toString()) as typeof event;
      const { msg, list, nested } = read.event_data.res;
      const expected = redactor.text(written);
      for (const text of [msg, list[0]!, nested.deep]) if (text !== expected) faults.push(`${all.indexOf(secret)}: ${text.slice(0, 100)} for ${expected.slice(0, 100)}`);
    }
    expect(short(faults)).toEqual([]);
  });
});

const ascii = (json: string): string => json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

test("in pieces of any size the same comes out", () => {
  const text = Buffer.from(all.filter((secret) => secret.length < 200).map((secret, at) => forms[at % forms.length]!.write(secret)).join("\n"));
  const whole = redactor.bytes(text).toString();
  for (const size of [1, 7, 64, 1000, 65_536]) {
    const stream = redactor.stream();
    const parts: Buffer[] = [];
    for (let at = 0; at < text.length; at += size) parts.push(stream.push(text.subarray(at, at + size)));
    const pieces = Buffer.concat([...parts, stream.flush()]).toString();
    const differs = whole.split("").findIndex((character, at) => pieces[at] !== character);
    const fault = `pieces of ${size}: ${pieces.slice(differs - 40, differs + 40)} for ${whole.slice(differs - 40, differs + 40)}`;
    expect(pieces === whole ? [] : short([fault])).toEqual([]);
  }
});

test("ordinary words, hosts and numbers are left alone, in text and in events", () => {
  for (const word of words) expect(redactor.text(`a ${word} b\n`)).toBe(`a ${word} b\n`);
  const text = words.join(" ");
  expect(redactor.text(text)).toBe(text);
  const lines = words.join("\n");
  expect(redactor.text(lines)).toBe(lines);
  const stats = Object.fromEntries(words.map((word, at) => [word, at]));
  const event = JSON.stringify({ event: "playbook_on_stats", event_data: { ok: stats, res: { words, numbers: all.filter((secret) => /^\d+$/.test(secret)).map(Number) } } });
  expect(redactor.event(Buffer.from(event)).toString()).toBe(event);
});
