import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createSplitter, eventsSource } from "../src/index.ts";
import type { SplitItem } from "../src/index.ts";
import { ShimProcess, python, shellJob } from "./shim-process.ts";

type Json = Record<string, unknown>;
interface Said {
  readonly event: string;
  readonly envelope: Json;
  readonly data: Json;
  readonly text: string;
}

const token = "5ca1ab1e".repeat(4);
const dir = mkdtempSync(join(tmpdir(), "shim-events-"));
const env: Record<string, string> = { PATH: process.env.PATH ?? "", HOME: dir, LC_ALL: "C.UTF-8", ANSIBLE_NOCOLOR: "1", ANSIBLE_LOCALHOST_WARNING: "0" };
const inventory = `[all]\none\ntwo\n[all:vars]\nansible_connection=local\nansible_python_interpreter=${python}\n`;

function playbook(name: string, text: string): string {
  writeFileSync(join(dir, name), text);
  return name;
}

/** What the bare tool prints. */
function bare(argv: string[]): string {
  const [command = "", ...args] = argv;
  return spawnSync(command, args, { cwd: dir, env, stdio: ["ignore", "pipe", "ignore"] }).stdout.toString();
}

/** The same through shim and plugin: the whole text, and the events with theirs. */
async function observed(argv: string[], more: Record<string, string> = {}): Promise<{ text: string; said: Said[]; raw: string; code: number | null }> {
  const shim = new ShimProcess(
    shellJob("", {
      argv,
      cwd: dir,
      inheritEnvironment: false,
      env: { ...env, ANSIBLE_CALLBACK_PLUGINS: "@JOB_DIR@/callback", ANSIBLE_LOAD_CALLBACK_PLUGINS: "1", ...more },
      mergeStderr: false,
      files: { "callback/distronode_runner.py": { text: eventsSource } },
      events: { token },
    }),
  );
  await shim.frame("end");
  await shim.exit;
  const splitter = createSplitter(token);
  const items: SplitItem[] = [];
  for (const frame of shim.frames) {
    if (frame.type === "stdout") items.push(...splitter.pushText(frame.bytes));
    if (frame.type === "event") items.push(...splitter.pushEvent(frame.id, frame.json));
  }
  items.push(...splitter.end());
  const said = items.flatMap((item): Said[] => {
    if (item.kind === "text") return [];
    const envelope = JSON.parse(item.json.toString()) as Json;
    return [{ event: String(envelope.event), envelope, data: envelope.event_data as Json, text: item.text.toString() }];
  });
  expect(said.filter((one) => "plugin_error" in one.data)).toEqual([]);
  const texts = (kinds: SplitItem["kind"][]): string => Buffer.concat(items.filter((i) => kinds.includes(i.kind)).map((i) => i.text)).toString();
  return { text: texts(["text", "event"]), raw: texts(["text"]), said, code: (await shim.frame("exited")).data.code };
}

const play = (name: string, ...more: string[]): string[] => ["ansible-playbook", "-i", "hosts", name, ...more];
const kinds = (said: Said[]): string[] => said.map((one) => one.event);
const inOrder = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
const only = (said: Said[], event: string): Said[] => said.filter((one) => one.event === event);

beforeAll(() => {
  if (spawnSync("ansible-playbook", ["--version"]).status !== 0) throw new Error("these tests need ansible-core on PATH");
  writeFileSync(join(dir, "hosts"), inventory);
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

const mixed = `
- name: first
  hosts: all
  gather_facts: false
  handlers:
    - name: handled
      debug: {msg: handled}
  tasks:
    - debug: {msg: "hello\\nworld ü"}
      changed_when: true
      notify: handled
    - debug: {msg: "{{ item }}"}
      with_items: [a, b]
    - fail: {msg: no}
      when: inventory_hostname == 'one'
      ignore_errors: true
    - block:
        - fail: {msg: no}
      rescue:
        - debug: {msg: rescued}
      always:
        - debug: {var: inventory_hostname}
    - debug: {msg: s3cr3t}
      no_log: true
    - set_stats: {data: {answer: 42}, aggregate: false}
    - include_tasks: included.yml
- hosts: all
  gather_facts: false
  strategy: free
  tasks:
    - debug: {msg: free}
- hosts: all
  gather_facts: false
  serial: 1
  tasks:
    - debug: {msg: serial}
`;

describe("a playbook seen through shim and plugin", () => {
  test("prints what it prints without them, byte for byte, and nothing lies outside of events", async () => {
    playbook("included.yml", "- debug: {msg: included}\n");
    const name = playbook("mixed.yml", mixed.replace("strategy: free", "strategy: linear"));
    // One host at a time, so that two runs print in the same order.
    const argv = play(name, "--forks", "1");
    const { text, raw, code } = await observed(argv);
    expect(code).toBe(0);
    expect(text).toBe(bare(argv));
    expect(raw).toBe("");
  });

  test("tells its course in the events of the peer", async () => {
    const name = playbook("hello.yml", "- hosts: one\n  gather_facts: false\n  tasks: [debug: {msg: hello}]\n");
    const { said } = await observed(play(name));
    expect(kinds(said)).toEqual(["playbook_on_start", "playbook_on_play_start", "playbook_on_task_start", "runner_on_start", "runner_on_ok", "playbook_on_stats"]);
    const [start, playStart, taskStart, , ok, stats] = said as [Said, Said, Said, Said, Said, Said];
    const context = ["playbook", "playbook_uuid", "play", "play_uuid", "play_pattern", "task", "task_uuid", "task_action", "resolved_action", "task_args", "task_path"];
    expect(Object.keys(ok.envelope)).toEqual(["uuid", "event", "pid", "created", "parent_uuid", "event_data"]);
    expect(Object.keys(ok.data)).toEqual([...context, "host", "remote_addr", "res", "start", "end", "duration", "event_loop", "uuid"]);
    expect(ok.data).toMatchObject({ playbook: name, play: "one", task: "debug", host: "one", remote_addr: "one", res: { msg: "hello" }, event_loop: null });
    expect(Object.keys(taskStart.data)).toEqual([...context, "name", "is_conditional", "uuid"]);
    expect(stats.data).toMatchObject({ ok: { one: 1 }, failures: {}, artifact_data: {} });
    expect([start, playStart, taskStart, ok, stats].map((one) => one.envelope.parent_uuid)).toEqual([
      undefined,
      start.envelope.uuid,
      playStart.envelope.uuid,
      taskStart.envelope.uuid,
      start.envelope.uuid,
    ]);
    expect(String(ok.envelope.created)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
    expect(ok.text).toBe('ok: [one] => {\n    "msg": "hello"\n}\n');
  });

  test("tells loops, failures, handlers, includes, censored results and statistics", async () => {
    playbook("included.yml", "- debug: {msg: included}\n");
    const { said } = await observed(play(playbook("mixed.yml", mixed)), { JOB_ID: "17" });
    expect(only(said, "runner_item_on_ok").map((one) => String((one.data.res as Json).item)).toSorted(inOrder)).toEqual(["a", "a", "b", "b"]);
    expect(only(said, "runner_on_failed").filter((one) => one.data.ignore_errors === true)).toHaveLength(1);
    expect(only(said, "runner_on_ok").find((one) => one.data.event_loop === "items")?.data.task_action).toBe("debug");
    expect(only(said, "playbook_on_notify").map((one) => `${String(one.data.host)} ${String(one.data.handler)}`).toSorted(inOrder)).toEqual(["one handled", "two handled"]);
    expect(only(said, "playbook_on_include").map((one) => String(one.data.included_file))).toEqual([join(dir, "included.yml")]);
    expect(only(said, "playbook_on_task_start").filter((one) => one.data.is_conditional).map((one) => one.data.name)).toEqual(["handled"]);
    expect(JSON.stringify(said)).not.toContain("s3cr3t");
    expect(only(said, "playbook_on_stats")[0]?.data.artifact_data).toEqual({ answer: 42 });
    expect(new Set(said.map((one) => one.envelope.job_id))).toEqual(new Set([17]));
    const uuids = said.map((one) => String(one.envelope.uuid));
    expect(new Set(uuids).size).toBe(uuids.length);
    expect(uuids.some((uuid) => uuid.endsWith("_2"))).toBe(true);
  });

  test("tells a worker's texts once, with their kind and verbosity", async () => {
    const name = playbook("worker.yml", "- hosts: one\n  gather_facts: false\n  tasks: [command: echo hi]\n");
    const { said } = await observed(play(name, "-vvv"));
    const relayed = said.filter((one) => one.text.includes("EXEC /bin/sh"));
    expect(relayed.length).toBeGreaterThan(0);
    for (const one of relayed) expect([one.event, one.envelope.verbosity, one.data.remote_addr, one.data.task]).toEqual(["verbose", 3, "one", "command"]);
    expect(only(said, "verbose").filter((one) => one.text === "")).toEqual([]);
  });

  test("keeps environment facts out of events, whatever name the module is called by", async () => {
    const facts = playbook("facts.yml", `- hosts: one\n  gather_facts: false\n  tasks:\n${["setup", "ansible.builtin.setup"].map((m) => `    - ${m}: {gather_subset: ['!all', '!min', env]}\n`).join("")}`);
    const { said } = await observed(play(facts), { SECRET_FACT: "do-not-tell" });
    expect(only(said, "runner_on_ok")).toHaveLength(2);
    expect(JSON.stringify(said)).not.toContain("do-not-tell");
  });

  test("gives nothing it starts the channel or the token", async () => {
    const name = playbook("env.yml", "- hosts: one\n  gather_facts: false\n  tasks: [shell: env; ls -l /proc/self/fd]\n");
    const { said } = await observed(play(name));
    const res = only(said, "runner_on_ok")[0]?.data.res as Json;
    expect(String(res.stdout)).toContain("PATH=");
    expect(String(res.stdout)).not.toContain(token);
    expect(String(res.stdout)).not.toContain("DISTRONODE_RUNNER_EVENTS");
  });

  test("leaves out what it is asked to leave out", async () => {
    const name = playbook("omit.yml", "- hosts: one\n  gather_facts: false\n  tasks:\n    - debug: {msg: hello}\n    - command: 'false'\n      loop: [1]\n");
    const all = await observed(play(name), { RUNNER_OMIT_EVENTS: "True" });
    expect(all.said.every((one) => Object.keys(one.data).length === 0 && one.envelope.uuid !== undefined)).toBe(true);
    const failed = await observed(play(name), { RUNNER_ONLY_FAILED_EVENTS: "true" });
    expect(failed.said.filter((one) => Object.keys(one.data).length > 0).map((one) => one.event)).toEqual(["runner_item_on_failed", "runner_on_failed"]);
    const small = await observed(play(name), { MAX_EVENT_RES: "10" });
    expect(only(small.said, "runner_on_ok")[0]?.data.res).toEqual({});
  });
});

describe("an ad hoc command seen through shim and plugin", () => {
  test("prints what it prints without them and tells four events", async () => {
    const argv = ["ansible", "-i", "hosts", "one", "-m", "debug", "-a", "msg=hello"];
    const { text, said } = await observed(argv, { AD_HOC_COMMAND_ID: "1" });
    expect(text).toBe(bare(argv));
    expect(kinds(said)).toEqual(["playbook_on_start", "runner_on_start", "runner_on_ok", "playbook_on_stats"]);
    expect(said[2]?.data).toMatchObject({ playbook: "__adhoc_playbook__", host: "one", task_path: "", res: { msg: "hello" } });
    expect(said[2]?.data).not.toHaveProperty("play");
    expect(said[0]?.envelope.ad_hoc_command_id).toBe(1);
  });
});

test("the plugin does nothing when there is no shim", () => {
  writeFileSync(join(dir, "distronode_runner.py"), eventsSource);
  const name = playbook("alone.yml", "- hosts: one\n  gather_facts: false\n  tasks: [debug: {msg: alone}]\n");
  const [command = "", ...args] = play(name);
  const { stdout } = spawnSync(command, args, { cwd: dir, env: { ...env, ANSIBLE_CALLBACK_PLUGINS: dir }, stdio: ["ignore", "pipe", "ignore"] });
  expect(stdout.toString()).toBe(bare(play(name)));
});
