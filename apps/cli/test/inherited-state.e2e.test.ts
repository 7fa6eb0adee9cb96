import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { follow, type Child } from "./support/command-line.ts";
import { makeDataDir } from "./support/data-dir.ts";

const bin = fileURLToPath(new URL("../bin/", import.meta.url));
const script = process.env["DISTRONODE_RUNNER_TEST_CLI"] ?? join(bin, "dev.js");
const isRoot = process.getuid?.() === 0;

let dataDir: string;
beforeAll(async () => {
  dataDir = await makeDataDir();
});
afterAll(() => rmSync(dataDir, { recursive: true }));

const shell = (text: string, words: readonly string[], options: object = {}): Child => spawn("/bin/bash", ["-c", text, process.execPath, "--conditions=@distronode-runner/source", script, ...words], { stdio: ["ignore", "pipe", "pipe"], ...options }) as Child;

test("a job that was started with nohup goes on when its terminal hangs up", async () => {
  writeFileSync(join(dataDir, "project/short.yml"), "- hosts: one\n  gather_facts: false\n  tasks:\n  - debug: msg=begun\n  - wait_for: path={{ playbook_dir }}/go\n");
  const running = follow(shell('nohup "$0" "$@"; exit $?', ["run", dataDir, "-p", "short.yml", "-i", "hung-up"], { detached: true }));
  await running.says("begun");
  // The kernel tells all processes of the session's foreground group; bash among them ends by it.
  const ownProcess = Number(/^\d+/m.exec(spawnSync("pgrep", ["-P", String(running.child.pid)], { encoding: "utf8" }).stdout)![0]);
  process.kill(-running.child.pid!, "SIGHUP");
  process.kill(ownProcess, "SIGHUP");
  writeFileSync(join(dataDir, "project/go"), "");
  await expect.poll(() => readFileSync(join(dataDir, "artifacts/hung-up/status"), "utf8"), { timeout: 60_000 }).toBe("successful");
  await running.finished;
});

test("the installed program learns from its first line whether hang-ups are ignored", () => {
  const fake = mkdtempSync(join(tmpdir(), "distronode-runner-node-"));
  writeFileSync(join(fake, "node"), '#!/bin/sh\necho "ignored: $DISTRONODE_RUNNER_HANGUP_IGNORED, $*"\n', { mode: 0o755 });
  const told = (before: string): string => spawnSync("/bin/sh", ["-c", `${before}; exec "$0" ps --all`, join(bin, "run.js")], { encoding: "utf8", env: { PATH: `${fake}${delimiter}${process.env["PATH"]}` } }).stdout;
  expect(told("trap '' HUP")).toMatch(/^ignored: 1, --max-semi-space-size=2 \/.*run\.js ps --all\n$/);
  expect(told("trap '' INT")).toMatch(/^ignored: , --max-semi-space-size=2 \/.*run\.js ps --all\n$/);
  rmSync(fake, { recursive: true });
});

test("in a directory that does not exist any more a command says so, and it is no defect", () => {
  const gone = mkdtempSync(join(tmpdir(), "distronode-runner-gone-"));
  const { status, stderr } = spawnSync("/bin/bash", ["-c", `cd '${gone}'; rmdir '${gone}'; "$0" "$@"`, process.execPath, "--conditions=@distronode-runner/source", script, "run", dataDir, "-p", "site.yml"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([1, expect.stringContaining("The working directory of this process does not exist any more.")]);
});

/** Runs the command line as a user that is in no list of users, in the group 54300. */
function as(uid: number, environment: Readonly<Record<string, string>>, ...words: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const variables = Object.entries({ PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}`, ...environment }).map(([name, value]) => `${name}=${value}`);
  return spawnSync("setpriv", [`--reuid=${uid}`, "--regid=54300", "--clear-groups", "env", "-i", ...variables, "/bin/sh", "-c", 'umask 002; "$0" "$@"', process.execPath, "--conditions=@distronode-runner/source", script, ...words], { encoding: "utf8", cwd: "/" });
}

test.runIf(isRoot)("users in no list of users, without HOME and SHELL, share a directory by its group, whosever runtime directory the environment names", () => {
  const shared = mkdtempSync(join(tmpdir(), "distronode-runner-shared-"));
  const foreign = mkdtempSync(join(tmpdir(), "distronode-runner-foreign-"));
  try {
    cpSync(dataDir, shared, { recursive: true, filter: (path) => !path.endsWith("/artifacts") });
    for (const path of [shared, ...["project", "inventory"].map((name) => join(shared, name))]) {
      chownSync(path, 54301, 54300);
      chmodSync(path, 0o2775);
    }
    for (const [uid, ident] of [[54301, "first"], [54302, "second"]] as const) {
      const { status, stderr } = as(uid, { XDG_RUNTIME_DIR: foreign }, "run", shared, "-p", "site.yml", "-i", ident, "-q");
      expect([ident, status, stderr]).toEqual([ident, 0, ""]);
      expect(statSync(join(shared, "artifacts", ident)).mode & 0o777).toBe(0o700);
      expect(as(uid, {}, "ps", "--all").stdout).toContain(ident);
      expect(as(uid, {}, "doctor").stdout).toContain(`${uid} (uid ${uid})`);
    }
    for (const uid of [54301, 54302]) {
      expect(as(uid, {}, "start", shared, "-m", "ping", "--hosts", "all", "-i", `started-${uid}`)).toMatchObject({ status: 0, stderr: "" });
      expect(as(uid, {}, "wait", `started-${uid}`)).toMatchObject({ status: 0 });
    }
  } finally {
    for (const path of [shared, foreign]) rmSync(path, { recursive: true });
  }
});
