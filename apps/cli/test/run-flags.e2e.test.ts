import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { run, runIn } from "./support/command-line.ts";
import { makeDataDir } from "./support/data-dir.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await makeDataDir();
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe("what is run", () => {
  test("a module with arguments, on some hosts [CLI-13] [CLI-16]", async () => {
    const { code, stdout } = await run("run", dataDir, "-m", "command", "-a", "echo from module", "--hosts", "one", "--forks", "1");
    expect(code).toBe(0);
    expect(stdout).toContain("from module");
    expect(stdout).not.toContain("two |");
  });

  test("a role of the private data directory, with variables that have spaces, and nothing is left in project or env [CLI-21] [CLI-22]", async () => {
    const { code, stdout } = await run("run", dataDir, "-r", "greet", "--hosts", "one", "--role-vars", `greeting="good day = x" count=2`, "--role-skip-facts");
    expect(code).toBe(0);
    expect(stdout).toContain("good day = x / 3");
    expect(stdout).not.toContain("Gathering Facts");
    expect((await readdir(dataDir)).sort()).toEqual(["artifacts", "inventory", "project", "roles"]);
    expect(await readdir(join(dataDir, "project"))).not.toContain("play.json");
  });

  test("a role found from the caller's directory [CLI-22]", async () => {
    await mkdir(join(dataDir, "elsewhere/other/tasks"), { recursive: true });
    await writeFile(join(dataDir, "elsewhere/other/tasks/main.yml"), "- debug: {msg: found elsewhere}\n");
    const { stdout } = await runIn({ cwd: dataDir }, "run", ".", "-r", "other", "--roles-path", "elsewhere", "--role-skip-facts", "--hosts", "one");
    expect(stdout).toContain("found elsewhere");
  });

  test("a program of its own [CLI-07]", async () => {
    expect(await run("run", dataDir, "-b", "/bin/echo", "-p", "site.yml")).toMatchObject({ code: 0, stdout: `-i ${dataDir}/inventory\n` });
  });

  test("--cmdline counts for its own run and is nowhere afterwards [PDD-14]", async () => {
    const echo = (...words: string[]) => run("run", dataDir, "-b", "/bin/echo", ...words);
    expect((await echo("--cmdline", "--forks 3")).stdout).toBe(`--forks 3 -i ${dataDir}/inventory\n`);
    expect((await echo()).stdout).toBe(`-i ${dataDir}/inventory\n`);
    expect(existsSync(join(dataDir, "env"))).toBe(false);
  });

  test("what the environment names, unless the command line does [CLI-12]", async () => {
    const env = { RUNNER_PLAYBOOK: "fail.yml" };
    expect((await runIn({ env }, "explain", dataDir)).stdout).toContain(" fail.yml\n");
    expect((await runIn({ env }, "explain", dataDir, "-m", "ping", "--hosts", "one")).stdout).toContain("-m ping one\n");
    expect(await runIn({ env: { ...env, RUNNER_MODULE: "ping" } }, "run", dataDir)).toMatchObject({ code: 1, stdout: "" });
  });
});

describe("the private data directory", () => {
  test("is made for a module, for its owner alone [CLI-23]", async () => {
    const path = join(dataDir, "fresh");
    expect((await run("run", path, "-m", "ping", "--inventory", "localhost,", "--hosts", "localhost", "--cmdline", "-c local")).code).toBe(0);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(await readdir(path)).toEqual(["artifacts"]);
  });

  test("is not made for a job that is refused [CLI-14]", async () => {
    const { code } = await run("run", join(dataDir, "fresh"), "-m", "ping", "--inventory", "none");
    expect([code, existsSync(join(dataDir, "fresh"))]).toEqual([1, false]);
  });
});

describe("the console", () => {
  test("options before the command count [CLI-17]", async () => {
    expect(await run("-q", "-i", "early", "run", dataDir, "-p", "site.yml")).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
    expect(await readdir(join(dataDir, "artifacts"))).toEqual(["early"]);
  });

  test.each([[[]], [["-q"]]])("without a command there is a summary on stdout and an error on stderr: %j [CLI-03]", async (words) => {
    const { code, stdout, stderr } = await run(...words);
    expect(code).toBe(2);
    expect(stdout).toContain("distronode-runner run ./demo -p site.yml");
    expect(stderr).toBe("Error: No command was named.\nHint: distronode-runner --help lists the commands.\n[USAGE]\n");
  });

  test.each(["--version", "run --version", "worker cleanup --version"])("the version stands alone: %s [CLI-04]", async (words) => {
    expect(await run(...words.split(" "))).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: "" });
  });

  test("--debug says what is done and no secret, and the log file has the same [CLI-05] [CLI-06]", async () => {
    await mkdir(join(dataDir, "env"));
    await writeFile(join(dataDir, "env/envvars"), "MY_TOKEN: se-cret-value\n");
    await writeFile(join(dataDir, "env/passwords"), '"never asked": other-se-cret\n');
    const log = join(dataDir, "log");
    const { code, stdout, stderr } = await run("run", dataDir, "-p", "fail.yml", "-q", "--debug", "--logfile", log);
    expect([code, stdout]).toEqual([2, ""]);
    for (const text of ["command: ansible-playbook", "env: MY_TOKEN=**", "status running", "phases: ", "result: failed, exit code 2", "record: {"]) expect(stderr).toContain(`debug: ${text}`);
    const kept = await readFile(log, "utf8");
    expect(kept.trimEnd().split("\n").map((line) => line.replace(/^\S+: /, "debug: ")).join("\n")).toBe(stderr.trimEnd());
    expect(stderr + kept).not.toContain("se-cret");
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });
});

test("artifacts are rotated and events thinned out [CLI-07] [CLI-11]", async () => {
  for (const ident of ["a", "b", "c"]) expect((await run("run", dataDir, "-b", "/bin/true", "-p", "site.yml", "-i", ident, "--rotate-artifacts", "2", "--omit-env-files")).code).toBe(0);
  expect((await readdir(join(dataDir, "artifacts"))).sort()).toEqual(["b", "c"]);
  const { stdout } = await run("run", dataDir, "-p", "site.yml", "-j", "--omit-event-data");
  expect(stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as { event_data?: object }).filter((event) => Object.keys(event.event_data ?? {}).length > 0)).toEqual([]);
  expect(existsSync(join(dataDir, "env"))).toBe(false);
});

/** Engines that the caller asks to be tested; one that does not work fails its tests. */
const engines = (process.env["DISTRONODE_RUNNER_TEST_ENGINES"] ?? "").split(",").filter((name) => name !== "");

test.each(engines)("worker cleanup takes one name of an image from %s, and only that [CLN-05]", async (engine) => {
  const ask = (...words: string[]): string => execFileSync(engine, words, { encoding: "utf8" }).trim();
  const [name, other] = ["localhost/distronode-runner-cleanup:1", "localhost/distronode-runner-kept:1"] as const;
  execFileSync("tar", ["-cf", join(dataDir, "image.tar"), "-C", dataDir, "project"]);
  ask("import", join(dataDir, "image.tar"), name);
  ask("tag", name, other);
  const clean = ["worker", "cleanup", "--process-isolation-executable", engine, "--remove-images", name];
  try {
    expect(await run(...clean)).toMatchObject({ code: 0, stdout: "Removed 1 image(s)\n(changed: True)\n" });
    expect(await run(...clean)).toMatchObject({ code: 0, stdout: "(changed: False)\n" });
    expect(ask("images", "--quiet", other)).not.toBe("");
  } finally {
    ask("rmi", other);
  }
});

test("worker cleanup says in its last line whether it changed anything [CLN-06] [CLI-02]", async () => {
  await mkdir(join(dataDir, "jobs/one"), { recursive: true });
  const pattern = join(dataDir, "jobs/*");
  expect(await run("worker", "cleanup", "--file-pattern", pattern)).toMatchObject({ code: 0, stdout: "(changed: False)\n" });
  expect(await run("worker", "cleanup", "--file-pattern", pattern, "--grace-period", "0", "--exclude-strings", "x1", "x2")).toMatchObject({ code: 0, stdout: `Removed 1 private data dir(s) in pattern ${pattern}\n(changed: True)\n` });
  expect(await run("worker", "cleanup", "--file-pattern", "/v*")).toMatchObject({ code: 1, stdout: "" });
  expect((await run("worker", "cleanup", "--exclude-strings=a", "b")).code).toBe(2);
});
