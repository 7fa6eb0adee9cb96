import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runIn, type Finished } from "./support/command-line.ts";
import { makeDataDir } from "./support/data-dir.ts";

let one: string;
let other: string;
let runtimeDir: string;
beforeAll(async () => {
  [one, other] = [await makeDataDir(), await makeDataDir()];
  runtimeDir = mkdtempSync(join(tmpdir(), "distronode-runtime-"));
  for (const directory of [one, other]) writeFileSync(join(directory, "project/until.yml"), "- hosts: one\n  gather_facts: false\n  tasks:\n  - wait_for: path={{ playbook_dir }}/go\n");
});
afterAll(async () => {
  for (const job of [one, other].map((directory) => join(directory, "artifacts/nightly"))) if (existsSync(job)) await cli("cancel", job);
  for (const directory of [one, other, runtimeDir]) rmSync(directory, { recursive: true });
});

const cli = (...words: readonly string[]): Promise<Finished> => runIn({ env: { DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir } }, ...words);
const artifacts = (directory: string): string => join(directory, "artifacts/nightly");

test("an ident that jobs of two directories have is refused by all commands with both directories; a path names one", async () => {
  for (const directory of [one, other]) {
    expect(await cli("run", directory, "-p", "until.yml", "-i", "nightly", "--detach")).toMatchObject({ code: 0, stdout: "nightly\n" });
  }
  for (const words of [["cancel"], ["attach"], ["logs"], ["wait"], ["events"], ["answer"], ["rm"]]) {
    const { code, stderr, stdout } = await cli(words[0]!, "nightly");
    expect([words, code, stdout]).toEqual([words, 1, ""]);
    expect(stderr).toContain(`${artifacts(one)} (has not ended)`);
    expect(stderr).toContain(`${artifacts(other)} (has not ended)`);
    expect(stderr).toContain("[REQUEST_INVALID]");
  }
  // Both run, whoever asks: nothing is removed.
  expect((await cli("rm", artifacts(one))).stderr).toContain("[JOB_CONFLICT]");
  for (const directory of [one, other]) {
    expect((await cli("worker", "cleanup", "--file-pattern", directory, "--grace-period", "0")).stdout).toContain(`Excluding running project ${directory} from cleanup: its job nightly has not ended`);
  }
  const { stdout } = await cli("ps");
  for (const directory of [one, other]) expect(stdout).toMatch(new RegExp(`^nightly +running +process +\\d+ s +until\\.yml +${directory}$`, "m"));

  expect(await cli("cancel", artifacts(one))).toMatchObject({ code: 0, stdout: "The job nightly has ended: canceled.\n" });
  expect((await cli("logs", "nightly")).stderr).toContain(`${artifacts(one)} (canceled)`);
  writeFileSync(join(other, "project/go"), "");
  expect(await cli("wait", artifacts(other))).toMatchObject({ code: 0, stdout: "successful\n" });

  // What has ended is listed, with its directory, and can be removed; the ident is then that of the other one alone.
  const all = (await cli("ls")).stdout;
  expect(all).toMatch(new RegExp(`^nightly +canceled .* until\\.yml +${one}$`, "m"));
  expect(all).toMatch(new RegExp(`^nightly +successful .* until\\.yml +${other}$`, "m"));
  expect(await cli("rm", artifacts(other))).toMatchObject({ code: 0, stdout: `${artifacts(other)}\n`, stderr: "" });
  expect([existsSync(artifacts(one)), existsSync(artifacts(other))]).toEqual([true, false]);
  expect(await cli("wait", "nightly")).toMatchObject({ code: 254, stdout: "canceled\n" });
  expect(await cli("rm", "nightly", "nobody", join(other, "project"))).toMatchObject({ code: 1, stdout: `${artifacts(one)}\n`, stderr: expect.stringMatching(/No job "nobody"[^]*holds no artifacts of a job/) });
  expect((await cli("ls")).stdout).toBe("No job is known.\n");
});

test("start prints the ident of its job", async () => {
  const { code, stdout } = await cli("start", one, "-m", "ping", "--hosts", "one");
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^[\da-f-]{36}\n$/)]);
  expect(await cli("wait", stdout.trim())).toMatchObject({ code: 0, stdout: "successful\n" });
  expect((await cli("ls")).stdout).toContain(`module ping  ${one}`);
});
