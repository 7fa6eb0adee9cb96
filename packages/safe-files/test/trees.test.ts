import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { copyTree, removeEntry, removeTree, SafeDirectory } from "../src/index.ts";

let root: string;
const at = (...names: string[]): string => join(root, ...names);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "trees-"));
  mkdirSync(at("tree/inner"), { recursive: true });
  mkdirSync(at("outside/inner"), { recursive: true });
  for (const path of ["outside/secret", "outside/inner/secret"]) writeFileSync(at(path), "outside");
  writeFileSync(at("tree/inner/file"), "own", { mode: 0o640 });
  symlinkSync("../outside", at("tree/link"));
  symlinkSync("nowhere", at("tree/dangling"));
  execFileSync("mkfifo", [at("tree/pipe")]);
});
// The removal is what is tested here.
afterEach(() => execFileSync("rm", ["-rf", root]));

const odd = Buffer.from([0x61, 0xff]);
const oddIn = (path: string): Buffer => Buffer.concat([Buffer.from(`${path}/`), odd]);

describe("a removal", () => {
  test("takes a directory with all that is in it, and nothing that a link leads to", async () => {
    linkSync(at("outside/secret"), at("tree/second-name"));
    await removeTree(at("tree"));
    expect(readdirSync(root)).toEqual(["outside"]);
    expect(readFileSync(at("outside/inner/secret"), "utf8")).toBe("outside");
  });

  test("takes a link itself, a file, and nothing at all where nothing is", async () => {
    await removeTree(at("tree/link"));
    await removeTree(at("tree/inner/file"));
    await removeTree(at("tree/none"));
    await removeTree(at("none/below"));
    expect(readdirSync(at("tree")).sort()).toEqual(["dangling", "inner", "pipe"]);
    expect(readdirSync(at("outside"))).toEqual(["inner", "secret"]);
  });

  test("takes names that are no text, and trees that are deeper than a path can be long", async () => {
    mkdirSync(oddIn(at("tree")));
    writeFileSync(Buffer.concat([oddIn(at("tree")), Buffer.from("/"), odd]), "");
    execFileSync("python3", ["-c", "import os, sys\nos.chdir(sys.argv[1])\nfor _ in range(600):\n    os.mkdir('d' * 100); os.chdir('d' * 100); open('file', 'w').close()", at("tree")]);
    await removeTree(at("tree"));
    expect(readdirSync(root)).toEqual(["outside"]);
  });

  test("takes directories that their owner closed", async () => {
    mkdirSync(at("tree/closed/inner"), { recursive: true });
    writeFileSync(at("tree/closed/inner/file"), "");
    for (const path of ["tree/closed/inner", "tree/closed"]) chmodSync(at(path), 0);
    const directory = await SafeDirectory.open(root);
    await removeEntry(directory, "tree");
    await directory.close();
    expect(readdirSync(root)).toEqual(["outside"]);
  });

  test("does not go through a link in place of the directory that it is in", async () => {
    symlinkSync("outside", at("alias"));
    await expect(removeTree(at("alias/secret"))).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
    expect(readFileSync(at("outside/secret"), "utf8")).toBe("outside");
  });
});

describe("a copy", () => {
  beforeEach(() => mkdirSync(at("copy")));

  test("has files with their permissions and times, links as links, and no pipes", async () => {
    utimesSync(at("tree/inner/file"), 1000, 2000);
    await copyTree(at("tree"), at("copy"));
    expect(readdirSync(at("copy")).sort()).toEqual(["dangling", "inner", "link"]);
    expect([readlinkSync(at("copy/link")), readlinkSync(at("copy/dangling")), readFileSync(at("copy/inner/file"), "utf8")]).toEqual(["../outside", "nowhere", "own"]);
    const copied = lstatSync(at("copy/inner/file"));
    expect([copied.mode & 0o777, copied.mtimeMs]).toEqual([0o640, 2_000_000]);
  });

  test("has none of the rights that a file gives by its owner", async () => {
    chmodSync(at("tree/inner/file"), 0o6755);
    await copyTree(at("tree"), at("copy"));
    expect(lstatSync(at("copy/inner/file")).mode & 0o7777).toBe(0o755);
  });

  test("has names and links that are no text", async () => {
    writeFileSync(oddIn(at("tree")), "odd");
    symlinkSync(odd, at("tree/to-odd"));
    await copyTree(at("tree"), at("copy"));
    expect(readFileSync(oddIn(at("copy")), "utf8")).toBe("odd");
    expect(readlinkSync(at("copy/to-odd"), { encoding: "buffer" })).toEqual(odd);
  });

  test("is not made of a file that is nearly all a hole, nor of a link in place of the directory", async () => {
    truncateSync(at("tree/inner/file"), 2 ** 40);
    await expect(copyTree(at("tree"), at("copy"))).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED", message: expect.stringContaining("inner/file") as string });
    await expect(copyTree(at("tree/link"), at("copy"))).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
  });

  test("replaces nothing that is there", async () => {
    mkdirSync(at("copy/inner"));
    await expect(copyTree(at("tree"), at("copy"))).rejects.toMatchObject({ code: "EEXIST" });
  });
});
