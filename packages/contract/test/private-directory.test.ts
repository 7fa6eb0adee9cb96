import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { privateDirectory } from "../src/index.ts";

const uid = process.getuid!();
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "private-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

test("a private directory is made for this user alone, and taken as it is the next time", async () => {
  const path = join(root, "deep", "own");
  expect(await privateDirectory(path, uid)).toBe(path);
  expect(((await stat(path)).mode & 0o777).toString(8)).toBe("700");
  expect(await privateDirectory(path, uid)).toBe(path);
});

test("a link, a file, a directory of another user and one that others can enter are refused by name", async () => {
  await mkdir(join(root, "own"), { mode: 0o700 });
  await symlink(join(root, "own"), join(root, "link"));
  await writeFile(join(root, "file"), "");
  await mkdir(join(root, "open"));
  await chmod(join(root, "open"), 0o755);
  const refused = (name: string, message: string, owner = uid): Promise<void> =>
    expect(privateDirectory(join(root, name), owner)).rejects.toMatchObject({ code: "SETTINGS_INVALID", message: expect.stringContaining(`${join(root, name)} ${message}`) as string });
  await refused("link", "is a link");
  await refused("file", "can not be made");
  await refused("own", "belongs to another user", uid + 1);
  await refused("open", "can be entered by others");
});
