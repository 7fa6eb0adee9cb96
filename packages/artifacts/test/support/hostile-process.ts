import { spawn } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Scene {
  /** In which the hostile process has its way. */
  readonly hostile: string;
  /** Where nobody else is. */
  readonly own: string;
  /** What nobody may touch: a file `secret` and a directory `inner` with one. */
  readonly canary: string;
  /** What stands there. */
  state(): unknown;
  /** Ends the process and removes everything. */
  end(): Promise<void>;
}

/** Keeps making a directory `d` and a file `f`, and turning them into links to the canary and back. */
const script = `import os, sys
hostile, canary, stop = sys.argv[1:]
def attempt(work, *paths):
    try: work(*paths)
    except OSError: pass
def write(path):
    with open(path, "w") as file: file.write("own")
d, f = hostile + "/d", hostile + "/f"
turn = 0
while not os.path.exists(stop):
    turn += 1
    attempt(os.mkdir, d); attempt(os.mkdir, d + "/inner"); attempt(write, d + "/inner/own")
    if not os.path.islink(f): attempt(write, f)
    attempt(os.rename, d, d + ".away"); attempt(os.symlink, canary, d)
    attempt(os.rename, f, f + ".away"); attempt(os.symlink, canary + "/secret", f)
    attempt(os.unlink, d); attempt(os.rename, d + ".away", d)
    attempt(os.unlink, f); attempt(os.rename, f + ".away", f)
    attempt(os.rename, d + "/inner", d + "/inner.away"); attempt(os.symlink, canary + "/inner", d + "/inner")
    attempt(os.unlink, d + "/inner"); attempt(os.rename, d + "/inner.away", d + "/inner")
    if turn == 20: write(stop + ".begun")
`;

/** A place with a process that renames as fast as it can. */
export async function hostileScene(): Promise<Scene> {
  const root = mkdtempSync(join(tmpdir(), "hostile-"));
  const [hostile, own, canary, stop] = ["hostile", "own", "canary", "stop"].map((name) => join(root, name)) as [string, string, string, string];
  for (const path of [hostile, own, canary, join(canary, "inner")]) mkdirSync(path);
  for (const path of ["secret", "inner/secret"]) writeFileSync(join(canary, path), "not to be touched", { mode: 0o640 });
  const child = spawn("python3", ["-c", script, hostile, canary, stop], { stdio: "inherit" });
  const ended = new Promise((resolve) => child.once("close", resolve));
  while (!existsSync(`${stop}.begun`)) await sleep(5);
  return {
    hostile,
    own,
    canary,
    state: () =>
      ["", ...readdirSync(canary, { recursive: true, encoding: "utf8" }).toSorted()].map((name) => {
        const { mode, uid, ino, nlink, mtimeMs } = lstatSync(join(canary, name));
        return [name, mode, uid, ino, nlink, mtimeMs, name.endsWith("secret") ? readFileSync(join(canary, name), "utf8") : undefined];
      }),
    end: async () => {
      writeFileSync(stop, "");
      await ended;
      rmSync(root, { recursive: true });
    },
  };
}
