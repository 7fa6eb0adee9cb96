import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jobRequestSchema, settingsSchema, type JobEvent, type JobHandlers, type JobRequest } from "@distronode-runner/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStandardRunner, eventText, isEvent, run, type FinishedJob, type JobEventOf, type Runner } from "../src/index.ts";

// The whole of a job's request and of what can be asked of the job, with real playbooks: four jobs at once, and many looks at them.

const files: Readonly<Record<string, string>> = {
  "inventory/group_vars/all.yml": "ansible_connection: local\nansible_python_interpreter: /usr/bin/python3\n",
  "project/site.yml": `
- hosts: all
  gather_facts: false
  tasks:
    - {name: tagged, debug: {msg: "{{ color }} {{ lookup('env', 'SHADE') }} {{ ansible_forks }}"}, tags: [a]}
    - {name: looped, debug: {msg: "{{ item }}"}, loop: [1, 2], tags: [a]}
    - {name: broken, command: /bin/false, ignore_errors: true, tags: [a]}
    - {set_fact: {shape: round, cacheable: true}, tags: [a]}
    - {set_stats: {data: {answer: 42}}, run_once: true, tags: [a]}
    - {name: skipped, fail: {}, tags: [a, b]}
`,
  "more/greeter/tasks/main.yml": '- debug: {msg: "{{ who }}"}\n',
};

let root: string;
let runner: Runner;
let play: FinishedJob;
let role: FinishedJob;
let module: FinishedJob;
const calls: string[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "distronode-api-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, name, ".."), { recursive: true });
    await writeFile(join(root, name), text);
  }
  const handlers: JobHandlers = { onStatus: ({ status }) => void calls.push(status), onEvent: ({ counter }) => void calls.push(String(counter)), onFinished: ({ status }) => void calls.push(`finished ${status}`) };
  const wanted: JobRequest = {
    privateDataDir: root, playbook: "site.yml", ident: "play", inventory: { all: { hosts: { one: {}, two: {}, three: {} } } }, limit: "one,two", tags: "a", skipTags: "b", forks: 3, verbosity: 1,
    extravars: { color: "red" }, envvars: { SHADE: "dark" }, cmdline: "--diff", timeout: 100, rotateArtifacts: 5, artifactDir: join(root, "elsewhere"),
  };
  runner = createStandardRunner();
  const start = async (request: JobRequest): Promise<FinishedJob> => {
    const job = await runner.start(request);
    await job.result;
    return job as FinishedJob;
  };
  [play, role, module] = await Promise.all([
    run(wanted, handlers),
    start({ privateDataDir: root, role: "greeter", roleVars: { who: "you & me" }, roleSkipFacts: true, rolesPath: join(root, "more"), hosts: "one", inventory: "[web]\none\ntwo\n", omitEventData: true }),
    start({ privateDataDir: root, module: "command", moduleArgs: "echo here", hosts: "two", inventory: ["one,", "two,"], extravars: { ansible_connection: "local", ansible_python_interpreter: "/usr/bin/python3" }, json: true, onlyFailedEventData: true }),
  ]);
});
afterAll(async () => {
  await runner.close();
  await rm(root, { recursive: true, force: true });
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
const messages = (events: readonly JobEvent[]): unknown[] => events.flatMap((event) => (isEvent(event, "runner_on_ok") && event.event_data.task_action === "debug" ? [event.event_data.res.msg] : []));

test("run resolves with the ended job, which knows its status, exit code, plan and artifacts [API-01]", async () => {
  expect([play.status, play.rc, play.ident]).toEqual(["successful", 0, "play"]);
  expect(await play.result).toMatchObject({ ident: "play", status: "successful", rc: 0, artifactDir: join(root, "elsewhere/play"), events: (await all(play.events())).length });
  expect(await readFile(join(root, "elsewhere/play/rc"), "utf8")).toBe("0");
});

test("what a request says about a playbook reaches the tool [API-01]", async () => {
  expect(play.plan.command).toEqual(["ansible-playbook", "--diff", "-i", "@JOB_DIR@/inventory/hosts.json", "--limit", "one,two", "-e", "@@JOB_DIR@/extravars.json", "-v", "--tags", "a", "--skip-tags", "b", "--forks", "3", "site.yml"]);
  expect([play.plan.clocks.job, play.plan.output.rotate]).toEqual([100, 5]);
  const events = await all(play.events());
  expect(messages(events).filter((message) => message !== "All items completed")).toEqual(["red dark 3", "red dark 3"]);
  expect(events.some((event) => event.event_data?.["task"] === "skipped" || event.event_data?.["host"] === "three")).toBe(false);
});

test("a role has its variables, hosts and path, and can do without facts; a module has its arguments and hosts [API-01]", async () => {
  expect([role.status, module.status]).toEqual(["successful", "successful"]);
  expect(await role.stdout()).toContain('"msg": "you & me"');
  expect(await role.stats()).toBeUndefined();
  expect((await all(role.events())).map((event) => event.event).filter((kind) => kind === "runner_on_ok")).toHaveLength(1);
  const said = (await readFile(join(root, "artifacts", module.ident, "stdout"), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as JobEvent);
  expect(said).toEqual(await all(module.events()));
  expect(await module.stdout()).toMatch(/^two \| CHANGED \| rc=0 >>\nhere$/m);
});

test("handlers hear of everything, once and in order [API-09]", async () => {
  const events = await all(play.events());
  expect(calls).toEqual(["starting", "running", ...events.map(({ counter }) => String(counter)), "successful", "finished successful"]);
});

test("events come in the order of their counter, as often as they are asked for, those of one host alone too [API-07]", async () => {
  const [once, again] = await Promise.all([all(play.events()), all(play.events())]);
  expect(once).toEqual(again);
  expect(once.map(({ counter }) => counter)).toEqual(once.map((_, index) => index + 1));
  const hosts = await all(play.hostEvents("one"));
  expect(hosts).toEqual(once.filter((event) => event.event_data?.["host"] === "one"));
  expect(hosts.length).toBeGreaterThan(5);
  expect(await all(play.hostEvents("nobody"))).toEqual([]);
});

test("stdout, stderr and the counts of the recap are there after the job [API-07]", async () => {
  expect(await play.stdout()).toBe(await readFile(join(root, "elsewhere/play/stdout"), "utf8"));
  expect(await play.stdout()).toBe((await all(play.events())).map(eventText).join(""));
  expect(Buffer.concat(await all(module.output())).toString()).toBe((await all(module.events())).map(eventText).join(""));
  expect(await play.stdout()).toMatch(/PLAY RECAP/);
  expect(await play.stderr()).toBe("");
  expect(await play.stats()).toMatchObject({ ok: { one: 5, two: 4 }, failures: {}, ignored: { one: 1, two: 1 }, processed: { one: 1, two: 1 }, artifact_data: { answer: 42 } });
});

test("the facts that a job cached can be read and replaced, host by host [API-08]", async () => {
  expect(await play.facts.get("one")).toEqual({ shape: "round" });
  await play.facts.set("two", { shape: "square" });
  expect([await play.facts.get("two"), await play.facts.get("one")]).toEqual([{ shape: "square" }, { shape: "round" }]);
});

test("events have the fields that their types promise", async () => {
  const events = await all(play.events());
  const of = <K extends Parameters<typeof isEvent>[1]>(kind: K): JobEventOf<K>[] => events.filter((event): event is JobEventOf<K> => isEvent(event, kind));
  expect(of("playbook_on_start")[0]?.event_data).toMatchObject({ playbook: "site.yml", playbook_uuid: expect.any(String) as string });
  expect(of("playbook_on_play_start")[0]?.event_data).toMatchObject({ name: "all", pattern: "all", play: "all" });
  expect(of("playbook_on_task_start")[0]?.event_data).toMatchObject({ name: "tagged", is_conditional: false, task_action: "debug", task_path: `${join(root, "project/site.yml")}:5` });
  expect(of("runner_item_on_ok").map((event) => event.event_data.res["item"]).slice(0, 2)).toHaveLength(2);
  const failed = of("runner_on_failed")[0]!;
  expect(failed.event_data).toMatchObject({ host: expect.any(String) as string, remote_addr: expect.any(String) as string, ignore_errors: true, res: { rc: 1 }, event_loop: null });
  expect([typeof failed.event_data.duration, typeof failed.event_data.start]).toEqual(["number", "string"]);
  expect(of("runner_on_start").length).toBeGreaterThan(0);
  expect((await all(role.events())).some((event) => isEvent(event, "runner_on_ok"))).toBe(false);
});

test("every parameter of the peer stands in the README, beside something that exists here [API-01] [API-02] [API-04] [API-05] [API-06]", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const rows = readme.split("### Parameters")[1]!.split("### Exceptions")[0]!.split("\n").flatMap((line) => {
    const [, theirs, ours] = /^\| (.*) \| (.*) \|$/.exec(line) ?? [];
    return theirs === undefined || theirs.startsWith("`ansible_runner`") || theirs.startsWith("---") ? [] : [{ theirs: [...theirs.matchAll(/`(\w+)/g)].map(([, name]) => name!), ours: ours! }];
  });
  const documented = rows.flatMap(({ theirs }) => theirs);
  const missing = peerParameters.filter((name) => !documented.includes(name));
  expect(missing).toEqual([]);
  const camel = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  for (const { theirs, ours } of rows) {
    for (const name of theirs) {
      if (name in settingsSchema.properties && ours.includes("`settings`")) continue;
      if (camel(name) in jobRequestSchema.properties) expect(ours, name).toContain(`\`${camel(name)}\``);
    }
  }
});

/** Of `run`, `run_command` and the `get_` functions, in the order of their documentation. */
const peerParameters = [
  "private_data_dir", "host_cwd", "envvars", "passwords", "settings", "project_dir", "artifact_dir", "fact_cache_type", "fact_cache", "process_isolation", "process_isolation_executable", "check_job_event_data",
  "keepalive_seconds", "container_image", "container_volume_mounts", "container_options", "container_workdir", "container_auth_data", "ident", "rotate_artifacts", "timeout", "ssh_key", "quiet", "json_mode",
  "suppress_env_files", "playbook", "inventory", "role", "role_vars", "role_skip_facts", "hosts", "roles_path", "limit", "module", "module_args", "host_pattern", "verbosity", "binary", "extravars", "tags", "skip_tags",
  "forks", "cmdline", "omit_event_data", "only_failed_event_data", "directory_isolation_base_path", "process_isolation_path", "process_isolation_hide_paths", "process_isolation_show_paths",
  "process_isolation_ro_paths", "suppress_output_file", "suppress_ansible_output", "streamer", "_input", "_output", "only_transmit_kwargs", "event_handler", "status_handler", "artifacts_handler", "cancel_callback",
  "finished_callback", "debug", "logfile", "ignore_logging", "executable_cmd", "cmdline_args", "input_fd", "output_fd", "error_fd", "runner_mode", "plugin_names", "plugin_type", "response_format", "snippet",
  "playbook_dir", "module_path", "list_files", "collection", "action", "inventories", "vault_ids", "vault_password_file", "output_file", "export", "host", "config_file", "only_changed",
];
