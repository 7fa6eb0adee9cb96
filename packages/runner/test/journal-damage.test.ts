import { appendFile, mkdtemp, readdir, readFile, rename, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry } from "@distronode-runner/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { entriesOf } from "../src/jobs/journal-file.ts";
import { Journal } from "../src/journal/journal.ts";

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "distronode-damage-"));
  path = join(directory, "events.ndjson");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const over = (): Promise<boolean> => Promise.resolve(true);
const event = (journal: Journal, text: string): void => journal.append("event", ['"event":', Buffer.from(JSON.stringify({ stdout: text }))]);
const status = (journal: Journal, name: string): void => journal.append("status", `"status":"${name}","runner_ident":"x","rc":0`, `status ${name}`);

async function written(): Promise<Buffer> {
  const journal = await Journal.create(path, () => 0);
  status(journal, "running");
  event(journal, "é one");
  event(journal, "two");
  status(journal, "successful");
  await journal.end(7);
  return readFile(path);
}

async function collect(entries: AsyncIterable<JournalEntry>): Promise<{ readonly seen: readonly JournalEntry[]; readonly error?: unknown }> {
  const seen: JournalEntry[] = [];
  try {
    for await (const entry of entries) seen.push(entry);
    return { seen };
  } catch (error) {
    return { seen, error };
  }
}
const reading = (types?: readonly JournalEntry["type"][]): ReturnType<typeof collect> => collect(entriesOf(path, types === undefined ? {} : { types }, over));
const damage = (line?: number): unknown => expect.objectContaining({ code: "ARTIFACTS_DAMAGED", location: { file: path, ...(line === undefined ? {} : { line }) } });
const lineAt = (bytes: Buffer, at: number): number => bytes.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;

describe("a reader of a journal", () => {
  test("finds every byte that was changed, at the line where it stands or the one after it, and shows what stands before", async () => {
    const whole = await written();
    for (let at = 0; at < whole.length - 1; at += 1) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1;
      await writeFile(path, bytes);
      const { seen, error } = await reading();
      const line = lineAt(whole, at);
      expect(error, `byte ${at} of line ${line}`).toEqual(damage(expect.any(Number) as unknown as number));
      expect(Math.abs((error as { location: { line: number } }).location.line - line), `byte ${at} of line ${line}`).toBeLessThanOrEqual(1);
      expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: seen.length }, (_, index) => index + 1));
      expect(seen.length).toBeLessThan(5);
      // Who skips entries has not skipped their checksums.
      expect((await reading(["end"])).error, `byte ${at} of line ${line}`).toBeDefined();
    }
  });

  test("finds lines that were removed, repeated, exchanged, added or forged without their checksums", async () => {
    const lines = (await written()).toString().split("\n").slice(0, -1);
    const forge = async (forged: readonly string[]): Promise<unknown> => {
      await writeFile(path, forged.map((line) => `${line}\n`).join(""));
      return (await reading()).error;
    };
    const [first, second, third, fourth, last] = lines as [string, string, string, string, string];
    expect(await forge([first, third, fourth, last])).toEqual(damage(2));
    expect(await forge([first, second, second, third, fourth, last])).toEqual(damage(3));
    expect(await forge([first, third.replace('"seq":3', '"seq":2'), second.replace('"seq":2', '"seq":3'), fourth, last])).toEqual(damage(2));
    expect(await forge([second, third, fourth, last])).toEqual(damage(1));
    expect(await forge([...lines, "more"])).toEqual(damage(6));
    expect(await forge([...lines, last])).toEqual(damage(6));
    expect(await forge([first, second.replace(/,"sum":"\w+"/, ""), third, fourth, last])).toEqual(damage(2));
    expect(await forge([first.replace(/,"sum":"\w+"/, ""), second, third, fourth, last])).toEqual(damage(1));
    expect(await forge(lines)).toBeUndefined();
  });

  test("of a job that has ended does not wait for what was cut off, wherever that was", async () => {
    const whole = await written();
    const lines = whole.toString().split("\n");
    const ends = lines.slice(0, -1).map((_, index) => Buffer.byteLength(lines.slice(0, index + 1).join("\n")) + 1);
    const cuts = [0, 1, 50, ...ends.slice(0, -1), ends[1]! - 1, ends[2]! - 10, ends[3]! + 30, whole.length - 1];
    await Promise.all(
      cuts.map(async (size) => {
        const copy = join(directory, `cut-${size}`);
        await writeFile(copy, whole.subarray(0, size));
        const complete = ends.filter((end) => end <= size).length;
        const [read, snapshot] = await Promise.all([collect(entriesOf(copy, {}, over)), collect(entriesOf(copy, { follow: false }, over))]);
        for (const { seen, error } of [read, snapshot]) {
          expect(error, `cut at ${size}`).toMatchObject({ code: "ARTIFACTS_DAMAGED", location: { file: copy, line: complete + 1 } });
          expect(seen).toHaveLength(complete);
        }
      }),
    );
  });

  test("finds pages of zeros, in the middle and at the end, and a file that is empty or missing", async () => {
    const whole = await written();
    const zeroed = (from: number, to: number): Buffer => Buffer.from(whole).fill(0, from, to);
    for (const [from, to] of [[0, 40], [100, 300], [200, 210], [whole.length - 100, whole.length], [0, whole.length]] as const) {
      await writeFile(path, zeroed(from, to));
      expect((await reading()).error, `${from} to ${to}`).toEqual(damage(expect.any(Number) as unknown as number));
    }
    await truncate(path, 0);
    expect((await reading()).error).toEqual(damage(1));
    await rm(path);
    expect((await reading()).error).toEqual(damage());
  });

  test("checks lines that come in many pieces, also those that it does not want", async () => {
    const journal = await Journal.create(path, () => 0);
    for (const size of [700_000, 262_144 - 150, 10, 262_144, 600_000]) event(journal, "x".repeat(size));
    await journal.end(0);
    expect((await reading(["end"])).seen).toHaveLength(1);
    expect((await reading()).seen).toHaveLength(6);
    const whole = await readFile(path);
    for (const at of [300_000, 700_000, 1_000_000, 1_500_000]) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1;
      await writeFile(path, bytes);
      for (const types of [["end"], undefined] as const) expect((await reading(types)).error, `byte ${at}`).toEqual(damage(lineAt(whole, at)));
    }
  });

  test("that begins in the middle checks from there on", async () => {
    const journal = await Journal.create(path, () => 0);
    for (let index = 0; index < 3000; index += 1) event(journal, `${index}`);
    await journal.flush();
    const bytes = await readFile(path);
    bytes[bytes.indexOf('"stdout":"2500"') + 11]! ^= 1;
    await writeFile(path, bytes);
    expect((await collect(journal.read({ from: 2900, follow: false }))).error).toEqual(damage(2501));
    expect((await collect(journal.read({ from: 10, follow: false }))).seen).toHaveLength(2491);
    await journal.end(0);
  });

  test("takes one of an older version, which has no checksums, as it is; a broken line in it is found all the same", async () => {
    const old = (await written()).toString().replaceAll(/,"sum":"\w+"/g, "").replaceAll(/,"bytes":\d+/g, "");
    await writeFile(path, old);
    expect(await reading()).toEqual({ seen: expect.objectContaining({ length: 5 }) as unknown });
    await writeFile(path, old.replace('"stdout":"two"', '"stdout":two"'));
    expect((await reading()).error).toEqual(damage(3));
  });

  test("that follows finds that the file was cut below what it has read, or replaced", async () => {
    const follow = async (harm: () => Promise<void>): Promise<unknown> => {
      const journal = await Journal.create(path, () => 0);
      for (const text of ["one", "two", "three"]) event(journal, text);
      await journal.flush();
      const reader = entriesOf(path, {}, () => Promise.resolve(false))[Symbol.asyncIterator]();
      for (let seen = 0; seen < 3; seen += 1) await reader.next();
      const next = reader.next();
      await harm();
      const error = await next.then(() => undefined, (reason: unknown) => reason);
      await journal.leave();
      return error;
    };
    expect(await follow(() => truncate(path, 100))).toEqual(damage());
    expect(
      await follow(async () => {
        await writeFile(`${path}.new`, await readFile(path));
        await rename(`${path}.new`, path);
      }),
    ).toEqual(damage());
  });

  test("that has seen a part of a line which its writer did not end reads the line that the next writer makes of it", async () => {
    const first = await Journal.create(path, () => 0);
    event(first, "one");
    await first.leave();
    await appendFile(path, '{"seq":2,"time":"1970-01-01T00:00:00.000Z","type":"event","event":{"stdout":"half of a line that is quite long');
    const reader = entriesOf(path, {}, () => Promise.resolve(false))[Symbol.asyncIterator]();
    await reader.next();
    const next = reader.next();
    const second = await Journal.resume(path, () => 1000, 0);
    event(second, "one");
    event(second, "two");
    await second.end(0);
    expect((await next).value).toMatchObject({ seq: 2, event: { stdout: "two" } });
    expect((await reader.next()).value).toMatchObject({ type: "end" });
    expect((await reader.next()).done).toBe(true);
  });
});

describe("a writer that goes on for another", () => {
  test("does not go on from what was changed, cut or zeroed before the checkpoint", async () => {
    const journal = await Journal.create(path, () => 0);
    for (const text of ["one", "two", "three"]) event(journal, text);
    await journal.flush();
    const { seq, sum } = journal;
    await journal.leave();
    const whole = await readFile(path);
    const resume = async (bytes: Uint8Array, checkpoint = seq): Promise<unknown> => {
      await writeFile(path, bytes);
      const before = await stat(path);
      const error = await Journal.resume(path, () => 0, checkpoint, {}, sum).then((next) => next.leave(), (reason: unknown) => reason);
      // What is damaged is evidence.
      if (error !== undefined) expect((await stat(path)).size).toBe(before.size);
      return error;
    };
    const second = whole.indexOf("\n") + 1;
    const third = whole.indexOf("\n", second) + 1;
    expect(await resume(whole.toString().replace("two", "owt") as unknown as Uint8Array)).toEqual(damage(2));
    expect(await resume(whole.subarray(0, third))).toEqual(damage(3));
    expect(await resume(whole.subarray(0, 0))).toEqual(damage(1));
    expect(await resume(Buffer.from(whole).fill(0, second, second + 60))).toEqual(damage(2));
    expect(await resume(Buffer.from(whole).fill(0, third - 30, third + 30))).toEqual(damage(2));
    // A tail of zeros, after a power cut, was never written.
    expect(await resume(Buffer.concat([whole, Buffer.alloc(4096)]))).toBeUndefined();
    expect(await readFile(path)).toEqual(whole);
  });

  test("finds a beginning that was made anew by its checksum", async () => {
    const journal = await Journal.create(path, () => 0);
    for (const text of ["one", "two"]) event(journal, text);
    const { sum } = journal;
    await journal.leave();
    const forged = await Journal.create(path, () => 0);
    for (const text of ["one", "forged"]) event(forged, text);
    await forged.leave();
    await expect(Journal.resume(path, () => 0, 2, {}, sum)).rejects.toEqual(damage(2));
  });

  test("does not follow a link that stands where it keeps room for its last entries", async () => {
    await (await Journal.create(path, () => 0)).leave();
    const target = join(directory, "target");
    await writeFile(target, "precious");
    await rm(`${path}.room`);
    await symlink(target, `${path}.room`);
    const next = await Journal.resume(path, () => 0, 0);
    await next.end(0);
    expect(await readFile(target, "utf8")).toBe("precious");
    expect(await readdir(directory)).toEqual(["events.ndjson", "target"]);
  });

  test("goes on without checksums with one of an older version", async () => {
    const journal = await Journal.create(path, () => 0);
    event(journal, "one");
    await journal.leave();
    await writeFile(path, (await readFile(path, "utf8")).replace(/,"sum":"\w+"/, ""));
    const next = await Journal.resume(path, () => 0, 1);
    event(next, "two");
    await next.end(0);
    expect(await readFile(path, "utf8")).not.toContain('"sum"');
    expect((await reading()).seen).toHaveLength(3);
  });
});

describe("a writer at the end", () => {
  const begun = async (): Promise<Journal> => {
    const journal = await Journal.create(path, () => 0);
    for (const text of ["one", "two", "three"]) event(journal, text);
    await journal.flush();
    return journal;
  };

  test("puts back what somebody replaced or removed, and goes on in it", async () => {
    for (const harm of [() => rm(path), async () => (await writeFile(`${path}.new`, "forged\n"), rename(`${path}.new`, path))]) {
      const journal = await begun();
      const early = collect(journal.read());
      await harm();
      expect(await journal.verify(true)).toBe("restored");
      event(journal, "four");
      await journal.end(0);
      expect((await reading()).seen).toHaveLength(5);
      expect((await early).seen).toHaveLength(5);
    }
  });

  test("finds what was changed in the file itself", async () => {
    const harms = [() => truncate(path, 50), () => appendFile(path, "more\n"), async () => writeFile(path, (await readFile(path, "utf8")).replace("two", "owt")), () => truncate(path, 0)];
    for (const harm of harms) {
      const journal = await begun();
      await harm();
      await expect(journal.verify(true)).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED", location: { file: path } });
      await journal.end(0);
    }
    const journal = await begun();
    expect(await journal.verify(true)).toBe("unchanged");
    await journal.end(0);
  });
});
