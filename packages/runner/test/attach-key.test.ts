import { execFileSync } from "node:child_process";
import { link, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeAttachKey, readAttachKey, removeAttachKey } from "../src/reattach/attach-key.ts";

const uid = process.getuid?.() ?? 0;
let dir: string;
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), "attach-key-"))));
afterEach(() => rm(dir, { recursive: true, force: true }));

const file = (): string => join(dir, "attach.key");

test("a job's key is for its user alone, is another one each time, and goes with the job", async () => {
  const key = await makeAttachKey(dir);
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect(await readAttachKey(dir, uid)).toBe(key);
  expect(await makeAttachKey(dir)).not.toBe(key);
  await removeAttachKey(dir);
  expect(await readAttachKey(dir, uid)).toBeUndefined();
  await removeAttachKey(dir);
});

test("what stands in its place is neither written through nor read", async () => {
  const key = await makeAttachKey(dir);
  const target = join(dir, "target");
  await rename(file(), target);
  await symlink(target, file());
  expect(await readAttachKey(dir, uid)).toBeUndefined();
  await makeAttachKey(dir);
  expect(await readFile(target, "utf8")).toBe(key);
  await rm(file());
  await link(target, file());
  expect(await readAttachKey(dir, uid)).toBeUndefined();
  await rm(file());
  execFileSync("mkfifo", [file()]);
  expect(await readAttachKey(dir, uid)).toBeUndefined();
  await rm(file());
  await writeFile(file(), "short");
  expect(await readAttachKey(dir, uid)).toBeUndefined();
});
