import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { processesWith, run, runIn, start, startIn } from "./support/command-line.ts";
import { makeDataDir } from "./support/data-dir.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await makeDataDir();
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** What the tool itself prints when started as the runner starts it. */
function bare(playbook: string, ...options: string[]): { readonly stdout: string; readonly code: number | null } {
  const words = ["-c", 'exec ansible-playbook "$@" 2>&1', "sh", "-i", join(dataDir, "inventory"), ...options, playbook];
  const { stdout, status } = spawnSync("/bin/sh", words, {
    cwd: join(dataDir, "project"),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, ANSIBLE_HOST_KEY_CHECKING: "False", ANSIBLE_RETRY_FILES_ENABLED: "False" },
  });
  return { stdout, code: status };
}

const artifact = (ident: string, name: string): Promise<string> => readFile(join(dataDir, "artifacts", ident, name), "utf8");

describe("output", () => {
  test.each([
    ["site.yml", []],
    ["fail.yml", []],
    ["long.yml", []],
  ])("%s is shown byte for byte as the tool shows it, and ends with its exit code [CLI-18]", async (playbook, options) => {
    const ours = await run("run", dataDir, "-p", playbook, "-i", "job", ...options);
    const tool = bare(playbook, ...options);
    expect(ours).toEqual({ code: tool.code, signal: null, stdout: tool.stdout, stderr: "" });
    expect(await artifact("job", "stdout")).toBe(tool.stdout);
  });

  test("-vv reaches the tool [CLI-10]", async () => {
    const { stdout } = await run("run", dataDir, "-p", "site.yml", "-vv");
    expect(stdout).toContain("task path: ");
  });

  test("-q prints nothing, and the artifact is complete; -v is passed on however often it is written [CLI-10]", async () => {
    expect(await run("run", dataDir, "-p", "fail.yml", "-q", "-i", "job", "-vvvvvvv", "-v")).toEqual({ code: 2, signal: null, stdout: "", stderr: "" });
    expect(await artifact("job", "stdout")).toContain("broken on purpose");
    expect((JSON.parse(await artifact("job", "command")) as { command: string[] }).command).toContain("-vvvvvvvv");
  });

  test("-j prints events as JSON lines and nothing else, the bytes that the artifact has [CLI-08] [CLI-09]", async () => {
    const { code, stdout } = await run("run", dataDir, "-p", "site.yml", "-j", "-vv", "-i", "job");
    expect(code).toBe(0);
    expect(await artifact("job", "stdout")).toBe(stdout);
    // What a tool says that knows nothing of events.
    const plain = await run("run", dataDir, "-b", "/bin/echo", "-j", "-i", "plain", "--cmdline", "\u00e9\u{1f600}");
    expect(plain.stdout.trimEnd().split("\n").map((line) => (JSON.parse(line) as { stdout: string }).stdout)).toEqual([`\u00e9\u{1f600} -i ${dataDir}/inventory`]);
    expect(await artifact("plain", "stdout")).toBe(plain.stdout);
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as { counter: number; event: string });
    expect(events.map((event) => event.counter)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)?.event).toBe("playbook_on_stats");
  });

  test("options for the tool may begin with dashes", async () => {
    const { code, stdout } = await run("run", dataDir, "-p", "site.yml", "--cmdline", "--limit two --forks 1");
    expect(code).toBe(0);
    expect(stdout).not.toContain("one");
    expect((await run("run", dataDir, "-p", "site.yml", "--cmdline=--list-hosts")).stdout).toContain("hosts (2)");
  });

  test("a reader that goes away does not end the job", async () => {
    const { child, finished } = start("run", dataDir, "-p", "long.yml", "-i", "job");
    await once(child.stdout, "data");
    child.stdout.destroy();
    expect(await finished).toMatchObject({ code: 0, signal: null, stderr: "" });
    expect(await artifact("job", "status")).toBe("successful");
    expect((await artifact("job", "stdout")).length).toBeGreaterThan(700_000);
  });

  test("a slow reader loses nothing", async () => {
    const { child, finished, says } = start("run", dataDir, "-p", "long.yml");
    await says("PLAY");
    child.stdout.pause();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    child.stdout.resume();
    expect((await finished).stdout === bare("long.yml").stdout).toBe(true);
  });
});

describe("signals", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s cancels the job and leaves no process [CLI-18]", async (signal) => {
    const { child, finished, says } = start("run", dataDir, "-p", "wait.yml", "-i", "job");
    await says("Pausing for 60 seconds");
    child.kill(signal);
    const { code, stderr } = await finished;
    expect(code).toBe(254);
    expect(stderr).toBe("Canceling job job ... (again to kill it at once)\n");
    expect(await artifact("job", "status")).toBe("canceled");
    expect(await artifact("job", "rc")).toBe("254");
    await vi.waitFor(() => expect(processesWith(dataDir)).toEqual([]), 30_000);
  });

  test("a second one kills a job that does not listen, whatever its grace", async () => {
    await mkdir(join(dataDir, "env"));
    await writeFile(join(dataDir, "env/settings"), "cancel_grace: 600\n");
    const { child, finished, says } = start("run", dataDir, "-p", "stubborn.yml", "-i", "job");
    await says("TASK [Ignore signals]");
    await vi.waitFor(() => expect(processesWith(dataDir).join()).toContain("sleep"), 60_000);
    child.kill("SIGINT");
    await says("again to kill it");
    child.kill("SIGINT");
    expect((await finished).code).toBe(254);
    await vi.waitFor(() => expect(processesWith(dataDir)).toEqual([]), 30_000);
  });
});

describe("mistakes", () => {
  test.each([
    ["an unknown flag", ["run", "DIR", "-p", "site.yml", "--limt", "x"], 2, "Error: Unknown flag --limt.\nHint: Did you mean --limit?"],
    ["a word that a command does not take", ["ps", "nightly"], 2, "Error: Unexpected argument nightly.\nHint: distronode-runner ps --help shows"],
    ["a playbook without its flag", ["run", "DIR", "site.yml"], 2, "Error: Unexpected argument site.yml.\nHint: Did you mean -p site.yml?"],
    ["a file without its flag", ["images", "load", "ee.tar"], 2, "Error: Unexpected argument ee.tar.\nHint: Did you mean --input ee.tar?"],
    ["a file that is not named", ["images", "load"], 2, "Error: --input is missing.\n"],
    ["half a command", ["images", "--engine", "podman"], 2, "Error: images needs a second word.\nHint: There are images list, images load, images pull"],
    ["an unknown command", ["rnu", "DIR"], 2, "Error: Unknown command rnu.\nHint: Did you mean run?"],
    ["no directory", ["run"], 2, "Error: PRIVATE_DATA_DIR is missing.\n"],
    ["nothing to run [CLI-14]", ["run", "DIR"], 1, "Error: Nothing was named to run.\n"],
    ["hosts for a playbook [CLI-14]", ["run", "DIR", "-p", "site.yml", "--hosts", "one"], 1, "Error: --hosts goes with -m or -r only.\n"],
    ["two targets [CLI-12]", ["run", "DIR", "-p", "site.yml", "-m", "ping"], 2, "Error: --playbook and --module can not be given together.\n"],
    ["a number that is none", ["run", "DIR", "-p", "site.yml", "--rotate-artifacts", "x"], 2, "[USAGE]\n"],
    ["an inventory that is not there [CLI-15]", ["run", "DIR", "-m", "ping", "--inventory", "none"], 1, "Error: The inventory none does not exist.\n"],
    ["a file as directory [CLI-23]", ["run", "DIR/project/site.yml", "-m", "ping"], 1, "site.yml is not a directory.\n"],
    ["a command that is not there yet", ["transmit", "DIR"], 2, "Error: The command transmit is not there yet.\n"],
    ["nothing running to stop [STA-11]", ["stop", "DIR"], 1, "[JOB_NOT_FOUND]\n"],
    ["a directory that is not there", ["run", "DIR/none", "-p", "site.yml"], 1, "[DATA_DIR_INVALID]\n"],
    ["a playbook that is not there", ["run", "DIR", "-p", "none.yml"], 1, "none.yml"],
    ["an engine nobody knows", ["run", "DIR", "-p", "site.yml", "--process-isolation", "--process-isolation-executable", "dokcer", "--container-image", "x"], 1, "[ENGINE_NOT_FOUND]\n"],
  ])("%s", async (_name, words, code, text) => {
    const ended = await run(...words.map((word) => word.replace("DIR", dataDir)));
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toContain(text);
    expect(ended.stderr).not.toContain("    at ");
    expect(await readdir(dataDir)).not.toContain("artifacts");
  });
});

describe("other commands", () => {
  test("the front page lists the commands of ansible-runner, and says which of them are not there yet", async () => {
    const { code, stdout } = await run("--help");
    expect(code).toBe(0);
    for (const command of ["run", "start", "stop", "is-alive", "worker cleanup"]) expect(stdout).toMatch(new RegExp(`^  ${command} +[A-Z]`, "m"));
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("Not there yet: transmit, worker (but for worker cleanup) and process.");
  });

  test("config show tells what a run would use, and who says so", async () => {
    await mkdir(join(dataDir, "env"));
    await writeFile(join(dataDir, "env/settings"), "job_timeout: 5\ncontainer_image: from-file\ncontainer_auth_data: {host: h, password: s3cret}\n");
    const env = { RUNNER_PLAYBOOK: "site.yml" };
    const words = ["--limit", "web", "--container-image", "from-flag", "--process-isolation-path", "/stage", "-q"];
    const shown = await runIn({ env, cwd: dataDir }, "config", "show", "--origin", ...words);
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    const rows = shown.stdout.split("\n").map((line) => line.split(/ {2,}/));
    for (const row of [
      ["playbook", '"site.yml"', "RUNNER_PLAYBOOK"],
      ["limit", '"web"', "--limit"],
      ["job_timeout", "5", `${dataDir}/env/settings:1`],
      ["container_image", '"from-flag"', "--container-image"],
      ["process_isolation_path", '"/stage"', "--process-isolation-path"],
      ["suppress_ansible_output", "true", "--quiet"],
      ["container_auth_data", '{"host":"h","password":"**********"}', `${dataDir}/env/settings:3`],
      ["cancel_grace", "10", "default"],
    ]) expect(rows).toContainEqual(row);
    const { stdout } = await runIn({ env }, "config", "show", dataDir, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ run: { playbook: "site.yml" }, settings: { job_timeout: 5, container_image: "from-file", process_isolation: false } });
    expect(shown.stdout + stdout).not.toContain("s3cret");
    expect(await readdir(dataDir)).not.toContain("artifacts");
    await writeFile(join(dataDir, "env/settings"), "job_timeot: 5\n");
    expect(await run("config", "show", dataDir)).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("Did you mean job_timeout?") });
  });

  test("explain shows the plan and does nothing", async () => {
    const { code, stdout } = await run("explain", dataDir, "-p", "site.yml", "--limit", "one", "-i", "job");
    expect(code).toBe(0);
    expect(stdout).toContain(`Command\n  ansible-playbook -i ${dataDir}/inventory --limit one site.yml\n  in ${dataDir}/project\n`);
    const plan = JSON.parse((await run("explain", dataDir, "-p", "site.yml", "-i", "job", "--json")).stdout) as object;
    expect(plan).toMatchObject({ version: 1, ident: "job", execution: { kind: "host" } });
    expect(await readdir(dataDir)).not.toContain("artifacts");
  });

  test("doctor lists engines and the host, and says by its exit code whether containers work", async () => {
    const { code, stdout, stderr } = await run("doctor", "--json");
    const { engines, host, healthy } = JSON.parse(stdout) as { engines: { name: string; usable: boolean }[]; host: { python: string }; healthy: boolean };
    expect(engines.map((engine) => engine.name)).toEqual(expect.arrayContaining(["podman", "docker"]));
    expect(host.python).toMatch(/python3$/);
    expect([code, stderr]).toEqual([healthy ? 0 : 1, ""]);
  });

  test("serve answers until it is asked to stop", async () => {
    // A runtime directory of its own: a server looks after every job that it finds there.
    const { child, finished, says } = startIn({ env: { DISTRONODE_RUNNER_RUNTIME_DIR: join(dataDir, "runtime") } }, "serve", "--data-dir", `demo=${dataDir}`, "--port", "0");
    await says("Listening on http://127.0.0.1:");
    child.kill("SIGTERM");
    const { code, stdout, stderr } = await finished;
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toMatch(/^Token: [\w-]{32}\nListening on http:\/\/127\.0\.0\.1:\d+\nStopping: /);
  });
});
