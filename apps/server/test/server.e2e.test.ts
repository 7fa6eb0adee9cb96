import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry, Runner } from "@distronode-runner/contract";
import { createStandardRunner, nodeHost } from "@distronode-runner/standard";
import { Validator } from "@seriousme/openapi-schema-validator";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createServer, listen, type JobView } from "../src/index.ts";

const play = (task: string): string => `- hosts: all\n  gather_facts: false\n  tasks:\n    - ${task}\n`;
const files = {
  "inventory/hosts": "here ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n",
  "project/site.yml": play('debug: {msg: "hello"}'),
  "project/ask.yml": "- hosts: all\n  gather_facts: false\n  vars_prompt: [{name: word, prompt: Your word, private: true}]\n  tasks:\n    - debug: {msg: 'it has {{ word | length }} letters'}\n",
  "project/vars.yml": `- hosts: all\n  gather_facts: false\n  tasks:\n    - debug: {msg: "<{{ word }}|{{ data.list[1].deep }}|{{ data.number + 1 }}>"}\n      tags: [told]\n    - debug: {msg: "left out"}\n      tags: [quiet]\n    - fail: {msg: "not asked for"}\n`,
  "project/wait.yml": play("pause: {seconds: 60}"),
};

let dataDir: string;
/** Its own: a server looks after every job that it finds there. */
let runtimeDir: string;
let runner: Runner;
let app: FastifyInstance;
let url: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "distronode-server-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(dataDir, name, ".."), { recursive: true });
    await writeFile(join(dataDir, name), text);
  }
  runtimeDir = await mkdtemp(join(tmpdir(), "distronode-runtime-"));
  runner = createStandardRunner({ host: { ...nodeHost(), runtimeDir } });
  app = await createServer({ runner, dataDirs: new Map([["demo", dataDir]]), token: "secret" });
  url = `${await listen(app, { port: 0 })}/api/v1`;
});
afterEach(async () => {
  await app.close();
  await runner.close();
  for (const directory of [dataDir, runtimeDir]) await rm(directory, { recursive: true, force: true });
});

function get(path: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(url + path, { headers: { authorization: "Bearer secret", ...headers }, signal: signal ?? null });
}

function post(path: string, body: object): Promise<Response> {
  return fetch(url + path, { method: "POST", headers: { authorization: "Bearer secret", "content-type": "application/json" }, body: JSON.stringify(body) });
}

async function create(playbook: string, more: object = {}): Promise<JobView> {
  const response = await post("/jobs", { dataDir: "demo", playbook, ...more });
  expect(response.status).toBe(201);
  const job = (await response.json()) as JobView;
  expect(response.headers.get("location")).toBe(`/api/v1/jobs/${job.ident}`);
  return job;
}

const show = async (ident: string): Promise<JobView> => (await get(`/jobs/${ident}`)).json() as Promise<JobView>;

function parseEvents(text: string): { id: number; event: string; entry: JournalEntry }[] {
  return text
    .split("\n\n")
    .filter((block) => block.startsWith("id: "))
    .map((block) => {
      const [id, event, data] = block.split("\n").map((line) => line.slice(line.indexOf(": ") + 2));
      return { id: Number(id), event: event ?? "", entry: JSON.parse(data ?? "") as JournalEntry };
    });
}

test("a job is created, followed, and its text is the artifact's", async () => {
  const { ident } = await create("site.yml");
  const [stdout, events] = await Promise.all([get(`/jobs/${ident}/stdout`).then((r) => r.text()), get(`/jobs/${ident}/events`).then((r) => r.text())]);
  expect(stdout).toBe(await readFile(join(dataDir, "artifacts", ident, "stdout"), "utf8"));
  expect(stdout).toContain("hello");
  const entries = parseEvents(events);
  expect(entries.map((entry) => entry.id)).toEqual(entries.map((_, index) => index + 1));
  expect(entries.at(-1)?.entry).toMatchObject({ type: "end", entries: entries.length });
  expect(await show(ident)).toMatchObject({ status: "successful", rc: 0, plan: { execution: "host" } });
});

test("a stream that broke resumes from the last entry seen, without a gap or a repetition", async () => {
  const { ident } = await create("site.yml");
  const leave = new AbortController();
  const first = await get(`/jobs/${ident}/events`, {}, leave.signal);
  let seen = "";
  for await (const chunk of first.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    seen += chunk;
    if (parseEvents(`${seen.slice(0, seen.lastIndexOf("\n\n"))}\n\n`).length >= 2) break;
  }
  leave.abort();
  const before = parseEvents(seen.slice(0, seen.lastIndexOf("\n\n")));
  const last = before.at(-1)?.id ?? 0;
  const rest = parseEvents(await (await get(`/jobs/${ident}/events`, { "last-event-id": String(last) })).text());
  const ids = [...before, ...rest].map((entry) => entry.id);
  expect(ids).toEqual(ids.map((_, index) => index + 1));
  expect(rest.at(-1)?.event).toBe("end");

  const lines = await (await get(`/jobs/${ident}/events?from=3`, { accept: "application/x-ndjson" })).text();
  expect(lines.trimEnd().split("\n").map((line) => (JSON.parse(line) as JournalEntry).seq)).toEqual(ids.slice(2));
});

test("variables as data reach the play as they are, and tags select its tasks", async () => {
  const { ident } = await create("vars.yml", { extravars: { word: "C:\\x7b\\x7b, second\nline", data: { list: [0, { deep: "it's \"so\"" }], number: 41 } }, tags: "told,quiet", skipTags: "quiet", forks: 2, timeout: 120, json: true });
  const lines = (await (await get(`/jobs/${ident}/events`, { accept: "application/x-ndjson" })).text()).trimEnd().split("\n").map((line) => JSON.parse(line) as JournalEntry);
  const said = lines.flatMap((entry) => (entry.type === "event" && entry.event.event === "runner_on_ok" ? [(entry.event.event_data as { res: { msg: string } }).res.msg] : []));
  expect(said).toEqual(["<C:\\x7b\\x7b, second\nline|it's \"so\"|42>"]);
  await vi.waitFor(async () => expect(await show(ident)).toMatchObject({ status: "successful", rc: 0 }), { timeout: 20_000, interval: 100 });
});

test("a job is canceled", async () => {
  const { ident } = await create("wait.yml");
  const stdout = get(`/jobs/${ident}/stdout`).then((response) => response.text());
  await vi.waitFor(async () => expect(await (await get(`/jobs/${ident}/stdout?follow=false`)).text()).toContain("TASK [pause]"), { timeout: 20_000, interval: 100 });
  expect((await post(`/jobs/${ident}/cancel`, {})).status).toBe(202);
  await stdout;
  await vi.waitFor(async () => expect(await show(ident)).toMatchObject({ status: "canceled", rc: 254 }), 30_000);
});

test("what the runner refuses, and what is not there", async () => {
  const missing = await post("/jobs", { dataDir: "demo", playbook: "none.yml" });
  expect(missing.status).toBe(400);
  const ident = (await create("site.yml")).ident;
  await get(`/jobs/${ident}/stdout`).then((response) => response.text());
  expect((await get("/jobs/none")).status).toBe(404);
  expect((await get("/nothing")).status).toBe(404);
  expect((await fetch(`${url}/jobs`)).status).toBe(401);
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

test("the description is valid OpenAPI", async () => {
  const description = (await (await get("/openapi.json")).json()) as Record<string, unknown>;
  expect(await new Validator().validate(description)).toMatchObject({ valid: true });
});

test("what a job asks is shown and answered, and the answer is in none of its artifacts", async () => {
  const { ident } = await create("ask.yml", { terminal: true });
  await vi.waitFor(async () => expect(await show(ident)).toMatchObject({ status: "running", question: "Your word:" }), { timeout: 60_000, interval: 200 });
  expect((await post(`/jobs/${ident}/answer`, { line: "swordfish" })).status).toBe(204);
  expect(await (await get(`/jobs/${ident}/stdout`)).text()).toContain("it has 9 letters");
  await vi.waitFor(async () => expect((await show(ident)).status).toBe("successful"), { timeout: 20_000, interval: 100 });
  expect(await show(ident)).not.toHaveProperty("question");
  expect((await post(`/jobs/${ident}/answer`, { line: "swordfish" })).status).toBe(400);
  for (const name of ["stdout", "events.ndjson", "command", "record.json"]) expect(await readFile(join(dataDir, "artifacts", ident, name), "utf8"), name).not.toContain("swordfish");
});

test("closing the server ends its jobs and streams", async () => {
  const { ident } = await create("wait.yml");
  const events = get(`/jobs/${ident}/events`).then((response) => response.text());
  await vi.waitFor(async () => expect((await show(ident)).status).toBe("running"), { timeout: 20_000, interval: 100 });
  await app.close();
  expect(parseEvents(await events).at(-1)?.entry.type).toBe("end");
  expect(await readFile(join(dataDir, "artifacts", ident, "status"), "utf8")).toBe("canceled");
});
