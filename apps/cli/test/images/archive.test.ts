import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { RunnerError } from "@distronode-runner/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openArchive } from "../../src/images/open-archive.ts";
import { writeArchive } from "../../src/images/write-archive.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "distronode-archive-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function* archive(failure?: Error): AsyncIterable<Uint8Array> {
  yield Buffer.from("one ");
  if (failure !== undefined) throw failure;
  yield Buffer.from("two");
}
const stdout = (isTTY: boolean): NodeJS.WriteStream & PassThrough => Object.assign(new PassThrough(), { isTTY }) as never;

test("an archive is written to its file whole", async () => {
  await writeArchive(archive(), join(directory, "a.tar"), stdout(true));
  expect([await readdir(directory), await readFile(join(directory, "a.tar"), "utf8")]).toEqual([["a.tar"], "one two"]);
  expect(await text(await openArchive(join(directory, "a.tar"), process.stdin) as never)).toBe("one two");
});

test("of one that breaks off nothing is left, and what stood there before stays", async () => {
  await writeFile(join(directory, "a.tar"), "before");
  const failure = new RunnerError("ENGINE_UNAVAILABLE", "gone");
  await expect(writeArchive(archive(failure), join(directory, "a.tar"), stdout(false))).rejects.toBe(failure);
  expect([await readdir(directory), await readFile(join(directory, "a.tar"), "utf8")]).toEqual([["a.tar"], "before"]);
});

test("a file that can not be written or read is named", async () => {
  const nowhere = join(directory, "no", "a.tar");
  await expect(writeArchive(archive(), nowhere, stdout(false))).rejects.toMatchObject({ code: "STORE_FAILED", location: { file: nowhere } });
  await expect(openArchive(nowhere, process.stdin)).rejects.toMatchObject({ code: "REQUEST_INVALID", location: { file: nowhere } });
  await expect(openArchive(directory, process.stdin)).rejects.toMatchObject({ code: "REQUEST_INVALID", message: expect.stringContaining("it is a directory") as string });
});

test("a dash is stdout, unless that is a terminal", async () => {
  const out = stdout(false);
  await writeArchive(archive(), "-", out);
  out.end();
  expect(await text(out)).toBe("one two");
  await expect(writeArchive(archive(), "-", stdout(true))).rejects.toMatchObject({ code: "USAGE" });
  expect(await openArchive("-", process.stdin)).toBe(process.stdin);
});
