import { chmodSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sameFile, SafeDirectory } from "../src/index.ts";

let root: string;
let directory: SafeDirectory;
const at = (name: string): string => join(root, "in", name);
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "safe-"));
  mkdirSync(at("inner"), { recursive: true });
  writeFileSync(join(root, "secret"), "outside", { mode: 0o640 });
  writeFileSync(at("file"), "text", { mode: 0o644 });
  symlinkSync("../secret", at("link"));
  symlinkSync("inner", at("link-to-inner"));
  directory = await SafeDirectory.open(join(root, "in"));
});
afterEach(async () => {
  await directory.close();
  rmSync(root, { recursive: true });
});

test("a directory is not opened through a link in the last part of its path, nor is what is none", async () => {
  symlinkSync("in", join(root, "link"));
  for (const path of [join(root, "link"), at("file"), at("link")]) await expect(SafeDirectory.open(path), path).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
  await expect(SafeDirectory.open(at("none"))).rejects.toMatchObject({ code: "ENOENT" });
  for (const name of ["link-to-inner", "file"]) {
    await expect(directory.directory(name), name).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED", message: expect.stringContaining(at(name)) as string });
    await expect(directory.ensureDirectory(name), name).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
  }
});

test("it goes on to be the directory that was opened, whatever has its path by then", async () => {
  renameSync(join(root, "in"), join(root, "moved"));
  mkdirSync(join(root, "in"));
  await directory.replace("new", "by us");
  expect(readdirSync(join(root, "in"))).toEqual([]);
  expect(readFileSync(join(root, "moved/new"), "utf8")).toBe("by us");
});

test("names that are more than one part of a path are refused before anything happens", () => {
  for (const name of ["", ".", "..", "a/b", "../secret", "/etc", "a\0b", Buffer.from("a/b"), Buffer.from("..")]) expect(() => directory.at(name), String(name)).toThrow(RangeError);
});

test("links are told, not followed: by stat, by lists, by text and by files", async () => {
  expect((await directory.stat("link"))?.isSymbolicLink()).toBe(true);
  expect(await directory.stat("none")).toBeUndefined();
  const kinds = Object.fromEntries((await directory.list()).map(({ name, kind }) => [name, kind]));
  expect(kinds).toEqual({ file: "file", inner: "directory", link: "link", "link-to-inner": "link" });
  for (const access of ["read", "append", "update"] as const) await expect(directory.file("link", access), access).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
  await expect(directory.text("link")).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
  expect([await directory.text("file"), await directory.text("none")]).toEqual(["text", undefined]);
});

test("a text that is larger than asked for is refused before it is read", async () => {
  truncateSync(at("file"), 2 ** 40);
  await expect(directory.text("file", 100)).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED", message: expect.stringContaining("larger than 100 bytes") as string });
});

test("what is created or replaced takes the place of a link or of one of two names, and its name may be as long as a name can be", async () => {
  linkSync(at("file"), join(root, "other-name"));
  for (const name of ["link", "file"]) await directory.replace(name, "by us");
  const created = await directory.create("link");
  await created.close();
  for (const name of ["n".repeat(255), "字".repeat(85)]) {
    await directory.replace(name, "long");
    expect(readFileSync(at(name), "utf8")).toBe("long");
  }
  expect([readFileSync(join(root, "secret"), "utf8"), readFileSync(join(root, "other-name"), "utf8"), lstatSync(at("file")).mode & 0o777]).toEqual(["outside", "text", 0o600]);
  await expect(directory.replace("inner", "x")).rejects.toMatchObject({ code: "EISDIR" });
  expect(readdirSync(join(root, "in")).filter((name) => name.startsWith(".new-"))).toEqual([]);
});

test("names that are no text are listed with their bytes, and reached by them", async () => {
  const name = Buffer.from([0x61, 0xff, 0xfe]);
  writeFileSync(Buffer.concat([Buffer.from(`${at("")}/`), name]), "odd");
  const [odd] = (await directory.list()).filter(({ raw }) => typeof raw !== "string");
  expect(odd).toMatchObject({ name: "a\ufffd\ufffd", kind: "file" });
  expect(await directory.text(odd!.raw)).toBe("odd");
  await directory.removeFile(odd!.raw);
  expect(await directory.list()).toHaveLength(4);
});

test("a mode is given to a file or directory itself, and to nothing through a link", async () => {
  directory.adopt("file", 0o600);
  directory.adopt("inner", 0o700);
  directory.adopt("link", 0o777);
  expect([lstatSync(at("file")).mode & 0o7777, lstatSync(at("inner")).mode & 0o7777, lstatSync(join(root, "secret")).mode & 0o7777]).toEqual([0o600, 0o700, 0o640]);
  expect(() => directory.adopt("none", 0o600)).toThrow();
  chmodSync(join(root, "in"), 0o755);
  await directory.makePrivate();
  expect(lstatSync(join(root, "in")).mode & 0o777).toBe(0o700);
});

test("a file or an empty directory is removed, a link only as a link, and what is missing is no error", async () => {
  for (const name of ["link", "link-to-inner", "file", "none"]) await directory.removeFile(name);
  await directory.removeDirectory("none");
  await expect(directory.removeFile("inner")).rejects.toThrow();
  await directory.removeDirectory("inner");
  expect(readdirSync(join(root, "in"))).toEqual([]);
  expect(readFileSync(join(root, "secret"), "utf8")).toBe("outside");
});

test("an entry is moved into another directory over what has its name, links as links", async () => {
  const inner = await directory.ensureDirectory("inner");
  await directory.moveTo("link", inner, "moved");
  await directory.moveTo("file", inner);
  expect(readdirSync(at("inner")).sort()).toEqual(["file", "moved"]);
  expect(lstatSync(at("inner/moved")).isSymbolicLink()).toBe(true);
  await inner.close();
});

test("files are the same by device and number, not by name", () => {
  linkSync(at("file"), at("second"));
  expect(sameFile(lstatSync(at("file")), lstatSync(at("second")))).toBe(true);
  expect(sameFile(lstatSync(at("file")), lstatSync(at("link")))).toBe(false);
});
