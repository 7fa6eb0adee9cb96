import { execFileSync } from "node:child_process";
import { closeSync, fstatSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRegular, openRegular, openRegularSync, readRegular, reopenRegular, type Access } from "../src/index.ts";

let root: string;
const at = (name: string): string => join(root, name);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "open-"));
  writeFileSync(at("secret"), "outside", { mode: 0o640 });
  writeFileSync(at("file"), "text");
  writeFileSync(at("first"), "two names");
  linkSync(at("first"), at("second"));
  symlinkSync("secret", at("link"));
  symlinkSync("nowhere", at("dangling"));
  mkdirSync(at("directory"));
  execFileSync("mkfifo", [at("pipe")]);
});
afterEach(() => rmSync(root, { recursive: true }));

const damaged = (kind: string): unknown => expect.objectContaining({ code: "ARTIFACTS_DAMAGED", message: expect.stringContaining(kind) as string });
const all: readonly Access[] = ["read", "append", "update"];

describe.each([
  ["at once", async (path: string, access: Access): Promise<void> => closeSync(openRegularSync(path, access))],
  ["with a promise", async (path: string, access: Access): Promise<void> => (await openRegular(path, access)).close()],
])("opening a regular file %s", (_how, open) => {
  test.each(all)("for %s refuses links, pipes, sockets, directories and devices, and waits for none of them", async (access) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at("socket"), resolve));
    try {
      for (const [name, kind] of [["link", "a link"], ["dangling", "a link"], ["directory", "a directory"], ["socket", "a socket"], ["pipe", "a pipe"]] as const) await expect(open(at(name), access), name).rejects.toEqual(damaged(kind));
      await expect(open("/dev/null", access)).rejects.toEqual(damaged("a device"));
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    expect(readFileSync(at("secret"), "utf8")).toBe("outside");
  });

  test("refuses a file with a second name where something is to be written, and reads it", async () => {
    for (const access of ["append", "update"] as const) await expect(open(at("first"), access)).rejects.toEqual(damaged("a second name"));
    await open(at("first"), "read");
  });

  test("refuses to create what is there, a link that leads nowhere included, and follows none", async () => {
    for (const name of ["file", "link", "dangling", "pipe", "directory"]) await expect(open(at(name), "create"), name).rejects.toMatchObject({ code: "EEXIST" });
    expect(lstatSync(at("nowhere"), { throwIfNoEntry: false })).toBeUndefined();
  });

  test("makes what is missing, for its owner alone, and tells the system's errors as they are", async () => {
    for (const access of ["create", "append", "update"] as const) {
      await open(at(`new-${access}`), access);
      expect(lstatSync(at(`new-${access}`)).mode & 0o777).toBe(0o600);
    }
    await expect(open(at("none"), "read")).rejects.toMatchObject({ code: "ENOENT" });
  });
});

test("a new file takes the place of a link, a pipe or a file with a second name, which stay as they are elsewhere; a directory is refused", async () => {
  for (const name of ["link", "dangling", "pipe", "first"]) {
    const file = await createRegular(at(name));
    await file.writeFile("new");
    await file.close();
    expect(readFileSync(at(name), "utf8")).toBe("new");
    expect(lstatSync(at(name)).isFile()).toBe(true);
  }
  expect([readFileSync(at("secret"), "utf8"), readFileSync(at("second"), "utf8")]).toEqual(["outside", "two names"]);
  await expect(createRegular(at("directory"))).rejects.toThrow();
});

test("a file is opened again only if it is the same: not another one of its name, no link to it, and none that was removed", async () => {
  const first = openRegularSync(at("file"), "read");
  const identity = fstatSync(first);
  closeSync(first);
  await (await reopenRegular(at("file"), identity)).close();
  renameSync(at("file"), at("moved"));
  await expect(reopenRegular(at("file"), identity)).rejects.toEqual(damaged("was removed"));
  symlinkSync("moved", at("file"));
  await expect(reopenRegular(at("file"), identity)).rejects.toEqual(damaged("a link"));
  rmSync(at("file"));
  writeFileSync(at("file"), "text");
  await expect(reopenRegular(at("file"), identity)).rejects.toEqual(damaged("another file"));
});

test("the text of a regular file is read; there is none where there is no file, and what is no file is refused", async () => {
  expect(await readRegular(at("file"))).toBe("text");
  expect(await readRegular(at("none"))).toBeUndefined();
  await expect(readRegular(at("file"), 3)).rejects.toEqual(damaged("larger than 3 bytes"));
  expect(await readRegular(at("file/below"))).toBeUndefined();
  for (const name of ["link", "pipe", "directory"]) await expect(readRegular(at(name)), name).rejects.toMatchObject({ code: "ARTIFACTS_DAMAGED" });
});
