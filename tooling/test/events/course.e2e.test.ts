import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { JobEvent, JournalEntry } from "@distronode-runner/contract";
import { dataOf, observe, resOf, type Observed } from "../../scenarios/observe.ts";
import { course } from "./course.ts";

let seen: Observed;
let adHoc: Observed;
/** Counters of event files that a reader could see while the job went on, and names it had to reject. */
const early = new Set<number>();
const odd: string[] = [];

async function during(entry: JournalEntry, artifactDir: string): Promise<void> {
  if (entry.type === "event" && entry.event.event === "runner_on_async_poll") await writeFile(join(artifactDir, "../../project/release"), "");
  const directory = join(artifactDir, "job_events");
  for (const name of await readdir(directory).catch(() => [])) {
    if (name.endsWith(".tmp")) continue; // being written; no reader of the layout takes it for an event
    const counter = Number(/^(\d+)-[\w-]+\.json$/.exec(name)?.[1] ?? Number.NaN);
    if (early.has(counter)) continue;
    const event = JSON.parse(await readFile(join(directory, name), "utf8")) as JobEvent;
    if (event.counter !== counter || event.event === undefined || !name.includes(event.uuid)) odd.push(name);
    early.add(counter);
  }
}

beforeAll(async () => {
  const envvars = { AD_HOC_COMMAND_ID: "19", JOB_ID: "seventeen" };
  [seen, adHoc] = await Promise.all([observe(course, { forks: 1 }, { during }), observe({}, { module: "debug", hosts: "localhost", envvars })]);
}, 300_000);

const all = (kind: string, filter: Readonly<Record<string, unknown>> = {}): JobEvent[] =>
  seen.events.filter((event) => event.event === kind && Object.entries(filter).every(([key, value]) => dataOf(event)[key] === value));

function one(kind: string, filter: Readonly<Record<string, unknown>> = {}): JobEvent {
  const found = all(kind, filter);
  if (found.length !== 1) throw new Error(`${found.length} events of kind ${kind} with ${JSON.stringify(filter)}`);
  return found[0]!;
}

const context = ["playbook", "playbook_uuid", "play", "play_uuid", "play_pattern", "task", "task_uuid", "task_action", "resolved_action", "task_args", "task_path"];
const keys = (event: JobEvent): string[] => Object.keys(dataOf(event)).sort();
const withContext = (...own: string[]): string[] => [...context, "uuid", ...own].sort();

test("the course is run to its end, and every event has its data and its number", () => {
  expect({ status: seen.status, rc: seen.rc }).toEqual({ status: "failed", rc: 2 });
  expect(seen.events.filter((event) => "plugin_error" in dataOf(event))).toEqual([]);
  expect(seen.events.map((event) => event.counter)).toEqual(seen.events.map((_, index) => index + 1));
});

test("job_events holds complete events only, also during the job, and no partial file afterwards [ART-10]", () => {
  expect(early.size).toBeGreaterThan(10);
  expect(odd).toEqual([]);
  expect(seen.files.toSorted()).toEqual(seen.events.map((event) => `${event.counter}-${event.uuid}.json`).toSorted());
});

test("the parent of an event is its task, of a task its play, of a play its playbook [EVT-04]", () => {
  const start = one("playbook_on_start");
  const play = one("playbook_on_play_start", { name: "The first play" });
  const task = one("playbook_on_task_start", { task: "Slow" });
  expect(start.parent_uuid).toBeUndefined();
  expect(play.parent_uuid).toBe(start.uuid);
  expect(task.parent_uuid).toBe(play.uuid);
  for (const kind of ["runner_on_start", "runner_on_ok"]) for (const event of all(kind, { task: "Slow" })) expect(event.parent_uuid).toBe(task.uuid);
  for (const event of all("runner_item_on_ok")) expect(event.parent_uuid).toBe(one("playbook_on_task_start", { task: "Items" }).uuid);
  // Said during a task, so it is its child.
  for (const event of all("playbook_on_notify")) expect(event.parent_uuid).toBe(task.uuid);
  expect(one("playbook_on_stats").parent_uuid).toBe(start.uuid);
  // Each parent was told before its children, and the second batch of a play has a uuid of its own.
  const uuids = new Set<string>();
  for (const event of seen.events) {
    // Polling is a task of the tool's own that never starts.
    if (event.parent_uuid !== undefined && event.event !== "runner_on_async_poll") expect(uuids).toContain(event.parent_uuid);
    uuids.add(event.uuid);
  }
});

test("created is UTC with microseconds and offset, for raw lines too, and never runs backwards within the tool [EVT-05]", () => {
  expect(seen.events[0]).toMatchObject({ event: "verbose", stdout: "[WARNING]: Found both group and host with same name: away" });
  expect(seen.events[0]).not.toHaveProperty("pid");
  for (const { created } of seen.events) expect(created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
  const told = seen.events.filter((event) => event.pid !== undefined).map((event) => event.created);
  expect(told).toEqual(told.toSorted());
  expect(Math.abs(Date.parse(told[0]!) - Date.now())).toBeLessThan(300_000);
});

test("numbers of the environment stand in the envelope of every event of the tool, and only those that are set [EVT-06]", () => {
  const told = seen.events.filter((event) => event.pid !== undefined);
  expect(new Set(told.map((event) => event["job_id"]))).toEqual(new Set([17]));
  expect(new Set(told.map((event) => event["project_update_id"]))).toEqual(new Set([18]));
  expect(new Set(told.map((event) => event["ad_hoc_command_id"]))).toEqual(new Set([undefined]));
  expect(new Set(adHoc.events.map((event) => event["ad_hoc_command_id"]))).toEqual(new Set([19]));
  // What is not a number is left out; the peer's callback fails.
  for (const event of adHoc.events) expect(event).not.toHaveProperty("job_id");
});

test("an event says playbook, play, task and role [EVT-07]", () => {
  const start = one("playbook_on_start");
  expect(dataOf(start)).toEqual({ playbook: "site.yml", playbook_uuid: start.uuid, uuid: start.uuid });
  const play = one("playbook_on_play_start", { name: "The first play" });
  const inRole = one("runner_on_ok", { task: "In the plain role", host: "a" });
  expect(dataOf(inRole)).toMatchObject({
    playbook: "site.yml",
    playbook_uuid: start.uuid,
    play: "The first play",
    play_uuid: play.uuid,
    play_pattern: "a,!b",
    task: "In the plain role",
    task_uuid: inRole.parent_uuid,
    task_action: "ansible.builtin.debug",
    task_args: "",
    task_path: `${seen.dataDir}/project/roles/plain/tasks/main.yml:1`,
    role: "plain",
    uuid: inRole.uuid,
  });
  expect(dataOf(one("runner_on_ok", { task: "Said nobody", host: "a" }))).not.toHaveProperty("role");
  // A play without a name is called by its pattern.
  expect(all("playbook_on_play_start", { pattern: "away,b" }).map((event) => dataOf(event)["play"])).toEqual(["away,b"]);
  for (const key of ["play", "play_uuid", "play_pattern", "task", "task_uuid"]) expect(dataOf(one("playbook_on_stats"))).not.toHaveProperty(key);
  expect(dataOf(one("playbook_on_no_hosts_matched"))).toMatchObject({ play: "For nobody" });
  expect(dataOf(one("playbook_on_no_hosts_matched"))).not.toHaveProperty("task");
});

test("actions are resolved to full names, roles of collections to both names [EVT-08]", () => {
  const inCollection = dataOf(one("runner_on_ok", { task: "In the collection's role", host: "a" }));
  expect(inCollection).toMatchObject({ task_action: "debug", resolved_action: "ansible.builtin.debug", role: "hello", resolved_role: "groovy.peanuts.hello" });
  const plain = dataOf(one("runner_on_ok", { task: "In the plain role", host: "a" }));
  expect(plain).toMatchObject({ resolved_action: "ansible.builtin.debug", role: "plain" });
  expect(plain).not.toHaveProperty("resolved_role");
});

test("a play or task that starts again gets a uuid with a number; handlers keep theirs [EVT-09]", () => {
  const [first, second] = all("playbook_on_play_start", { pattern: "both" });
  expect(second!.uuid).toBe(`${first!.uuid}_2`);
  expect(dataOf(second)["play_uuid"]).toBe(second!.uuid);
  const tasks = all("playbook_on_task_start", { task: "One by one" });
  expect(tasks.map((event) => event.uuid)).toEqual([tasks[0]!.uuid, `${tasks[0]!.uuid}_2`]);
  expect(tasks.map((event) => dataOf(event)["task_uuid"])).toEqual([tasks[0]!.uuid, tasks[0]!.uuid]);
  expect(tasks.map((event) => dataOf(event)["uuid"])).toEqual(tasks.map((event) => event.uuid));
  const free = all("playbook_on_task_start", { task: "Freely" });
  expect(free.map((event) => event.uuid)).toEqual([free[0]!.uuid, `${free[0]!.uuid}_2`]);
  for (const event of all("runner_on_ok", { task: "One by one" })) expect(event.parent_uuid).toBe(tasks[0]!.uuid);
  for (const event of all("playbook_on_task_start", { is_conditional: true })) expect(event.uuid).toBe(dataOf(event)["task_uuid"]);
  expect(new Set(seen.events.map((event) => event.uuid)).size).toBe(seen.events.length);
});

test("start, plays, tasks, includes, notifications, prompts and missing hosts are told with their fields [EVT-10]", () => {
  expect(one("playbook_on_start").stdout).toBe("");
  const play = one("playbook_on_play_start", { name: "The first play" });
  expect(keys(play)).toEqual(["name", "pattern", "play", "play_pattern", "play_uuid", "playbook", "playbook_uuid", "uuid"]);
  expect(dataOf(play)["pattern"]).toBe("a,!b");
  expect(play.stdout).toMatch(/^\nPLAY \[The first play\] \*+$/);
  const task = one("playbook_on_task_start", { task: "Said nobody" });
  expect(keys(task)).toEqual(withContext("name", "is_conditional"));
  expect(dataOf(task)).toMatchObject({ name: "Said nobody", is_conditional: false });
  expect(task.stdout).toMatch(/^\nTASK \[Said nobody\] \*+$/);
  expect(all("playbook_on_task_start", { is_conditional: true }).map((event) => dataOf(event)["name"])).toEqual(["handled", "listening"]);
  expect(dataOf(one("playbook_on_task_start", { task: "In the plain role" }))["name"]).toBe("plain : In the plain role");
  expect(dataOf(one("playbook_on_include"))).toMatchObject({ included_file: `${seen.dataDir}/project/included.yml` });
  expect(one("playbook_on_include").stdout).toContain("included: ");
  expect(all("playbook_on_notify").map((event) => [dataOf(event)["host"], dataOf(event)["handler"]])).toEqual([["a", "handled"], ["a", "listening"]]);
  const prompt = one("playbook_on_vars_prompt");
  expect(dataOf(prompt)).toEqual({
    playbook: "site.yml",
    playbook_uuid: one("playbook_on_start").uuid,
    uuid: prompt.uuid,
    varname: "who",
    private: false,
    prompt: "Who is it",
    encrypt: null,
    confirm: false,
    salt_size: null,
    salt: null,
    default: "nobody",
    unsafe: null,
  });
  expect(one("playbook_on_no_hosts_matched").stdout).toBe("skipping: no hosts matched");
  expect(one("playbook_on_no_hosts_remaining").stdout).toMatch(/NO MORE HOSTS LEFT/);
});

test("statistics count for each host and carry what set_stats collected for the run [EVT-11]", () => {
  const stats = one("playbook_on_stats");
  expect(keys(stats)).toEqual(["artifact_data", "changed", "dark", "failures", "ignored", "ok", "playbook", "playbook_uuid", "processed", "rescued", "skipped", "uuid"]);
  expect(dataOf(stats)).toMatchObject({
    changed: { a: 4 },
    dark: { away: 1 },
    failures: { a: 1, b: 1 },
    ignored: { a: 3 },
    processed: { a: 1, b: 1, away: 1 },
    rescued: { a: 1 },
    skipped: { a: 1 },
    artifact_data: { answer: 42, list: [1, "two"] },
  });
  expect(stats.stdout).toMatch(/^\nPLAY RECAP \*+\na +: ok=\d+/);
});

test("results of hosts have their fields, and their times go from the start on that host to its end [EVT-12]", () => {
  const timing = ["start", "end", "duration"];
  expect(keys(one("runner_on_start", { task: "Slow", host: "a" }))).toEqual(withContext("host"));
  expect(one("runner_on_start", { task: "Slow", host: "a" }).stdout).toBe("");
  const ok = one("runner_on_ok", { task: "Slow", host: "a" });
  expect(keys(ok)).toEqual(withContext("host", "remote_addr", "res", "event_loop", ...timing));
  expect(dataOf(ok)).toMatchObject({ host: "a", remote_addr: "a", event_loop: null, res: { changed: true, rc: 0, stdout: "slow" } });
  expect(ok.stdout).toBe("changed: [a]");
  const failed = one("runner_on_failed", { task: "Ignored", host: "a" });
  expect(keys(failed)).toEqual(withContext("host", "remote_addr", "res", "event_loop", "ignore_errors", ...timing));
  expect(dataOf(failed)).toMatchObject({ ignore_errors: true, res: { msg: "not so" } });
  expect(dataOf(one("runner_on_failed", { task: "Fatal", host: "a" }))["ignore_errors"]).toBeFalsy();
  expect(keys(one("runner_on_skipped", { task: "Skipped", host: "a" }))).toEqual(withContext("host", "remote_addr", "event_loop", ...timing));
  const lost = one("runner_on_unreachable");
  expect(keys(lost)).toEqual(withContext("host", "remote_addr", "res", ...timing));
  expect(dataOf(lost)).toMatchObject({ host: "away", remote_addr: "away", res: { unreachable: true } });
  expect(dataOf(one("runner_on_failed", { task: "Items", host: "a" }))["event_loop"]).toBe("items");
  for (const kind of ["runner_on_ok", "runner_on_failed", "runner_on_skipped", "runner_on_unreachable"]) {
    for (const { start, end, duration } of all(kind).map((event) => dataOf(event) as { start: string; end: string; duration: number })) {
      for (const time of [start, end]) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/);
      expect(duration).toBeCloseTo((Date.parse(`${end}Z`) - Date.parse(`${start}Z`)) / 1000, 2);
    }
  }
  expect(Number(dataOf(ok)["duration"])).toBeGreaterThan(0.29);
  // From the start on this host, not of the task.
  expect(Date.parse(`${String(dataOf(ok)["start"])}Z`)).toBeCloseTo(Date.parse(one("runner_on_start", { task: "Slow", host: "a" }).created), -2);
});

test("items, retries, differences of files and polls of long tasks are told with their results [EVT-13]", () => {
  const items = (kind: string): unknown[] => all(kind, { task: "Items", host: "a" }).map((event) => resOf(event)["item"]);
  expect([items("runner_item_on_ok"), items("runner_item_on_failed"), items("runner_item_on_skipped")]).toEqual([["good"], ["bad"], ["skip"]]);
  for (const kind of ["runner_item_on_ok", "runner_item_on_failed", "runner_item_on_skipped"]) {
    const [item] = all(kind, { host: "a" });
    expect(keys(item!)).toEqual(withContext("host", "res"));
    expect(resOf(item)).toMatchObject({ ansible_loop_var: "item", _ansible_item_label: resOf(item)["item"] });
  }
  const retry = one("runner_retry", { host: "a" });
  expect(keys(retry)).toEqual(withContext("host", "res"));
  expect(resOf(retry)).toMatchObject({ attempts: 1, retries: 4 });
  expect(retry.stdout).toMatch(/^FAILED - RETRYING: \[a\]: Tried again \(3 retries left\)\./);
  const diff = one("runner_on_file_diff", { host: "a" });
  expect(keys(diff)).toEqual(withContext("host", "diff"));
  expect(dataOf(diff)["diff"]).toEqual([expect.objectContaining({ after: "new\n" })]);
  expect(diff.stdout).toContain("+new");
  for (const kind of ["runner_on_async_poll", "runner_on_async_ok", "runner_on_async_failed"]) {
    const [event] = all(kind);
    expect(keys(event!)).toEqual(withContext("host", "res", "jid"));
    expect(dataOf(event)).toMatchObject({ host: "a", jid: expect.stringMatching(/^j?\d+\.\d+$/) as string });
  }
  expect(dataOf(one("runner_on_async_ok"))["task"]).toBe("Long");
  expect(dataOf(one("runner_on_async_failed"))["task"]).toBe("Long and failing");
});
