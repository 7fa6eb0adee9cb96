import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SafeDirectory } from "@distronode-runner/safe-files";
import { LeftOut, takeOver, type TakeOverOptions } from "../src/take-over.ts";

let root: string;
const from = (...names: string[]): string => join(root, "from", ...names);
const to = (...names: string[]): string => join(root, "to", ...names);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "take-"));
  for (const name of ["from", "to", "outside"]) mkdirSync(join(root, name));
  writeFileSync(join(root, "outside/secret"), "outside", { mode: 0o640 });
});
afterEach(() => rmSync(root, { recursive: true }));

async function take(options: Partial<TakeOverOptions> = {}, target = to()): Promise<readonly string[]> {
  const [source, destination] = [await SafeDirectory.open(from()), await SafeDirectory.open(target)];
  const left = new LeftOut();
  await takeOver(source, destination, { reserved: new Set(), mode: (mode) => (mode & 0o700) | 0o600, replace: false, ...options }, left);
  await Promise.all([source.close(), destination.close()]);
  return left.sentences;
}

test("regular files are taken with the directories that they are in, get the mode that was asked for, and leave nothing behind", async () => {
  mkdirSync(from("a/b"), { recursive: true });
  mkdirSync(from("empty"));
  writeFileSync(from("a/b/file"), "text", { mode: 0o644 });
  writeFileSync(from("script"), "run", { mode: 0o755 });
  chmodSync(from("script"), 0o6777);
  expect(await take()).toEqual([]);
  expect(readdirSync(to(), { recursive: true, encoding: "utf8" }).toSorted()).toEqual(["a", "a/b", "a/b/file", "script"]);
  expect([lstatSync(to("a/b/file")).mode & 0o7777, lstatSync(to("a")).mode & 0o7777, lstatSync(to("script")).mode & 0o7777]).toEqual([0o600, 0o700, 0o700]);
  expect(readdirSync(from(), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())).toEqual([]);
});

test("links, pipes, second names and what is too deep are left out, each with a sentence", async () => {
  symlinkSync("../outside/secret", from("link"));
  symlinkSync("../outside", from("directory-link"));
  execFileSync("mkfifo", [from("pipe")]);
  linkSync(join(root, "outside/secret"), from("second"));
  mkdirSync(from(...Array.from({ length: 40 }, () => "d")), { recursive: true });
  writeFileSync(from(...Array.from({ length: 40 }, () => "d"), "file"), "");
  mkdirSync(from(...Array.from({ length: 10 }, () => "l".repeat(200))), { recursive: true });
  writeFileSync(from(...Array.from({ length: 10 }, () => "l".repeat(200)), "file"), "");
  const sentences = await take();
  expect(sentences.filter((text) => text.length < 200).toSorted()).toEqual([
    "d/".repeat(32) + "d was left out of the artifacts: it is too deep.",
    "directory-link was left out of the artifacts: it is a link.",
    "link was left out of the artifacts: it is a link.",
    "pipe was left out of the artifacts: it is no regular file.",
    "second was left out of the artifacts: it is a file with a second name.",
  ]);
  expect(sentences).toHaveLength(6);
  expect(readdirSync(to())).toEqual([]);
  expect([readFileSync(join(root, "outside/secret"), "utf8"), lstatSync(join(root, "outside/secret")).mode & 0o777]).toEqual(["outside", 0o640]);
});

test("reserved names are not taken at the top, and are like any other below it", async () => {
  for (const name of ["rc", "inner"]) writeFileSync(from(name), "theirs");
  rmSync(from("inner"));
  mkdirSync(from("inner"));
  writeFileSync(from("inner/rc"), "theirs");
  expect(await take({ reserved: new Set(["rc"]) })).toEqual(["rc was left out of the artifacts: the runner keeps a file or directory of this name there."]);
  expect(readdirSync(to(), { recursive: true, encoding: "utf8" }).toSorted()).toEqual(["inner", "inner/rc"]);
});

test("a file that is there stays unless it is to be replaced; directories, and links in place of them, stay in any case", async () => {
  const prepare = (): void => {
    rmSync(to(), { recursive: true });
    mkdirSync(to("directory"), { recursive: true });
    writeFileSync(to("file"), "ours");
    symlinkSync("../outside/secret", to("link"));
    symlinkSync("../outside", to("into"));
    mkdirSync(from("into"), { recursive: true });
    for (const name of ["file", "link", "directory", "into/secret"]) writeFileSync(from(name), "theirs");
  };
  prepare();
  expect((await take()).toSorted().map((text) => text.split(" ")[0])).toEqual(["directory", "file", "into/secret", "link"]);
  expect([readFileSync(to("file"), "utf8"), lstatSync(to("link")).isSymbolicLink()]).toEqual(["ours", true]);
  prepare();
  expect((await take({ replace: true })).toSorted().map((text) => text.split(" ")[0])).toEqual(["directory", "into/secret"]);
  expect([readFileSync(to("file"), "utf8"), readFileSync(to("link"), "utf8"), lstatSync(to("link")).isFile()]).toEqual(["theirs", "theirs", true]);
  expect(readFileSync(join(root, "outside/secret"), "utf8")).toBe("outside");
  expect(readdirSync(to()).filter((name) => name.startsWith("."))).toEqual([]);
});

test("names as long as can be, with new lines or with bytes that are no text are taken as they are", async () => {
  const names = ["n".repeat(255), "字".repeat(85), "two\nlines", Buffer.from([0x61, 0xff])].map((name) => Buffer.from(name));
  const into = (directory: string, name: Buffer): Buffer => Buffer.concat([Buffer.from(`${directory}/`), name]);
  for (const name of names) writeFileSync(into(from(), name), "text");
  mkdirSync(into(from(), Buffer.from([0xff])));
  writeFileSync(Buffer.concat([into(from(), Buffer.from([0xff])), Buffer.from("/file")]), "text");
  expect(await take()).toEqual([]);
  for (const name of names) expect(readFileSync(into(to(), name), "utf8")).toBe("text");
  expect(readFileSync(Buffer.concat([into(to(), Buffer.from([0xff])), Buffer.from("/file")]), "utf8")).toBe("text");
});

test("many sentences become twenty and a number", async () => {
  for (let number = 0; number < 50; number += 1) symlinkSync("/", from(String(number)));
  const sentences = await take();
  expect([sentences.length, sentences.at(-1)]).toEqual([21, "30 more files were left out of the artifacts."]);
});

/** Another file system than that of temporary files, if this machine has one. */
const elsewhere = lstatSync("/dev/shm", { throwIfNoEntry: false })?.dev !== lstatSync(tmpdir()).dev ? "/dev/shm" : undefined;

test.skipIf(elsewhere === undefined)("to another file system files are copied, but none of which a copy would be much larger", async () => {
  writeFileSync(from("file"), "text");
  chmodSync(from("file"), 0o4755);
  writeFileSync(from("empty"), "");
  writeFileSync(from("sparse"), "");
  truncateSync(from("sparse"), 2 ** 41);
  linkSync(join(root, "outside/secret"), from("second"));
  const target = mkdtempSync(join(elsewhere!, "take-"));
  try {
    expect((await take({}, target)).toSorted()).toEqual(["second was left out of the artifacts: it is a file with a second name.", "sparse was left out of the artifacts: it is nearly all a hole, which a copy would fill."]);
    expect(readdirSync(target).toSorted()).toEqual(["empty", "file"]);
    expect([readFileSync(join(target, "file"), "utf8"), lstatSync(join(target, "file")).mode & 0o7777]).toEqual(["text", 0o700]);
  } finally {
    rmSync(target, { recursive: true });
  }
});
