import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { JobPlan, Runner } from "@distronode-runner/contract";
import { createStandardRunner } from "@distronode-runner/standard";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { admitPlan } from "../../src/clients/admit-plan.ts";
import type { ClientRules } from "../../src/clients/client-rules.ts";
import { toJobRequest, type JobOrder } from "../../src/jobs/job-order.ts";

let dir: string;
let runner: Runner;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "admit-"));
  runner = createStandardRunner();
  await write("project/site.yml", "- hosts: all\n");
  await write("inventory/hosts", "one\n");
});
afterEach(async () => {
  await runner.close();
  await rm(dir, { recursive: true });
});

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(dir, name)), { recursive: true });
  await writeFile(join(dir, name), text);
}

async function plan(order: Partial<JobOrder>, { engines = [], images = [], sshMounts = false }: ClientRules = {}): Promise<JobPlan> {
  const request = toJobRequest({ dataDir: "demo", playbook: "site.yml", ...order }, dir, { sshMounts });
  return runner.plan(request, { admit: admitPlan(request, { engines, images }) });
}

const forbidden = expect.objectContaining({ code: "FORBIDDEN" });
const podman = "process_isolation: true\nprocess_isolation_executable: podman\ncontainer_image: registry.example/own:1\n";

describe("in a directory of containers", () => {
  beforeEach(() => write("env/settings", podman));

  test("what was decided of a job whose server is killed is taken, and nothing else", async () => {
    const request = { ...toJobRequest({ dataDir: "demo", playbook: "site.yml" }, dir), settings: { owner_gone: "continue" } };
    const asked = (ownerGone?: "cancel" | "continue") => runner.plan(request, { admit: admitPlan(request, { engines: [], images: [], ownerGone }) });
    await expect(asked("continue")).resolves.toMatchObject({ ownerGone: "continue" });
    await expect(asked("cancel")).rejects.toEqual(forbidden);
    await expect(asked()).rejects.toEqual(forbidden);
  });

  test("a plain job runs as the directory says", async () => {
    expect((await plan({})).execution).toMatchObject({ kind: "container", engine: "podman", image: "registry.example/own:1" });
  });

  test("what the directory says may be said again", async () => {
    await expect(plan({ processIsolation: true, processIsolationExecutable: "podman", containerImage: "registry.example/own:1" })).resolves.toBeDefined();
  });

  test("what is about the play alone is taken", async () => {
    await expect(plan({ ident: "mine", limit: "one", verbosity: 3, terminal: true, json: true, quiet: true, inventory: ["hosts", "two,"], cmdline: "--check", settings: { job_timeout: 5, job_events: false } })).resolves.toMatchObject({ ident: "mine" });
  });

  test("variables as data, tags, forks and a time of the client's own are taken", async () => {
    const { command, files, clocks } = await plan({ extravars: { a: { b: [1] } }, tags: "web,db", skipTags: "slow", forks: 7, timeout: 30 });
    expect(command.join(" ")).toMatch(/ -e @\S*extravars\.json --tags web,db --skip-tags slow --forks 7 /);
    expect([Object.keys(files), clocks.job]).toEqual([["extravars.json"], 30]);
  });

  test("variables as data do not beat those of the directory", async () => {
    await write("env/extravars", "a: 1\n");
    await expect(plan({})).resolves.toBeDefined();
    await expect(plan({ extravars: { a: 2 } })).rejects.toEqual(forbidden);
  });

  test("a timeout of the client's own shortens that of the directory, and does not lift it", async () => {
    await write("env/settings", `${podman}job_timeout: 100\n`);
    await expect(plan({ timeout: 10 })).resolves.toMatchObject({ clocks: { job: 10 } });
    await expect(plan({ timeout: 0 })).resolves.toMatchObject({ clocks: { job: 100 } });
    await expect(plan({ timeout: 101 })).rejects.toEqual(forbidden);
  });

  test.each<[string, Partial<JobOrder>]>([
    ["a program of the project", { processIsolationExecutable: "/srv/demo/project/evil.sh" }],
    ["a program by a path from somewhere", { processIsolationExecutable: "./evil.sh" }],
    ["a sandbox", { processIsolationExecutable: "bwrap" }],
    ["a sandbox by a path", { processIsolationExecutable: "/usr/bin/bwrap" }],
    ["a sandbox by settings", { settings: { process_isolation_executable: "bwrap" } }],
    ["a program by settings", { settings: { process_isolation_executable: "/bin/sh" } }],
    ["another engine", { processIsolationExecutable: "docker" }],
    ["another engine by settings", { settings: { process_isolation_executable: "docker" } }],
    ["an engine of its own that settings hide behind the right one", { settings: { process_isolation_executable: "podman" }, processIsolationExecutable: "docker" }],
    ["any engine", { processIsolationExecutable: "auto" }],
    ["an engine that nobody knows", { processIsolationExecutable: "frobnicate" }],
    ["no isolation", { processIsolation: false }],
    ["no isolation by settings", { settings: { process_isolation: false } }],
    ["another image", { containerImage: "registry.example/other" }],
    ["another image by settings", { settings: { container_image: "registry.example/other" } }],
    ["a mount", { settings: { container_volume_mounts: ["/etc:/host"] } }],
    ["an engine option", { settings: { container_options: ["--privileged"] } }],
    ["an engine plug-in with no effect on the plan but its options", { settings: { container_options: ["--network=host"] } }],
    ["a key of the server's", { cmdline: "--private-key /etc/hostname" }],
    ["an inventory elsewhere", { inventory: "/etc/hostname" }],
    ["extra variables of a file of the server's", { extravars: "/etc/hostname" } as unknown as Partial<JobOrder>],
    ["a fact cache elsewhere", { settings: { fact_cache: "/etc" } }],
    ["a job that outlives its runner", { settings: { owner_gone: "continue" } }],
    ["a job that outlives its runner for ever", { settings: { owner_gone_timeout: 0 } }],
    ["variables", { envvars: { LD_PRELOAD: "/x" } }],
    ["a password", { passwords: { "Password:": "x" } }],
    ["a key", { sshKey: "x" }],
    ["another command", { binary: "sh" }],
  ])("%s is refused, whatever the words that ask for it", async (_name, order) => {
    await expect(plan(order)).rejects.toEqual(forbidden);
  });

  test("an engine and an image that the operator allows can be chosen", async () => {
    const chosen = await plan({ processIsolationExecutable: "docker", containerImage: "registry.example/team/ee:2" }, { engines: ["docker"], images: ["registry.example/team/*"] });
    expect(chosen.execution).toMatchObject({ engine: "docker", image: "registry.example/team/ee:2" });
  });

  test("that a sandbox is allowed does not move a job out of its container", async () => {
    await expect(plan({ processIsolationExecutable: "bwrap" }, { engines: ["bwrap"] })).rejects.toEqual(forbidden);
  });

  test("the server user's ssh is not shown, and a client cannot ask for it", async () => {
    const { execution } = await plan({});
    expect(execution.kind === "container" && execution.mounts.filter(({ target }) => /ssh/.test(target))).toEqual([]);
    await write("env/settings", `${podman}container_ssh_mounts: true\n`);
    const again = (await plan({})).execution;
    expect(again.kind === "container" && again.mounts.filter(({ target }) => /ssh/.test(target))).toEqual([]);
  });

  test("the directory's own command line is not replaced", async () => {
    await write("env/cmdline", "--check");
    expect((await plan({})).command).toContain("--check");
    await expect(plan({ cmdline: "-v" })).rejects.toEqual(forbidden);
  });

  test("the times that the operator gives can be shortened, and not lifted", async () => {
    await write("env/settings", `${podman}job_timeout: 100\nidle_timeout: 50\n`);
    await expect(plan({ settings: { job_timeout: 10 } })).resolves.toMatchObject({ clocks: { job: 10, idle: 50 } });
    for (const settings of [{ job_timeout: 0 }, { job_timeout: null }, { job_timeout: 101 }, { idle_timeout: 0 }]) await expect(plan({ settings })).rejects.toEqual(forbidden);
  });

  test("an image is not fetched where the operator says never", async () => {
    await write("env/settings", `${podman}container_pull_policy: never\n`);
    await expect(plan({ settings: { container_pull_policy: "always" } })).rejects.toEqual(forbidden);
    await expect(plan({ settings: { container_pull_policy: "never" } })).resolves.toBeDefined();
  });

  test("a directory that names no image takes an allowed one only", async () => {
    await write("env/settings", "process_isolation: true\n");
    await expect(plan({ containerImage: "registry.example/x" })).rejects.toEqual(forbidden);
    await expect(plan({ containerImage: "registry.example/x", cmdline: "-v" }, { images: ["registry.example/*"] })).resolves.toBeDefined();
    await expect(plan({})).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  });
});

describe("in a directory of the host", () => {
  test("a plain job runs on the host", async () => {
    expect((await plan({})).execution).toEqual({ kind: "host" });
  });

  test("a container can be asked for, with the image that the directory names or the operator allows", async () => {
    await expect(plan({ processIsolation: true, containerImage: "registry.example/x" })).rejects.toEqual(forbidden);
    expect((await plan({ processIsolation: true, containerImage: "registry.example/x" }, { images: ["registry.example/*"] })).execution).toMatchObject({ kind: "container", engine: "podman" });
    await write("env/settings", "container_image: registry.example/own:1\n");
    expect((await plan({ processIsolation: true })).execution).toMatchObject({ kind: "container", image: "registry.example/own:1" });
  });

  test.each<[string, Partial<JobOrder>]>([
    ["another engine", { processIsolation: true, processIsolationExecutable: "docker", containerImage: "registry.example/x" }],
    ["a program", { processIsolation: true, processIsolationExecutable: "/tmp/evil.sh" }],
    ["a sandbox", { processIsolation: true, processIsolationExecutable: "bwrap" }],
    ["a sandbox by settings", { settings: { process_isolation: true, process_isolation_executable: "bwrap" } }],
  ])("%s that the operator has not named is refused", async (_name, order) => {
    await expect(plan(order, { images: ["*"] })).rejects.toEqual(forbidden);
  });

  test("a sandbox that the operator has named can be asked for", async () => {
    expect((await plan({ processIsolation: true, processIsolationExecutable: "bwrap" }, { engines: ["bwrap"] })).execution).toMatchObject({ kind: "host", sandbox: { executable: "bwrap" } });
  });
});

describe("in a directory of sandboxes", () => {
  beforeEach(() => write("env/settings", "process_isolation: true\nprocess_isolation_executable: bwrap\nprocess_isolation_hide_paths: [/srv]\n"));

  test("a plain job runs in the sandbox", async () => {
    expect((await plan({ processIsolation: true })).execution).toMatchObject({ kind: "host", sandbox: { executable: "bwrap", hide: ["/srv"] } });
  });

  test.each<[string, Partial<JobOrder>, ClientRules]>([
    ["another program", { processIsolationExecutable: "/tmp/evil.sh" }, {}],
    ["a container", { processIsolationExecutable: "podman", containerImage: "registry.example/x" }, { engines: ["podman"], images: ["*"] }],
    ["a hidden path", { settings: { process_isolation_hide_paths: [] } }, {}],
    ["a further path", { settings: { process_isolation_show_paths: ["/root"] } }, {}],
    ["no isolation", { processIsolation: false }, {}],
  ])("%s is refused", async (_name, order, rules) => {
    await expect(plan(order, rules)).rejects.toEqual(forbidden);
  });
});

test("what is started is what was judged: settings that change in between do not count", async () => {
  await write("env/settings", podman);
  const request = toJobRequest({ dataDir: "demo", playbook: "site.yml", processIsolationExecutable: "docker" }, dir);
  const judge = admitPlan(request, { engines: [], images: [] });
  const admit: typeof judge = async (judged, alternative) => {
    // The directory now says docker, and the judge still sees the moment at which the plan was made.
    await write("env/settings", podman.replace("executable: podman", "executable: docker"));
    await judge(judged, alternative);
  };
  await expect(runner.start(request, { admit })).rejects.toEqual(forbidden);
  await expect(access(join(dir, "artifacts"))).rejects.toThrow("ENOENT");
});
