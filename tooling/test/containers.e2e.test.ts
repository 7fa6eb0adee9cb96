import { access, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobEvent, JobHandle, JobRequest, Runner } from "@distronode-runner/contract";
import { createStandardRunner, runCommand } from "@distronode-runner/standard";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startCli, type Finished } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { containersOf, engineCli } from "../scenarios/engine-cli.ts";
import { engines, image, isolation } from "../scenarios/executions.ts";
import { classicEvents } from "../scenarios/peer.ts";

/** What an execution environment's own entrypoint does for the runner; the list of collections is shortened, not every ansible-galaxy gives one as JSON. */
const entrypoint = `#!/bin/sh
if [ -d "$AWX_ISOLATED_DATA_DIR" ]; then
  echo '{"/usr/share/collections": {}}' > "$AWX_ISOLATED_DATA_DIR/collections.json"
  ansible --version | head -n 1 > "$AWX_ISOLATED_DATA_DIR/ansible_version.txt"
fi
exec "$@"
`;

const playbook = `- hosts: localhost
  gather_facts: false
  tasks:
    - name: Environment
      command: env -0
      changed_when: false
    - name: Identity
      shell: id -u; pwd; hostname; test -w "$HOME" && echo home is writable; ls -d /runner/artifacts/*
      changed_when: false
    - name: Write
      copy: {content: x, dest: made}
    - set_fact: {remembered: 42, cacheable: true}
    - name: Wait
      wait_for: {path: /runner/project/go, timeout: 60, sleep: 1}
`;

/** The parts of `inspect` that both engines have. */
interface Inspected {
  readonly Name: string;
  readonly Path: string;
  readonly Config: { readonly Image: string; readonly Env: readonly string[]; readonly Hostname: string; readonly OpenStdin: boolean; readonly User: string };
  readonly Mounts: readonly { readonly Source: string; readonly Destination: string; readonly RW: boolean }[];
  readonly HostConfig: { readonly NetworkMode: string };
}

describe.each(engines)("a job on %s, with its artifacts elsewhere", (engine) => {
  const ident = `look-${engine}`;
  let dataDir: string;
  let artifacts: string;
  let inspected: Inspected;
  let finished: Finished;
  let events: readonly JobEvent[];
  let environment: Readonly<Record<string, string>>;
  const result = (task: string): string => String((events.find((event) => event.event === "runner_on_ok" && event.event_data?.["task"] === task)?.event_data?.["res"] as { stdout?: string } | undefined)?.stdout);

  beforeAll(async () => {
    artifacts = await mkdtemp(join(tmpdir(), "distronode-artifacts-"));
    dataDir = await makeDataDir({
      "project/look.yml": playbook,
      "env/envvars": 'TWO_LINES: "first\\nHOST_ONLY\\n\\n"\nQUOTED: "a \\"b\\" $HOME"\nEMPTY: ""\nUNICODE: "\u00e9\u{1f600}"\nDOCKER_HOST: tcp://nowhere.example:1\nCONTAINER_HOST: tcp://nowhere.example:1\n',
    });
    await writeFile(join(dataDir, "project/entrypoint"), entrypoint, { mode: 0o755 });
    const options = ["--entrypoint=/runner/project/entrypoint", "--network=none", "--hostname=looker"].map((option) => `--container-option=${option}`);
    const where = ["--process-isolation", "--process-isolation-executable", engine, "--container-image", image, "--artifact-dir", artifacts, ...options];
    const job = startCli(["run", dataDir, "-p", "look.yml", "-i", ident, ...where], { HOST_ONLY: "must-not-leak" });
    await job.shows("TASK [Wait]");
    const [name] = await containersOf(engine, ident);
    [inspected] = JSON.parse(await engineCli(engine, "inspect", name!)) as [Inspected];
    await writeFile(join(dataDir, "project/go"), "");
    finished = await job.finished;
    events = await classicEvents(join(artifacts, ident));
    environment = Object.fromEntries(result("Environment").split("\0").map((variable) => [variable.slice(0, variable.indexOf("=")), variable.slice(variable.indexOf("=") + 1)]));
  });
  afterAll(() => Promise.all([dataDir, artifacts].map((directory) => rm(directory, { recursive: true, force: true }))));

  test("is the container that was asked for: name, image, mounts, options, an open standard input; and it goes when it ends [CON-01]", async () => {
    expect(finished.exitCode, finished.stderr + finished.stdout).toBe(0);
    expect(inspected.Name.replace(/^\//, "")).toBe(`distronode_runner_${ident}`);
    expect(inspected).toMatchObject({ Path: "/runner/project/entrypoint", Config: { Image: image, Hostname: "looker", OpenStdin: true }, HostConfig: { NetworkMode: "none" } });
    const mounts = inspected.Mounts.map(({ Source, Destination, RW }) => [Source, Destination, RW]);
    const own = join(artifacts, ident, ".job");
    expect(mounts).toEqual(expect.arrayContaining([[join(own, "root"), "/runner", true], [join(own, "env"), "/runner/env", false], ...["inventory", "project"].map((name) => [join(dataDir, name), `/runner/${name}`, true])]));
    expect(mounts).toHaveLength(4);
    expect(result("Identity").split("\n").slice(1, 3)).toEqual(["/runner/project", "looker"]);
    expect((JSON.parse(await readFile(join(artifacts, ident, "command"), "utf8")) as { command: unknown }).command).toEqual(["ansible-playbook", "-i", "/runner/inventory", "look.yml"]);
    expect(await containersOf(engine, ident)).toEqual([]);
  });

  test("has the variables of the job, those with several lines whole, and none of the host's [CON-11] [CON-12]", () => {
    expect(environment).toMatchObject({ TWO_LINES: "first\nHOST_ONLY\n\n", QUOTED: 'a "b" $HOME', EMPTY: "", UNICODE: "\u00e9\u{1f600}", AWX_ISOLATED_DATA_DIR: `/runner/artifacts/${ident}`, ANSIBLE_RETRY_FILES_ENABLED: "False" });
    expect(environment).not.toHaveProperty("HOST_ONLY");
    // Only a path, for entrypoints, stands in the container's configuration.
    expect(inspected.Config.Env.filter((variable) => /^(TWO_LINES|QUOTED|UNICODE|ANSIBLE_)/.test(variable))).toEqual([]);
  });

  test("works as the caller, in files and home, says nothing of its engine, and writes safely on shared disks [CON-14]", async () => {
    const [uid] = result("Identity").split("\n");
    expect(result("Identity")).toContain("home is writable");
    expect(environment["ANSIBLE_UNSAFE_WRITES"]).toBe("1");
    const { uid: owner } = await stat(join(dataDir, "project/made"));
    expect([owner, Number(uid)]).toEqual([process.getuid!(), process.getuid!()]);
    expect(finished.stdout.startsWith("\nPLAY [localhost]")).toBe(true);
    expect(finished.stderr).toBe("");
  });

  test("tells its events through an image that has no runner, and leaves neither callback nor environment in a file [CON-19] [ART-12]", async () => {
    expect(events.map((event) => event.event)).toEqual(expect.arrayContaining(["playbook_on_start", "runner_on_ok", "playbook_on_stats"]));
    const names = await readdir(join(artifacts, ident));
    for (const name of ["env.list", "callback"]) expect(names).not.toContain(name);
  });

  test("keeps everything there: output, events, facts [CON-20]", async () => {
    const names = await readdir(join(artifacts, ident));
    expect(names).toEqual(expect.arrayContaining(["stdout", "rc", "status", "job_events", "fact_cache"]));
    expect(JSON.parse(await readFile(join(artifacts, ident, "fact_cache/localhost"), "utf8"))).toMatchObject({ remembered: 42 });
    expect(await readFile(join(artifacts, ident, "stdout"), "utf8")).toBe(finished.stdout);
    // No place for a mount is left in the private data directory.
    expect(await readdir(dataDir)).not.toContain("artifacts");
  });

  test("lets the image's entrypoint leave the versions of the tool and of its collections among the artifacts [ART-14]", async () => {
    expect(await readFile(join(artifacts, ident, "ansible_version.txt"), "utf8")).toMatch(/^ansible .*\d+\.\d+/);
    expect(JSON.parse(await readFile(join(artifacts, ident, "collections.json"), "utf8"))).toEqual({ "/usr/share/collections": {} });
  });
});

describe.each(engines)("short jobs on %s", (engine) => {
  let dataDir: string;
  let runner: Runner;
  beforeAll(async () => {
    dataDir = await makeDataDir({});
    await mkdir(join(dataDir, "project"));
    runner = createStandardRunner();
  });
  afterAll(async () => {
    await runner.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const request = (name: string, more: Partial<JobRequest>): JobRequest => ({ privateDataDir: dataDir, ...isolation(engine), ident: `${name}-${engine}`, command: ["sh", "-c", "echo started; sleep 600"], ...more });
  const started = async (job: JobHandle): Promise<void> => {
    for await (const event of job.events()) if (event.stdout === "started") return;
  };

  test("their containers are gone, with all that ran in them, on cancel, timeout and error [CON-21]", async () => {
    const settings = { cancel_grace: 1 };
    const canceled = await runner.start(request("canceled", { settings }));
    const late = await runner.start(request("late", { settings, timeout: 1 }));
    const broken = await runner.start(request("broken", { settings }), {
      onEvent: () => {
        throw new Error("broken on purpose");
      },
    });
    await started(canceled);
    expect(await containersOf(engine, canceled.ident)).toHaveLength(1);
    const results = await Promise.all([canceled.cancel(), late.result, broken.result]);
    expect(results.map(({ status }) => status)).toEqual(["canceled", "timeout", "error"]);
    for (const { ident } of results) expect(await containersOf(engine, ident), ident).toEqual([]);
  });

  test("an image is required, an engine has to answer before anything is written, and a pull is left to it [CON-22]", async () => {
    const { containerImage: _image, ...withoutImage } = request("nothing", {});
    await expect(runner.start(withoutImage)).rejects.toMatchObject({ code: "REQUEST_INVALID", message: expect.stringContaining("container_image is required") });
    await expect(runner.start(request("nothing", { settings: { engines: { [engine]: { socket: "/does/not/exist.sock" } } } }))).rejects.toMatchObject({ code: expect.stringMatching(/^ENGINE_/), message: expect.stringContaining("/does/not/exist.sock") });
    await expect(access(join(dataDir, "artifacts", `nothing-${engine}`))).rejects.toThrow();
    // Nobody listens there: the engine tried, and what it says is told.
    const pulling = await runner.start(request("pulling", { containerImage: "127.0.0.1:1/nothing:1", settings: { container_pull_timeout: 2 } }));
    expect(await pulling.result).toMatchObject({ status: "error", rc: 125, error: { code: "REGISTRY_UNREACHABLE", message: expect.stringContaining("127.0.0.1:1/nothing") } });
    const notices: string[] = [];
    for await (const entry of pulling.entries()) if (entry.type === "notice") notices.push(entry.message);
    expect(notices.join("\n")).toContain("127.0.0.1:1");
  });

  test("their tool has a terminal and an input when asked, and the working directory that was asked for [CON-03]", async () => {
    const { ident: _ident, command: _command, ...where } = request("", {});
    const elsewhere = await mkdtemp(join(tmpdir(), "distronode-cwd-"));
    try {
      const look = ["sh", "-c", "pwd; test -t 1 && echo terminal; cat; touch here 2> /dev/null"];
      expect(await runCommand(runner, look, where)).toMatchObject({ rc: 0, stdout: "/runner/project\n" });
      const asked = await runCommand(runner, look, { ...where, terminal: true, hostCwd: elsewhere });
      expect(asked.stdout.replaceAll("\r", "")).toBe(`${elsewhere}\nterminal\n`);
      expect(await readdir(elsewhere)).toEqual(["here"]);
      const fed = await runner.start(request("fed", { command: look, containerWorkdir: "/opt/made" }), { stdin: "said\n" });
      await fed.result;
      expect(await fed.stdout()).toBe("/opt/made\nsaid\n");
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });
});
