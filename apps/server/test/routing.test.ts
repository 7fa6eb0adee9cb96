import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createServer } from "../src/create-server.ts";
import { ScriptedRunner } from "./scripted-runner.ts";

const headers = { authorization: "Bearer secret" };
let app: FastifyInstance;
let runner: ScriptedRunner;

beforeEach(async () => {
  runner = new ScriptedRunner();
  app = await createServer({ runner, dataDirs: new Map([["demo", "/data/demo"]]), token: "secret" });
  await app.inject({ method: "POST", url: "/api/v1/jobs", headers, payload: { dataDir: "demo", playbook: "site.yml", ident: "one" } });
});
afterEach(() => app.close());

test.each(["/health", "/api/v1/health", "/api/v1/openapi.json", "/api/v1/jobs", "/api/v1/jobs/one", "/api/v1/jobs/one/stdout", "/api/v1/jobs/one/events"])("HEAD %s is answered as GET is, without the body, also while a job runs", async (url) => {
  const response = await app.inject({ method: "HEAD", url, headers });
  expect([response.statusCode, response.body]).toEqual([200, ""]);
  if (!/stdout|events/.test(url)) expect(response.headers["content-type"]).toBe((await app.inject({ url, headers })).headers["content-type"]);
});

test.each([
  ["PUT", "/api/v1/jobs", "GET, HEAD, POST"],
  ["DELETE", "/api/v1/jobs/one", "GET, HEAD"],
  ["GET", "/api/v1/jobs/one/cancel", "POST"],
  ["HEAD", "/api/v1/jobs/one/answer", "POST"],
  ["OPTIONS", "/api/v1/jobs?x=1", "GET, HEAD, POST"],
  ["POST", "/api/v1/openapi.json", "GET, HEAD"],
  ["POST", "/health", "GET, HEAD"],
] as const)("%s %s is a method that is not allowed, and the answer says which are", async (method, url, allow) => {
  const response = await app.inject({ method, url, headers: { ...headers, "content-type": "text/plain" }, ...(method === "PUT" || method === "DELETE" ? { payload: "no JSON" } : {}) });
  expect([response.statusCode, response.headers.allow]).toEqual([405, allow]);
  if (method !== "HEAD") expect(response.json()).toMatchObject({ error: { code: "METHOD_NOT_ALLOWED" } });
});

test("an unknown path is not found, whatever the method", async () => {
  for (const method of ["GET", "PUT", "POST"] as const) {
    const response = await app.inject({ method, url: "/api/v1/openapiXjson", headers });
    expect([response.statusCode, response.headers.allow]).toEqual([404, undefined]);
  }
});

test("a wrong method without the token is not told from a wrong path", async () => {
  expect((await app.inject({ method: "PUT", url: "/api/v1/jobs" })).statusCode).toBe(401);
});

test.each([
  ["/api/v1/jobs?limit=abc", "limit"],
  ["/api/v1/jobs?foo=1", "foo"],
  ["/api/v1/jobs/one?foo=1", "foo"],
  ["/api/v1/jobs/one/stdout?folow=false", "folow"],
  ["/api/v1/jobs/one/events?since=3", "since"],
  ["/api/v1/openapi.json?foo", "foo"],
  ["/health?foo", "foo"],
])("%s is refused, and the parameter is named", async (url, parameter) => {
  const response = await app.inject({ url, headers });
  expect(response.statusCode).toBe(400);
  expect(response.json()).toMatchObject({ error: { code: "REQUEST_INVALID", problems: [expect.stringContaining(parameter)] } });
});

test("an order with a query parameter starts nothing", async () => {
  const response = await app.inject({ method: "POST", url: "/api/v1/jobs?dryRun=true", headers, payload: { dataDir: "demo", playbook: "site.yml" } });
  expect([response.statusCode, runner.started.length]).toEqual([400, 1]);
});
