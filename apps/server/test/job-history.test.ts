import { RunnerError, type JobSummary } from "@distronode-runner/contract";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createServer } from "../src/create-server.ts";
import { ScriptedJob, ScriptedRunner } from "./scripted-runner.ts";

const headers = { authorization: "Bearer secret" };
let runner: ScriptedRunner;
let app: FastifyInstance | undefined;
let ended: JobSummary[];
/** Their journals, by artifact directory. */
let journals: Map<string, ScriptedJob>;

beforeEach(() => {
  [ended, journals] = [[], new Map()];
  runner = new ScriptedRunner();
  runner.jobs = async (options) => (options?.ended === true ? ended : []);
  runner.attach = async (name) => journals.get(name) ?? Promise.reject(new RunnerError("JOB_NOT_FOUND", "There is none."));
});
afterEach(async () => {
  await app?.close();
  app = undefined;
});

function past(ident: string, more: Partial<JobSummary> = {}, directory = "/data/demo"): ScriptedJob {
  const artifactDir = `${directory}/artifacts/${ident}`;
  const job = new ScriptedJob({ ident, privateDataDir: directory });
  ended.unshift({ ident, artifactDir, status: "successful", runner: "ended", rc: 0, events: 1, runs: "site.yml", engine: "process", ended: Date.UTC(2026, 0, 1, 1), ...more });
  journals.set(artifactDir, job);
  return job;
}

async function serve(limits = {}): Promise<FastifyInstance> {
  app = await createServer({ runner, dataDirs: new Map([["demo", "/data/demo"]]), token: "secret", reconcileMilliseconds: 20, limits });
  await app.ready();
  return app;
}

const get = async (url: string) => app!.inject({ url: `/api/v1${url}`, headers });
const idents = async (): Promise<string[]> => ((await get("/jobs")).json() as { jobs: { ident: string }[] }).jobs.map(({ ident }) => ident);
const listed = (expected: string[]): Promise<void> => vi.waitFor(async () => expect(await idents()).toEqual(expected), { timeout: 20_000, interval: 20 });

test("jobs that ended before the server began are listed, the newest last, and shown", async () => {
  past("old");
  past("new", { status: "failed", rc: 2, image: "registry.example/ee", engine: "podman" });
  await serve();
  await listed(["old", "new"]);
  expect((await get("/jobs/old")).json()).toMatchObject({ ident: "old", dataDir: "demo", playbook: "site.yml", status: "successful", rc: 0, events: 1, created: "2026-01-01T00:00:00.000Z", finished: "2026-01-01T01:00:00.000Z", plan: { execution: "host" } });
  expect((await get("/jobs/new")).json()).toMatchObject({ status: "failed", rc: 2, plan: { execution: "container", engine: "podman", image: "registry.example/ee" } });
});

test("what they said is read from their artifacts", async () => {
  const job = past("old");
  job.say("hello\n");
  job.finish("successful", 0);
  await serve();
  await listed(["old"]);
  expect((await get("/jobs/old/stdout")).body).toBe("hello\n");
  expect((await get("/jobs/old/events?from=2")).body).toContain("event: end");
});

test("they take no answer, and canceling them does nothing", async () => {
  past("old");
  await serve();
  await listed(["old"]);
  expect((await app!.inject({ method: "POST", url: "/api/v1/jobs/old/answer", headers, payload: { line: "x" } })).statusCode).toBe(400);
  const canceled = await app!.inject({ method: "POST", url: "/api/v1/jobs/old/cancel", headers });
  expect([canceled.statusCode, (canceled.json() as { status: string }).status]).toEqual([202, "successful"]);
});

test("clients learn nothing of those in other directories, whatever their record says", async () => {
  past("foreign", { privateDataDir: "/data/demo" }, "/home/ada");
  past("mine");
  await serve();
  await listed(["mine"]);
  expect((await get("/jobs/foreign")).statusCode).toBe(404);
});

test("no more are listed than the limit says, the newest", async () => {
  for (const ident of ["one", "two", "three"]) past(ident);
  await serve({ history: 2 });
  await listed(["two", "three"]);
  expect((await get("/jobs/one")).statusCode).toBe(404);
});

test("a job of this server stands in place of an older one of its ident, and behind the others", async () => {
  past("same");
  past("old");
  runner.reconcile = async () => {
    await app!.jobs.start("demo", { privateDataDir: "/data/demo", playbook: "site.yml", ident: "same" });
    runner.reconcile = async () => [];
    return [];
  };
  await serve();
  await listed(["old", "same"]);
  expect((await get("/jobs/same")).json()).toMatchObject({ status: "running" });
});

test("a job that was lost while nobody looked is listed when that has been found out", async () => {
  await serve();
  await listed([]);
  runner.reconcile = async () => {
    past("lost", { status: "error", rc: 125, error: { code: "JOB_LOST", message: "Its runner was killed." } });
    runner.reconcile = async () => [];
    return [{ ident: "lost", artifactDir: "/data/demo/artifacts/lost", action: "lost" }];
  };
  await listed(["lost"]);
  expect((await get("/jobs/lost")).json()).toMatchObject({ status: "error", error: { code: "JOB_LOST" } });
});

test("one whose journal cannot be read is listed all the same", async () => {
  past("damaged");
  journals.clear();
  await serve();
  await listed(["damaged"]);
  expect((await get("/jobs/damaged")).json()).toMatchObject({ status: "successful", plan: { command: [] } });
});

test("one whose artifacts are gone is listed, and a reader is told", async () => {
  past("removed");
  await serve();
  await listed(["removed"]);
  journals.clear();
  for (const url of ["/jobs/removed/stdout", "/jobs/removed/events"]) {
    const response = await get(url);
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ error: { code: "JOB_NOT_FOUND", message: "The artifacts of the job removed are gone." } });
  }
});
