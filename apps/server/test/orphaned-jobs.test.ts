import type { JobPlan, Reconciliation } from "@distronode-runner/contract";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createServer } from "../src/create-server.ts";
import { ScriptedJob, ScriptedRunner } from "./scripted-runner.ts";

const headers = { authorization: "Bearer secret" };
let runner: ScriptedRunner;
let app: FastifyInstance;
let log: string[];
/** What each look finds, in order; afterwards nothing. */
let looks: (readonly Reconciliation[] | Error)[];
let asked: unknown[];

beforeEach(async () => {
  [log, looks, asked] = [[], [], []];
  runner = new ScriptedRunner();
  runner.reconcile = async (options) => {
    asked.push(options);
    const found = looks.shift() ?? [];
    if (found instanceof Error) throw found;
    return found;
  };
  app = await createServer({
    runner,
    dataDirs: new Map([["demo", "/data/demo"]]),
    token: "secret",
    reconcileMilliseconds: 5,
    logger: { level: "warn", stream: { write: (line: string) => void log.push(line) } },
  });
});
afterEach(() => app.close());

function orphan(ident: string, more: Partial<JobPlan> = {}, privateDataDir = "/data/demo"): ScriptedJob {
  return new ScriptedJob({ ident, privateDataDir }, more);
}

function found(job: ScriptedJob, action: "adopted" | "canceled" = "adopted"): Reconciliation {
  return { ident: job.ident, artifactDir: job.artifactDir, action, job };
}

const soon = <T>(look: () => T | Promise<T>): Promise<T> => vi.waitFor(look, { timeout: 20_000, interval: 20 });
const list = async (): Promise<unknown[]> => ((await app.inject({ url: "/api/v1/jobs", headers })).json() as { jobs: unknown[] }).jobs;
const looked = (times: number): Promise<void> => soon(() => expect(asked.length).toBeGreaterThanOrEqual(times));

test("jobs whose runner was killed are listed and streamed like others", async () => {
  const [one, two] = [orphan("one"), orphan("two")];
  looks.push([found(one), found(two, "canceled")]);
  await app.ready();
  await soon(async () => expect(await list()).toHaveLength(2));
  expect(asked[0]).toEqual({ continuing: "adopt" });
  expect(await list()).toMatchObject([{ ident: "one", dataDir: "demo", playbook: null, status: "running", created: "2026-01-01T00:00:00.000Z" }, { ident: "two" }]);
  one.say("still here\n");
  one.finish("successful", 0);
  expect((await app.inject({ url: "/api/v1/jobs/one/stdout", headers })).body).toBe("still here\n");
  await soon(async () => expect((await app.inject({ url: "/api/v1/jobs/one", headers })).json()).toMatchObject({ status: "successful", rc: 0 }));
  await app.inject({ method: "POST", url: "/api/v1/jobs/two/cancel", headers });
  expect(two.cancels).toEqual([false]);
});

test("the server looks again and again, until it is closed", async () => {
  const late = orphan("late");
  looks.push([], [], [found(late)]);
  await app.ready();
  await soon(async () => expect(await list()).toMatchObject([{ ident: "late" }]));
  await looked(5);
  await app.close();
  const times = asked.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked.length).toBe(times);
});

test("a trouble is told once, until it is another one or has passed", async () => {
  looks.push(new Error("no engine"), new Error("no engine"), new Error("no disk"), [], new Error("no disk"));
  await app.ready();
  await looked(6);
  expect(log.map((line) => (JSON.parse(line) as { err: { message: string } }).err.message)).toEqual(["no engine", "no disk", "no disk"]);
  expect((await app.inject({ url: "/health" })).statusCode).toBe(200);
});

test("a job that is lost is told to whoever reads the log", async () => {
  looks.push([{ ident: "gone", artifactDir: "/data/demo/artifacts/gone", action: "lost" }]);
  await app.ready();
  await looked(2);
  expect(log.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ ident: "gone", action: "lost" }]);
  expect(await list()).toEqual([]);
});

test("clients learn nothing of jobs in directories that they may not use", async () => {
  looks.push([found(orphan("foreign", {}, "/home/ada"))]);
  await app.ready();
  await looked(2);
  expect(await list()).toEqual([]);
  expect((await app.inject({ url: "/api/v1/jobs/foreign", headers })).statusCode).toBe(404);
});

test("a job does not take the ident of another one that is running", async () => {
  await app.jobs.start("demo", { privateDataDir: "/data/demo", playbook: "site.yml", ident: "same" });
  const other = orphan("same");
  looks.push([found(other)]);
  await app.ready();
  await looked(2);
  expect(app.jobs.get("same").handle).toBe(runner.started[0]);
  expect(log.join("")).toContain("another one has its ident");
  other.finish("successful", 0);
});

test("closing leaves a job that is to go on without a runner to it, and cancels the others", async () => {
  const [continuing, ending] = [orphan("continuing", { ownerGone: "continue" }), orphan("ending")];
  looks.push([found(continuing), found(ending)]);
  await app.ready();
  await soon(() => expect(app.jobs.list()).toHaveLength(2));
  await app.close();
  expect([continuing.cancels, ending.cancels]).toEqual([[], [false]]);
});
