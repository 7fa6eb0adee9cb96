import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createServer } from "../src/create-server.ts";
import { ScriptedRunner } from "./scripted-runner.ts";

const headers = { authorization: "Bearer secret", "content-type": "application/json" };
let runner: ScriptedRunner;
let app: FastifyInstance;
beforeEach(async () => {
  runner = new ScriptedRunner();
  app = await createServer({ runner, dataDirs: new Map([["demo", "/data/demo"]]), token: "secret" });
});
afterEach(() => app.close());

/** As text: half a surrogate pair stands in JSON as an escape. */
async function post(fields: string, url = "/api/v1/jobs"): Promise<{ status: number; error: { code: string; message: string; location?: { key?: string }; problems?: string[] } }> {
  const response = await app.inject({ method: "POST", url, headers, payload: url.endsWith("/jobs") ? `{"dataDir": "demo", "playbook": "site.yml", ${fields}}` : fields });
  return { status: response.statusCode, ...(response.json() as { error: { code: string; message: string } }) };
}

test.each([
  ["an ident", '"ident": "x\\ud800"', "ident"],
  ["a limit", '"limit": "\\udc00"', "limit"],
  ["a command line", '"cmdline": "-t \\ud83d"', "cmdline"],
  ["an image", '"containerImage": "a\\ud800"', "containerImage"],
  ["a list", '"inventory": ["hosts", "a\\ud800,"]', "inventory.1"],
  ["settings", '"settings": {"container_image": "\\udfff"}', "settings.container_image"],
  ["a field that nobody knows", '"x": [[{"y": "\\ud800"}]]', "x.0.0.y"],
  ["a null character", '"limit": "a\\u0000b"', "limit"],
])("half a surrogate pair or a null character in %s is a 400 that names the field, and nothing runs", async (_name, fields, key) => {
  expect(await post(fields)).toMatchObject({ status: 400, error: { code: "REQUEST_INVALID", location: { key } } });
  expect(runner.requests).toEqual([]);
});

test("such a key is refused too, and shown as text that is well-formed", async () => {
  const { status, error } = await post('"a\\ud800": 1');
  expect([status, error.code, error.message.isWellFormed()]).toEqual([400, "REQUEST_INVALID", true]);
});

test("such an answer is refused", async () => {
  await app.jobs.start("demo", { privateDataDir: "/data/demo", playbook: "site.yml", ident: "one" });
  runner.started[0]!.question = "Word:";
  expect(await post('{"line": "\\ud800"}', "/api/v1/jobs/one/answer")).toMatchObject({ status: 400, error: { code: "REQUEST_INVALID" } });
  expect(runner.started[0]!.answers).toEqual([]);
});

test("whole pairs are text like any other", async () => {
  const response = await app.inject({ method: "POST", url: "/api/v1/jobs", headers, payload: '{"dataDir": "demo", "playbook": "site.yml", "ident": "\\ud83d\\ude00"}' });
  expect(response.json()).toMatchObject({ ident: "\u{1f600}" });
});

test("a body that is nested a hundred thousand times is refused and harms nobody", async () => {
  const deep = 100_000;
  expect(await post(`"x": ${"[".repeat(deep)}${"]".repeat(deep)}`)).toMatchObject({ status: 400 });
  expect((await app.inject({ url: "/health" })).statusCode).toBe(200);
});

test.each([
  ['"verbosity": 100000000', "verbosity"],
  ['"verbosity": 11', "verbosity"],
  ['"verbosity": -1', "verbosity"],
  ['"verbosity": 1.5', "verbosity"],
  ['"settings": {"job_timeout": 1e300}', "settings.job_timeout"],
  ['"settings": {"job_timeout": -1}', "settings.job_timeout"],
  ['"settings": {"idle_timeout": 3000000}', "settings.idle_timeout"],
  ['"settings": {"cancel_grace": 3601}', "settings.cancel_grace"],
  [`"ident": "${"x".repeat(201)}"`, "ident"],
  ['"ident": ""', "ident"],
  ['"ident": "a/b"', "ident"],
  ['"ident": "a\\nb"', "ident"],
  [`"limit": "${"x".repeat(10_000)}"`, "limit"],
  [`"cmdline": "${"x".repeat(10_000)}"`, "cmdline"],
  ['"limit": "a\\nb"', "limit"],
  [`"inventory": [${Array.from({ length: 21 }, () => '"a,"').join()}]`, "inventory"],
  ['"processIsolationExecutable": "/bin/sh"', "processIsolationExecutable"],
  ['"processIsolationExecutable": "../evil.sh"', "processIsolationExecutable"],
  ['"settings": {"process_isolation_executable": "project/evil.sh"}', "settings.process_isolation_executable"],
  ['"containerImage": "docker-archive:/etc/x y"', "containerImage"],
  ['"settings": {"container_ssh_mounts": true}', "settings"],
  ['"settings": {"engine_plugins": ["./project/evil.mjs"]}', "settings"],
  ['"settings": {"fact_cache": "/etc"}', "settings"],
])("%s is out of bounds", async (fields, key) => {
  const { status, error } = await post(fields);
  expect([status, error.code]).toEqual([400, "REQUEST_INVALID"]);
  expect(error.problems?.join("\n")).toContain(key);
  expect(runner.requests).toEqual([]);
});
