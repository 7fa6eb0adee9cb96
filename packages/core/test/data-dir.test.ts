import { execFile, execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { probePath, readDataDir } from "../src/index.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "distronode-dir-"));
  await mkdir(join(root, "env"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const pipe = (name: string): string => {
  const path = join(root, name);
  execFileSync("mkfifo", [path]);
  return path;
};
/** Somebody else, who waits for a reader as long as it takes. */
const writer = (path: string, script: string): Promise<number> => new Promise((resolve) => execFile("sh", ["-c", `{ ${script}; } > "$0"`, path], (error) => resolve(error === null ? 0 : 1)));

test("every file of env/, and args, may be a named pipe, which is read to its end and once", async () => {
  const names = ["envvars", "extravars", "passwords", "cmdline", "settings", "ssh_key"];
  const writers = [...names.map((name) => writer(pipe(`env/${name}`), `printf 'one: ${name}'; sleep 0.05; printf ' two'`)), writer(pipe("args"), "echo true")];
  const { env, args } = await readDataDir(root, { patience: 60_000 });
  expect(env).toEqual(Object.fromEntries(names.map((name) => [name, `one: ${name} two`])));
  expect(args?.text).toBe("true\n");
  // Each writer was able to write all of it, and none is left waiting for a second reader.
  expect(new Set(await Promise.all(writers))).toEqual(new Set([0]));
});

test("more than a pipe holds comes through it whole", async () => {
  void writer(pipe("env/extravars"), "head -c 1000000 /dev/zero | tr '\\0' x");
  expect((await readDataDir(root, { patience: 60_000 })).env.extravars).toHaveLength(1_000_000);
});

test("a pipe that nobody writes to is not waited for without end, nor is a writer that falls silent", async () => {
  const path = pipe("env/envvars");
  await expect(readDataDir(root, { patience: 50 })).rejects.toMatchObject({ code: "DATA_DIR_INVALID", message: `${path} can not be read: it is a named pipe, and nobody wrote to it for 0.05 seconds`, location: { file: path } });
  const stuck = execFile("sh", ["-c", 'exec 3> "$0"; printf A >&3; exec sleep 60', path]);
  try {
    await expect(readDataDir(root, { patience: 1000 })).rejects.toMatchObject({ message: expect.stringMatching(/(its writer fell silent|nobody wrote to it) for 1 seconds$/) });
  } finally {
    stuck.kill("SIGKILL");
  }
});

test("devices and links are read like files", async () => {
  await writeFile(join(root, "text"), "A: 1");
  execFileSync("ln", ["-s", "../text", join(root, "env/envvars")]);
  execFileSync("ln", ["-s", "/dev/null", join(root, "env/settings")]);
  expect((await readDataDir(root)).env).toEqual({ envvars: "A: 1", settings: "" });
  expect(probePath("/dev/null")).toBe("other");
});

test("what no file can be named is missing, and is no defect", () => {
  for (const path of [join(root, "x".repeat(5000)), join(root, "a\0b")]) expect(probePath(path)).toBe("missing");
});

test.runIf(process.getuid?.() !== 0)("a path that this user may not look at is said to be one", async () => {
  await mkdir(join(root, "closed"), { mode: 0o600 });
  expect(() => probePath(join(root, "closed/file"))).toThrow(expect.objectContaining({ code: "REQUEST_INVALID" }));
});

test.each(["envvars", "extravars", "passwords", "cmdline", "settings", "ssh_key"])("a link to nothing at env/%s is an error, not a file that is absent", async (name) => {
  const path = join(root, "env", name);
  await symlink(join(root, "gone"), path);
  await expect(readDataDir(root)).rejects.toMatchObject({ code: "DATA_DIR_INVALID", message: `${path} is a link to nothing.`, location: { file: path } });
});
