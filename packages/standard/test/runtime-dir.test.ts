import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runtimeDir } from "../src/runtime-dir.ts";

const uid = process.getuid!();
/** Somebody whose files these are not. */
const another = uid + 4321;
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "rt-"));
  for (const name of ["system", "h", "tmp", "run"]) await mkdir(join(root, name));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const found = (who: number, environment: Record<string, string> = {}, home = join(root, "none")): string => runtimeDir({ uid: who, home, environment, temporary: join(root, "tmp"), run: join(root, "run") });

test("the runtime directory is the one that was named, else the system's for this user, else below the user's home", () => {
  expect(found(uid, { DISTRONODE_RUNNER_RUNTIME_DIR: "/named", XDG_RUNTIME_DIR: join(root, "system") })).toBe("/named");
  expect(found(uid, { XDG_RUNTIME_DIR: join(root, "system") })).toBe(join(root, "system", "distronode-runner"));
  const expected = uid === 0 ? /\/run\/distronode-runner$/ : /\/h\/\.local\/state\/distronode-runner\/\w+$/;
  expect(found(uid, {}, join(root, "h"))).toMatch(expected);
});

test("a system directory that belongs to another user is not used, as after su or sudo -E", () => {
  expect(found(another, { XDG_RUNTIME_DIR: join(root, "system") })).toBe(join(root, "tmp", `distronode-runner-${another}`));
});

test("a name that another user has taken in the directory of all users blocks nobody: the next one is used, and found again", async () => {
  await mkdir(join(root, "tmp", `distronode-runner-${another}`));
  await symlink("/etc", join(root, "tmp", `distronode-runner-${another}-1`));
  await writeFile(join(root, "tmp", `distronode-runner-${another}-2`), "");
  expect(found(another)).toBe(join(root, "tmp", `distronode-runner-${another}-3`));
});

test.skipIf(uid === 0)("a home whose path leaves no room for a socket's is passed over", async () => {
  const long = join(root, "h".repeat(60));
  await mkdir(long);
  expect(found(uid, {}, long)).toBe(join(root, "tmp", `distronode-runner-${uid}`));
});
