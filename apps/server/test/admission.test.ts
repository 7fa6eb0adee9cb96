import { once } from "node:events";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { RunnerError } from "@distronode-runner/contract";
import { afterEach, expect, test, vi } from "vitest";
import { createServer } from "../src/create-server.ts";
import type { Limits } from "../src/load/limits.ts";
import { ScriptedRunner } from "./scripted-runner.ts";

const headers = { authorization: "Bearer secret" };
let runner: ScriptedRunner;
let app: FastifyInstance;
const sockets: Socket[] = [];

async function serve(limits: Partial<Limits>): Promise<void> {
  runner = new ScriptedRunner();
  app = await createServer({ runner, dataDirs: new Map([["demo", "/data/demo"]]), token: "secret", limits });
}
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await app.close();
});

const post = (ident?: string) => app.inject({ method: "POST", url: "/api/v1/jobs", headers, payload: { dataDir: "demo", playbook: "site.yml", ...(ident === undefined ? {} : { ident }) } });
const get = (path: string) => app.inject({ url: `/api/v1${path}`, headers });
const show = async (ident: string): Promise<unknown> => (await get(`/jobs/${ident}`)).json();
const idents = (): (string | undefined)[] => runner.requests.map(({ ident }) => ident);

/** A connection on which bytes are sent as they stand; nothing is read from it before `answer` is called. */
async function raw(text: string): Promise<{ socket: Socket; answer: () => Promise<string> }> {
  if (!app.server.listening) await app.listen({ host: "127.0.0.1", port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
  sockets.push(socket);
  await once(socket, "connect");
  socket.on("error", () => {}).pause().setEncoding("utf8");
  socket.write(text);
  const answer = async (): Promise<string> => {
    let told = "";
    socket.on("data", (chunk: string) => (told += chunk)).resume();
    await once(socket, "close");
    return told;
  };
  return { socket, answer };
}

test("as many jobs run as the limit says, and the others wait and begin in their order", async () => {
  await serve({ jobs: 2, queue: 10 });
  const answers = [await post("a"), await post("b"), await post("c"), await post("d")];
  expect(answers.map((answer) => [answer.statusCode, (answer.json() as { status: string }).status])).toEqual([[201, "running"], [201, "running"], [201, "unstarted"], [201, "unstarted"]]);
  expect(idents()).toEqual(["a", "b"]);
  runner.started[0]!.finish("successful", 0);
  await vi.waitFor(() => expect(idents()).toEqual(["a", "b", "c"]), 10_000);
  runner.started[1]!.finish("failed", 2);
  await vi.waitFor(() => expect(idents()).toEqual(["a", "b", "c", "d"]), 10_000);
  runner.started[3]!.finish("failed", 2);
  await vi.waitFor(async () => expect(await show("d")).toMatchObject({ status: "failed", rc: 2 }), 10_000);
});

test("a job for which there is no room in the queue is refused, and says when to ask again", async () => {
  await serve({ jobs: 1, queue: 1 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => post()));
  expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([201, 201, ...Array.from({ length: 18 }, () => 429)]);
  const refused = answers.find(({ statusCode }) => statusCode === 429)!;
  expect(refused.json()).toMatchObject({ error: { code: "TOO_MANY_REQUESTS" } });
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  expect(runner.requests).toHaveLength(1);
});

test("two hundred jobs at once are started a few at a time, and health is answered among them", async () => {
  await serve({ jobs: 50, queue: 200, starts: 2 });
  let [now, most] = [0, 0];
  const begin = runner.start.bind(runner);
  runner.start = async (request) => {
    most = Math.max(most, (now += 1));
    await new Promise((resolve) => setTimeout(resolve, 1));
    now -= 1;
    return begin(request);
  };
  const answers = Promise.all(Array.from({ length: 200 }, () => post()));
  expect((await app.inject({ url: "/health" })).json()).toEqual({ status: "ok" });
  expect(runner.requests.length).toBeLessThan(50);
  expect(new Set((await answers).map(({ statusCode }) => statusCode))).toEqual(new Set([201]));
  expect([runner.requests.length, most]).toEqual([50, 2]);
});

test("a request that can not be carried out is refused also when it would have to wait", async () => {
  await serve({ jobs: 1, queue: 5 });
  await post("a");
  runner.plan = () => Promise.reject(new RunnerError("REQUEST_INVALID", "There is no such playbook in /data/demo/project."));
  const refused = await post("b");
  expect([refused.statusCode, refused.body.includes("/data/demo")]).toEqual([400, false]);
  expect((await get("/jobs/b")).statusCode).toBe(404);
});

test("an ident is taken while its job waits", async () => {
  await serve({ jobs: 1, queue: 5 });
  await post("a");
  await post("b");
  expect((await post("b")).statusCode).toBe(409);
});

test("a job that waits is canceled without having run, and its stream ends", async () => {
  await serve({ jobs: 1, queue: 5 });
  await post("a");
  await post("b");
  const events = get("/jobs/b/events");
  await app.inject({ method: "POST", url: "/api/v1/jobs/b/cancel", headers });
  expect((await events).body).toMatch(/event: status\ndata: .*"status":"canceled"[^]*event: end\n/);
  expect(await show("b")).toMatchObject({ status: "canceled", rc: 254 });
  expect((await get("/jobs/b/stdout")).body).toBe("");
  expect((await app.inject({ url: "/api/v1/jobs/b/events", headers: { ...headers, "last-event-id": "2" } })).statusCode).toBe(204);
  await post("c");
  runner.started[0]!.finish("successful", 0);
  await vi.waitFor(() => expect(idents()).toEqual(["a", "c"]), 10_000);
});

test("who follows a job that waits sees it begin", async () => {
  await serve({ jobs: 1, queue: 5 });
  await post("a");
  await post("b");
  const [events, stdout] = [get("/jobs/b/events"), get("/jobs/b/stdout")];
  expect((await get("/jobs/b/stdout?follow=false")).body).toBe("");
  runner.started[0]!.finish("successful", 0);
  await vi.waitFor(() => expect(runner.started).toHaveLength(2), 10_000);
  runner.started[1]!.say("hello\n");
  runner.started[1]!.finish("successful", 0);
  expect((await events).body).toContain("event: end");
  expect((await stdout).body).toBe("hello\n");
});

test("a job whose start fails when its turn comes says why, and the next one begins", async () => {
  await serve({ jobs: 1, queue: 5 });
  for (const ident of ["a", "b", "c"]) await post(ident);
  runner.refuse = new RunnerError("IMAGE_NOT_FOUND", "The image of /data/demo is nowhere.");
  const begin = runner.start.bind(runner);
  runner.start = (request) => {
    const begun = begin(request);
    runner.refuse = undefined;
    return begun;
  };
  runner.started[0]!.finish("successful", 0);
  await vi.waitFor(async () => expect(await show("b")).toMatchObject({ status: "error", rc: 125, error: { code: "IMAGE_NOT_FOUND", message: "The image of demo is nowhere." } }), 10_000);
  await vi.waitFor(() => expect(idents()).toEqual(["a", "c"]), 10_000);
});

test("a job that waits takes no answer", async () => {
  await serve({ jobs: 1, queue: 5 });
  await post("a");
  await post("b");
  expect((await app.inject({ method: "POST", url: "/api/v1/jobs/b/answer", headers, payload: { line: "x" } })).statusCode).toBe(400);
});

test("closing ends the jobs that wait, and starts none of them", async () => {
  await serve({ jobs: 1, queue: 5 });
  for (const ident of ["a", "b", "c"]) await post(ident);
  await app.close();
  expect(idents()).toEqual(["a"]);
  expect(app.jobs.list().map(({ handle }) => handle.status)).toEqual(["canceled", "canceled", "canceled"]);
});

test("requests beyond the rate are refused until the minute is over, and health is not counted", async () => {
  await serve({ requests: 3 });
  for (let count = 0; count < 3; count += 1) expect((await get("/jobs")).statusCode).toBe(200);
  const refused = await get("/jobs");
  expect([refused.statusCode, (refused.json() as { error: { code: string } }).error.code]).toEqual([429, "TOO_MANY_REQUESTS"]);
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  expect((await get("/nothing")).statusCode).toBe(429);
  for (let count = 0; count < 10; count += 1) expect((await app.inject({ url: "/health" })).statusCode).toBe(200);
});

test("who has no token uses up nothing of those who have one", async () => {
  await serve({ requests: 2 });
  for (let count = 0; count < 10; count += 1) expect((await app.inject({ url: "/api/v1/jobs" })).statusCode).toBe(401);
  expect((await get("/jobs")).statusCode).toBe(200);
});

test("streams beyond the limit are refused, and one that ends makes room", async () => {
  await serve({ streams: 2 });
  await post("a");
  const open = [get("/jobs/a/events"), get("/jobs/a/stdout")];
  await vi.waitFor(() => expect(runner.started[0]!.readers).toBe(2), 10_000);
  const refused = await get("/jobs/a/events");
  expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([429, "5"]);
  runner.started[0]!.finish("successful", 0);
  await Promise.all(open);
  await vi.waitFor(async () => expect((await get("/jobs/a/events")).statusCode).toBe(200), 10_000);
});

test("a body that is too large is refused", async () => {
  await serve({});
  const large = await app.inject({ method: "POST", url: "/api/v1/jobs", headers, payload: { dataDir: "demo", playbook: "x".repeat(1024 * 1024) } });
  expect([large.statusCode, (large.json() as { error: { code: string } }).error.code]).toEqual([413, "BODY_TOO_LARGE"]);
});

test.each([
  ["body", "POST /api/v1/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"],
  ["head", "POST /api/v1/jobs HTTP/1.1\r\nHost: x\r\nAuth"],
])("a %s that does not arrive is not waited for", async (_name, text) => {
  await serve({ headSeconds: 0.2, requestSeconds: 0.4 });
  const { answer } = await raw(text);
  expect((await app.inject({ url: "/health" })).statusCode).toBe(200);
  const told = await answer();
  expect(told).toMatch(/^HTTP\/1\.1 408 [^]*Retry-After: \d+\r\n[^]*"REQUEST_TIMEOUT"/);
  expect(runner.requests).toEqual([]);
});

test("a connection on which nothing comes is ended", async () => {
  await serve({ headSeconds: 0.2, requestSeconds: 0.4 });
  const { answer } = await raw("");
  expect(await answer()).not.toContain("200");
});

test("what is no HTTP is told so", async () => {
  await serve({});
  expect(await (await raw("hello\r\n\r\n")).answer()).toMatch(/^HTTP\/1\.1 400 [^]*"REQUEST_INVALID"/);
});

test("a reader that takes nothing is disconnected, and resumes where it was", async () => {
  await serve({ stallSeconds: 0.3 });
  await post("a");
  const job = runner.started[0]!;
  for (let count = 0; count < 400; count += 1) job.say(`${"x".repeat(64 * 1024)}\n`);
  await raw("GET /api/v1/jobs/a/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\n\r\n");
  await vi.waitFor(() => expect(job.readers).toBe(1), 10_000);
  await vi.waitFor(() => expect(job.readers).toBe(0), 10_000);
  job.finish("successful", 0);
  const rest = await app.inject({ url: "/api/v1/jobs/a/events", headers: { ...headers, "last-event-id": "400" } });
  expect(rest.body.match(/^id: \d+$/gm)).toEqual(["id: 401", "id: 402", "id: 403"]);
});

test("a list of jobs is no longer than asked for, the newest last, and has the older ones on request", async () => {
  await serve({ jobs: 300 });
  for (let count = 0; count < 120; count += 1) await app.jobs.start("demo", { privateDataDir: "/data/demo", playbook: "site.yml", ident: `job-${count}` });
  const list = async (query = "") => {
    const { jobs, more } = (await get(`/jobs${query}`)).json() as { jobs: { ident: string }[]; more: boolean };
    return [jobs.length, jobs[0]?.ident, jobs.at(-1)?.ident, more];
  };
  expect(await list()).toEqual([100, "job-20", "job-119", true]);
  expect(await list("?before=job-20")).toEqual([20, "job-0", "job-19", false]);
  expect(await list("?limit=2&before=job-5")).toEqual([2, "job-3", "job-4", true]);
  expect((await get("/jobs?limit=1001")).statusCode).toBe(400);
  expect((await get("/jobs?limit=0")).statusCode).toBe(400);
  expect((await get("/jobs?before=none")).statusCode).toBe(404);
});

test("a long command is cut in a list, and whole in its own job", async () => {
  await serve({});
  const playbook = "x".repeat(4000);
  await app.jobs.start("demo", { privateDataDir: "/data/demo", playbook, ident: "long" });
  expect((await get("/jobs")).body.length).toBeLessThan(6000);
  expect(await show("long")).toMatchObject({ plan: { command: ["ansible-playbook", playbook] } });
});
