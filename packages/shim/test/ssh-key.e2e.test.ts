import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";

import { encodeStdinEof } from "../src/index.ts";
import type { JobDocument } from "../src/index.ts";
import { endShims, isAlive, shellJob, start } from "./shim-process.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let directory = "";
let key = "";
let locked = "";

function newKey(name: string, passphrase: string): string {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-a", "1", "-N", passphrase, "-C", `${name}@test`, "-f", join(directory, name)]);
  return readFileSync(join(directory, name), "utf8");
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "shim-ssh-"));
  key = newKey("open", "");
  locked = newKey("locked", "pass phrase");
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

afterEach(endShims);

const listing = (sshKey: string, changes: Partial<JobDocument> = {}): JobDocument => shellJob("ssh-add -l; echo agent $SSH_AGENT_PID", { sshKey, ...changes });

/** Every file below a directory that holds this text. */
function holding(root: string, text: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((name) => join(root, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path, "latin1").includes(text));
}

describe("a key", () => {
  test.each<[string, () => string]>([
    ["as ssh-keygen wrote it", () => key],
    ["with line ends of Windows", () => key.replaceAll("\n", "\r\n")],
    ["without its last line end", () => key.trimEnd()],
  ])("%s is in an agent of the job's own, which is gone afterwards", async (_what, text) => {
    const shim = start(listing(text(), { env: { SSH_AUTH_SOCK: "/not/this/one" } }));
    expect((await shim.frame("exited")).data.code).toBe(0);
    await shim.frame("end");
    expect(shim.output().toString()).toMatch(/^256 SHA256:\S+ open@test \(ED25519\)\nagent \d+\n$/);
    expect(await isAlive(Number(/agent (\d+)/.exec(shim.output().toString())?.[1]))).toBe(false);
  });

  test("is in no file, no command line and no environment", async () => {
    const shim = start(shellJob("ssh-add -l >/dev/null && echo up; read x", { sshKey: key, stdin: "pipe" }));
    const { jobDir } = (await shim.frame("ready")).data;
    await shim.printed("up");
    const secret = key.split("\n")[2] ?? "none";
    expect(holding(jobDir, secret)).toEqual([]);
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      for (const file of ["cmdline", "environ"]) {
        let text = "";
        try {
          text = readFileSync(`/proc/${pid}/${file}`, "latin1");
        } catch {
          // It has ended, or is another user's.
        }
        expect(text.includes(secret)).toBe(false);
      }
    }
    shim.write(encodeStdinEof());
    await shim.frame("end");
  });

  test("is gone with its agent when the shim is killed", async () => {
    const shim = start(shellJob("echo agent $SSH_AGENT_PID; sleep 300", { sshKey: key }));
    const { jobDir } = (await shim.frame("ready")).data;
    await shim.printed("agent");
    const agent = Number(/agent (\d+)/.exec(shim.output().toString())?.[1]);
    expect(await isAlive(agent)).toBe(true);
    shim.child.kill("SIGKILL");
    await shim.exit;
    while (await isAlive(agent)) await sleep(20);
    rmSync(jobDir, { recursive: true, force: true });
  });

  test.each([
    "Enter passphrase for .*:\\s*?$",
    "^Enter passphrase for /runner/artifacts/test/ssh_key_data:",
    "^Bad passphrase, try again for .*:\\s*?$",
  ])("with a passphrase is opened by the answer to %s", async (pattern) => {
    const shim = start(listing(locked, { prompts: [{ pattern: "nothing", answer: "no" }, { pattern, answer: "pass phrase" }] }));
    await shim.frame("end");
    expect(shim.output().toString()).toContain("locked@test");
    expect(shim.frames.some((frame) => frame.type === "failed")).toBe(false);
  });

  test("with a passphrase of its own is opened by that, whatever else there are answers to", async () => {
    const shim = start(listing(locked, { sshKeyPassphrase: "pass phrase", prompts: [{ pattern: "Enter passphrase for", answer: "another" }] }));
    await shim.frame("end");
    expect(shim.output().toString()).toContain("locked@test");
  });

  test("with a wrong passphrase of its own fails the job", async () => {
    const shim = start(listing(locked, { sshKeyPassphrase: "wrong" }));
    expect((await shim.frame("failed")).data).toMatchObject({ code: "SSH_KEY_INVALID", message: "the SSH key has a passphrase, and the one that was given is wrong" });
    await shim.frame("end");
  });

  const passphrase = "Enter passphrase for .*:";
  test.each<[string, () => string, JobDocument["prompts"] & object, RegExp]>([
    ["with a passphrase that nobody gave", () => locked, [{ pattern: "Password:", answer: "x" }], /has a passphrase: env\/secrets can hold it/],
    ["with a passphrase and an empty answer", () => locked, [{ pattern: passphrase, answer: "" }], /has a passphrase: env\/secrets can hold it/],
    ["with a passphrase and a wrong answer", () => locked, [{ pattern: passphrase, answer: "wrong" }, { pattern: "Bad passphrase.*:", answer: "" }], /passphrase, and the answer .* is wrong/],
    ["that is none", () => "not a key at all, but secret", [], /^ssh-add: Error loading key/],
    ["that is empty", () => "", [], /^ssh-add: /],
    ["of which a part is missing", () => key.replace(/\n.*\n/, "\n"), [], /^ssh-add: Error loading key/],
  ])("%s fails the job in ssh-add's words and without its own", async (_what, text, prompts, message) => {
    const shim = start(listing(text(), { prompts }));
    const failed = (await shim.frame("failed")).data;
    expect(failed.code).toBe("SSH_KEY_INVALID");
    expect(failed.message).toMatch(message);
    for (const line of text().split("\n")) if (line) expect(failed.message).not.toContain(line);
    for (const { answer } of prompts) if (answer) expect(failed.message).not.toContain(answer === "x" ? "'x'" : answer === "wrong" ? '"wrong"' : answer);
    expect((await shim.frame("exited")).data.code).toBe(1);
    await shim.frame("end");
    expect(shim.frames.some((frame) => frame.type === "started")).toBe(false);
  });

  test("without an ssh-agent on PATH fails the job", async () => {
    const shim = start(shellJob("true", { argv: ["/bin/sh", "-c", "true"], sshKey: key, env: { PATH: directory } }));
    expect((await shim.frame("failed")).data).toMatchObject({ code: "SSH_AGENT_MISSING", message: expect.stringContaining("ssh-agent") as string });
    expect((await shim.frame("exited")).data.code).toBe(1);
    expect(existsSync((await shim.frame("ready")).data.jobDir)).toBe(false);
  });
});
