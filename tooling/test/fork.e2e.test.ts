import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JobEvent, JobPlan } from "@distronode-runner/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli, type Finished } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { makeFork, type Fork } from "../scenarios/fork.ts";
import { classicEvents } from "../scenarios/peer.ts";

let fork: Fork;
let dataDir: string;
let finished: Finished;
let events: readonly JobEvent[];
let environment: Readonly<Record<string, string>>;

const artifact = (name: string): Promise<string> => readFile(join(dataDir, "artifacts/fork", name), "utf8");
const results = (task: string): Record<string, unknown>[] => events.filter((event) => event.event === "runner_on_ok" && event.event_data?.["task"] === task).map((event) => event.event_data!["res"] as Record<string, unknown>);

beforeAll(async () => {
  fork = await makeFork();
  dataDir = await makeDataDir({
    "inventory/hosts": "localhost distronode_connection=local distronode_python_interpreter=/usr/bin/python3\n",
    "env/settings": "suppress_distronode_output: true\n",
    "env/cmdline": "--vault-password-file ../vault-password\n",
    "vault-password": "open sesame\n",
    "env/envvars": "DISTRONODE_CALLBACK_PLUGINS: /mine\nDISTRONODE_STDOUT_CALLBACK: awx_display\nANSIBLE_TIMEOUT: 77\nJOB_ID: 17\nHIDDEN: from-the-environment\n",
  });
  await mkdir(join(dataDir, "project"));
  await writeFile(
    join(dataDir, "project/site.yml"),
    `- hosts: localhost
  gather_facts: false
  tasks:
    - name: Environment
      command: env
      changed_when: false
    - name: Facts
      distronode.builtin.setup: {gather_subset: ["!all", "!min", env, distribution]}
    - name: Secret
      command: echo not-to-be-told
      no_log: true
    - name: Secrets
      command: echo not-to-be-told {{ item }}
      loop: [1, 2]
      no_log: true
    - name: Vault
      set_fact:
        locked: !vault |
${await fork.encrypt("behind-the-vault", "open sesame", "          ")}
    - name: Later
      command: "true"
      async: 10
      poll: 1
`,
  );
  finished = await runCli(["run", dataDir, "-p", "site.yml", "-i", "fork"], { PATH: `${fork.directory}:${process.env["PATH"]}` });
  events = await classicEvents(join(dataDir, "artifacts/fork"));
  environment = Object.fromEntries(String(results("Environment")[0]?.["stdout"]).split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
});
afterAll(() => Promise.all([dataDir, fork.directory].map((directory) => rm(directory, { recursive: true, force: true }))));

describe("a tool that is a fork under the name of distronode", () => {
  test("is found, and tells its events as the original does [FRK-01]", async () => {
    expect(finished.exitCode, finished.stderr + (await artifact("stdout"))).toBe(0);
    expect((JSON.parse(await artifact("command")) as { command: string[] }).command[0]).toBe("distronode-playbook");
    expect(events.map((event) => event.event)).toEqual(expect.arrayContaining(["playbook_on_start", "playbook_on_play_start", "playbook_on_task_start", "runner_on_start", "runner_on_ok", "runner_item_on_ok", "playbook_on_stats"]));
    expect(events.filter((event) => event.event_data?.["plugin_error"] !== undefined)).toEqual([]);
  });

  test("gets its variables by both prefixes, also those that the user wrote with one [FRK-02]", async () => {
    const { DISTRONODE_CALLBACK_PLUGINS: callbacks } = environment;
    expect(callbacks).toMatch(/^\/mine:\/.*\/callback$/);
    const both = { CALLBACK_PLUGINS: callbacks, TIMEOUT: "77", RETRY_FILES_ENABLED: "False", HOST_KEY_CHECKING: "False", CACHE_PLUGIN: "jsonfile", CACHE_PLUGIN_CONNECTION: join(dataDir, "artifacts/fork/fact_cache") };
    for (const [name, value] of Object.entries(both)) for (const prefix of ["DISTRONODE", "ANSIBLE"]) expect(environment[`${prefix}_${name}`], `${prefix}_${name}`).toBe(value);
    expect(await readdir(join(dataDir, "artifacts/fork/fact_cache"))).toEqual(["localhost"]);
  });

  test("has its own keys in results, which are censored, stripped and found like the original's [FRK-03]", async () => {
    const [facts] = results("Facts");
    expect(facts).toHaveProperty("distronode_facts.distronode_distribution");
    expect(facts).not.toHaveProperty("distronode_facts.distronode_env");
    expect(JSON.parse(await artifact("fact_cache/localhost"))).not.toHaveProperty("distronode_env");
    for (const event of events.filter(({ event_data: data }) => /^Secrets?$/.test(String(data?.["task"])) && data?.["res"] !== undefined)) {
      const { censored, results: items } = event.event_data!["res"] as { censored?: string; results?: { censored?: string }[] };
      expect(censored ?? items?.every((item) => item.censored !== undefined)).toBeTruthy();
    }
    expect(results("Vault")).toMatchObject([{ distronode_facts: { locked: { __distronode_vault: expect.stringContaining("$DISTRONODE_VAULT;1.1") } } }]);
    expect(events.filter((event) => event.event.startsWith("runner_on_async")).map((event) => event.event_data?.["jid"])).toEqual(expect.arrayContaining([expect.stringMatching(/^j?\d+\.\d+$/)]));
    const journal = await artifact("events.ndjson");
    for (const text of ["not-to-be-told", "behind-the-vault"]) expect(journal).not.toContain(text);
  });

  test("is silenced by its own setting, and the artifact is complete [FRK-04]", async () => {
    expect([finished.stdout, finished.stderr]).toEqual(["", ""]);
    expect(await artifact("stdout")).toContain("PLAY RECAP");
  });

  test("keeps the names that have no tool in them: AWX_*, RUNNER_*, JOB_ID, awx_display, and the paths below /runner [FRK-06]", async () => {
    expect(environment).toMatchObject({ AWX_ISOLATED_DATA_DIR: join(dataDir, "artifacts/fork"), RUNNER_OMIT_EVENTS: "False", RUNNER_ONLY_FAILED_EVENTS: "False", JOB_ID: "17" });
    expect(new Set(events.filter((event) => event.pid !== undefined).map((event) => event.job_id))).toEqual(new Set([17]));
    // Who names the stdout callback of the original runner means its events, which are there, around the default one's text.
    expect(environment["DISTRONODE_STDOUT_CALLBACK"]).toBe("default");
    const { stdout } = await runCli(["explain", dataDir, "-p", "site.yml", "-i", "fork", "--process-isolation", "--container-image", "x", "--json"]);
    const plan = JSON.parse(stdout) as JobPlan;
    expect(plan).toMatchObject({ cwd: "/runner/project", environment: { AWX_ISOLATED_DATA_DIR: { value: "/runner/artifacts/fork" } }, execution: { mounts: expect.arrayContaining([expect.objectContaining({ target: "/runner" }), expect.objectContaining({ source: join(dataDir, "project"), target: "/runner/project" })]) as unknown } });
    expect(plan.command).toContain("/runner/inventory");
  });
});
