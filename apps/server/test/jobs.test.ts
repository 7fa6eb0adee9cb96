import { RunnerError } from "@distronode-runner/contract";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createServer } from "../src/create-server.ts";
import { ScriptedRunner } from "./scripted-runner.ts";

const headers = { authorization: "Bearer secret" };
let runner: ScriptedRunner;
let app: FastifyInstance;

beforeEach(async () => {
  runner = new ScriptedRunner();
  app = await createServer({ runner, dataDirs: new Map([["demo", "/data/demo"]]), token: "secret", now: () => Date.UTC(2026, 0, 1) });
});
afterEach(() => app.close());

function post(payload: object) {
  return app.inject({ method: "POST", url: "/api/v1/jobs", headers, payload });
}

function code(response: { json(): unknown }): string {
  return (response.json() as { error: { code: string } }).error.code;
}

test("a job is started, and found again", async () => {
  const created = await post({ dataDir: "demo", playbook: "site.yml", ident: "one", limit: "web", verbosity: 2, settings: { job_timeout: 5 } });
  expect(created.statusCode).toBe(201);
  expect(created.headers.location).toBe("/api/v1/jobs/one");
  expect(created.json()).toMatchObject({ ident: "one", dataDir: "demo", playbook: "site.yml", status: "running", rc: null, created: "2026-01-01T00:00:00.000Z", finished: null });
  expect(runner.requests[0]).toEqual({ privateDataDir: "/data/demo", playbook: "site.yml", ident: "one", limit: "web", verbosity: 2, settings: { job_timeout: 5, container_ssh_mounts: false, owner_gone: "continue" } });

  runner.started[0]?.finish("failed", 2);
  const shown = await app.inject({ url: "/api/v1/jobs/one", headers });
  expect(shown.json()).toMatchObject({ status: "failed", rc: 2, finished: "2026-01-01T00:00:00.000Z", plan: { command: ["ansible-playbook", "site.yml"], execution: "host" } });
  expect((await app.inject({ url: "/api/v1/jobs", headers })).json()).toMatchObject({ jobs: [{ ident: "one" }] });
});

test("an inventory is a comma list or lies below the directory's inventory", async () => {
  await post({ dataDir: "demo", playbook: "p.yml", inventory: ["hosts", "a,b"] });
  expect(runner.requests[0]?.inventory).toEqual(["/data/demo/inventory/hosts", "a,b"]);
});

test.each([
  ["a path outside", { playbook: "../x.yml" }],
  ["a path outside further down", { playbook: "roles/../../x.yml" }],
  ["an absolute playbook", { playbook: "/etc/x.yml" }],
  ["an option instead of a playbook", { playbook: "--help" }],
  ["an absolute inventory", { inventory: "/etc/hosts" }],
  ["an inventory as text", { inventory: "[web]\nhost" }],
  ["an inventory outside", { inventory: ["../../hosts"] }],
  ["a directory of its own choice", { privateDataDir: "/etc" }],
  ["an artifact directory", { artifactDir: "/tmp" }],
  ["a volume mount", { containerVolumeMounts: ["/:/host"] }],
  ["a volume mount by settings", { settings: { container_volume_mounts: ["/:/host"] } }],
  ["an engine option", { containerOptions: ["--privileged"] }],
  ["isolation taken away", { processIsolation: false }],
  ["isolation taken away by settings", { settings: { process_isolation: false } }],
  ["a number as text", { verbosity: "3" }],
  ["an unknown directory", { dataDir: "other" }],
])("%s is refused", async (_name, change) => {
  const response = await post({ dataDir: "demo", playbook: "site.yml", ...change });
  expect([response.statusCode, code(response)]).toEqual([400, "REQUEST_INVALID"]);
  expect(runner.requests).toEqual([]);
});

test("variables, tags, forks and a timeout reach the job", async () => {
  const own = { extravars: { a: { b: [1, "x"] } }, tags: "web", skipTags: "slow", forks: 3, timeout: 60 };
  expect((await post({ dataDir: "demo", playbook: "site.yml", ...own })).statusCode).toBe(201);
  expect(runner.requests[0]).toMatchObject(own);
});

test.each([
  ["variables of a file", { extravars: "@/etc/passwd" }],
  ["variables of the tool's own", { extravars: { ansible_connection: "local" } }],
  ["a template in a variable", { extravars: { a: ["{{ 1 }}"] } }],
  ["tags that are an option", { tags: "--private-key=/etc/hostname" }],
  ["tags to leave out that are an option", { skipTags: "-e@/etc/passwd" }],
  ["no forks", { forks: 0 }],
  ["forks as text", { forks: "3" }],
  ["too many forks", { forks: 501 }],
  ["no timeout", { timeout: 0 }],
  ["a module", { module: "command", playbook: undefined }],
])("%s: refused", async (_name, change) => {
  const response = await post({ dataDir: "demo", playbook: "site.yml", ...change });
  expect([response.statusCode, code(response), runner.requests]).toEqual([400, "REQUEST_INVALID", []]);
});

const said = (value: string) => [{ key: "owner_gone", value, from: "env/settings:1" }];
const byDefault = [{ key: "owner_gone", value: "cancel", from: "default" }];

test.each([
  ["nothing is said", byDefault, undefined, "continue"],
  ["the client has it end", byDefault, "cancel", "cancel"],
  ["the directory has it end", said("cancel"), undefined, undefined],
  ["the directory has it go on", said("continue"), undefined, undefined],
  ["the client has it end where the directory has it go on", said("continue"), "cancel", "cancel"],
])("a job goes on when the server is killed unless directory or client say otherwise: %s", async (_name, settings, asked, expected) => {
  runner.said = settings;
  await post({ dataDir: "demo", playbook: "site.yml", ...(asked === undefined ? {} : { settings: { owner_gone: asked } }) });
  expect(runner.requests[0]?.settings?.["owner_gone"]).toBe(expected);
});

test("a client does not have a job outlive the server where the directory has it end", async () => {
  runner.said = said("cancel");
  const response = await post({ dataDir: "demo", playbook: "site.yml", settings: { owner_gone: "continue" } });
  expect([response.statusCode, code(response), runner.requests]).toEqual([403, "FORBIDDEN", []]);
});

test("problems name the key", async () => {
  const response = await post({ dataDir: "demo", playbok: "x" });
  expect(response.json()).toMatchObject({ error: { code: "REQUEST_INVALID", problems: ["must have required property 'playbook'", "must NOT have additional properties (playbok)"] } });
});

test("a body that is no JSON is the client's fault", async () => {
  const response = await app.inject({ method: "POST", url: "/api/v1/jobs", headers: { ...headers, "content-type": "application/json" }, payload: "{" });
  expect([response.statusCode, code(response)]).toEqual([400, "REQUEST_INVALID"]);
});

test.each(["text/plain", "application/x-www-form-urlencoded"])("a body of the type %s is answered with what is taken", async (type) => {
  const response = await app.inject({ method: "POST", url: "/api/v1/jobs", headers: { ...headers, "content-type": type }, payload: "dataDir=demo" });
  expect([response.statusCode, code(response)]).toEqual([415, "MEDIA_TYPE"]);
  expect(response.json()).toMatchObject({ error: { hint: expect.stringContaining("application/json") } });
});

test("what the runner refuses is answered by its code", async () => {
  runner.refuse = new RunnerError("IMAGE_NOT_FOUND", "The image is nowhere.", { hint: "Build it." });
  const response = await post({ dataDir: "demo", playbook: "site.yml" });
  expect(response.statusCode).toBe(422);
  expect(response.json()).toEqual({ error: { code: "IMAGE_NOT_FOUND", message: "The image is nowhere.", hint: "Build it." } });
});

test("a defect is a 500 that tells no details", async () => {
  runner.start = () => Promise.reject(new Error("/home/ada/secret"));
  const response = await post({ dataDir: "demo", playbook: "site.yml" });
  expect([response.statusCode, code(response)]).toEqual([500, "INTERNAL"]);
  expect(response.body).not.toContain("ada");
});

test("an ident is taken while its job runs", async () => {
  const order = { dataDir: "demo", playbook: "site.yml", ident: "same" };
  const both = await Promise.all([post(order), post(order)]);
  expect(both.map((response) => response.statusCode).toSorted((a, b) => a - b)).toEqual([201, 409]);
  runner.started[0]?.finish("successful", 0);
  expect((await post(order)).statusCode).toBe(201);
});

test("a job is asked to stop, or killed", async () => {
  await post({ dataDir: "demo", playbook: "site.yml", ident: "one" });
  const asked = await app.inject({ method: "POST", url: "/api/v1/jobs/one/cancel", headers });
  expect([asked.statusCode, runner.started[0]?.cancels]).toEqual([202, [false]]);
  await app.inject({ method: "POST", url: "/api/v1/jobs/one/cancel", headers, payload: { force: true } });
  expect(runner.started[0]?.cancels).toEqual([false, true]);
});

test("a question is shown until it is answered, and the answer is nowhere", async () => {
  const log: string[] = [];
  const logging = await createServer({ runner, dataDirs: new Map([["demo", "/data/demo"]]), token: "secret", logger: { level: "trace", stream: { write: (line: string) => void log.push(line) } } });
  await logging.inject({ method: "POST", url: "/api/v1/jobs", headers, payload: { dataDir: "demo", playbook: "ask.yml", ident: "one", terminal: true } });
  const job = runner.started[0]!;
  const question = async (): Promise<unknown> => ((await logging.inject({ url: "/api/v1/jobs/one", headers })).json() as { question?: string }).question;
  expect(await question()).toBeUndefined();
  job.question = "Your word:";
  expect(await question()).toBe("Your word:");

  const answer = (payload: object | string) => logging.inject({ method: "POST", url: "/api/v1/jobs/one/answer", headers: { ...headers, "content-type": "application/json" }, payload });
  const refused = [await answer("swordfish"), await answer('{"line": "swordfish'), await answer({ line: ["swordfish"] }), await answer({ line: "swordfish\nswordfish" }), await answer({ line: "swordfish", more: "swordfish" })];
  expect(refused.map((response) => [response.statusCode, code(response)])).toEqual(refused.map(() => [400, "REQUEST_INVALID"]));
  expect(job.answers).toEqual([]);

  const taken = await answer({ line: "swordfish" });
  expect([taken.statusCode, taken.body, job.answers]).toEqual([204, "", ["swordfish"]]);
  expect(await question()).toBeUndefined();
  const late = await answer({ line: "swordfish" });
  expect([late.statusCode, code(late)]).toEqual([400, "REQUEST_INVALID"]);
  await logging.close();
  expect(log.length).toBeGreaterThan(0);
  expect([...log, ...refused.map(({ body }) => body), late.body].join("\n")).not.toContain("swordfish");
});

test("a job that has ended asks nothing any more", async () => {
  await post({ dataDir: "demo", playbook: "ask.yml", ident: "one" });
  runner.started[0]!.question = "Your word:";
  runner.started[0]!.finish("canceled", 254);
  expect((await app.inject({ url: "/api/v1/jobs/one", headers })).json()).not.toHaveProperty("question");
});

test("a job that nobody knows takes no answer", async () => {
  const response = await app.inject({ method: "POST", url: "/api/v1/jobs/none/answer", headers, payload: { line: "x" } });
  expect([response.statusCode, code(response)]).toEqual([404, "JOB_NOT_FOUND"]);
});

test.each(["/api/v1/jobs/none", "/api/v1/jobs/none/events", "/api/v1/jobs/none/stdout"])("%s is not there", async (url) => {
  const response = await app.inject({ url, headers });
  expect([response.statusCode, code(response)]).toEqual([404, "JOB_NOT_FOUND"]);
});

test("an address that can not be decoded is the client's fault", async () => {
  const response = await app.inject({ url: "/api/v1/jobs/%zz", headers });
  expect([response.statusCode, code(response)]).toEqual([400, "REQUEST_INVALID"]);
});

test("an ident may be long, and have characters that an address escapes", async () => {
  const ident = "a bé?".repeat(25);
  const created = await post({ dataDir: "demo", playbook: "site.yml", ident });
  const location = String(created.headers.location);
  expect((await app.inject({ url: location, headers })).json()).toMatchObject({ ident });
});

test("an unknown route is not found", async () => {
  const response = await app.inject({ url: "/api/v1/nothing?x=1", headers });
  expect([response.statusCode, code(response)]).toEqual([404, "NOT_FOUND"]);
});

test.each([
  ["no token", {}],
  ["a wrong token", { authorization: "Bearer wrong" }],
  ["another scheme", { authorization: "Basic secret" }],
])("%s opens nothing but health", async (_name, wrong) => {
  for (const url of ["/api/v1/jobs", "/api/v1/openapi.json", "/api/v1/nothing"]) {
    const response = await app.inject({ url, headers: wrong });
    expect([response.statusCode, code(response)]).toEqual([401, "UNAUTHORIZED"]);
    expect(response.headers["www-authenticate"]).toBe("Bearer");
  }
  for (const url of ["/health", "/api/v1/health"]) expect((await app.inject({ url, headers: wrong })).json()).toEqual({ status: "ok" });
});

test("closing cancels what runs and refuses what comes", async () => {
  await post({ dataDir: "demo", playbook: "site.yml" });
  await app.close();
  expect(runner.started[0]?.cancels).toEqual([false]);
  await expect(app.jobs.start("demo", { privateDataDir: "/data/demo", playbook: "x.yml" })).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE" });
});

test("the description lists every route", async () => {
  const description = (await app.inject({ url: "/api/v1/openapi.json", headers })).json() as { openapi: string; paths: Record<string, object> };
  expect(description.openapi).toBe("3.1.0");
  expect(Object.keys(description.paths)).toEqual(
    expect.arrayContaining(["/health", "/api/v1/jobs", "/api/v1/jobs/{ident}", "/api/v1/jobs/{ident}/cancel", "/api/v1/jobs/{ident}/answer", "/api/v1/jobs/{ident}/stdout", "/api/v1/jobs/{ident}/events"]),
  );
});
