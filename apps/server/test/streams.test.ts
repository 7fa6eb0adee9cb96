import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { parseEntry, type JournalEntry } from "@distronode-runner/contract";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createServer } from "../src/create-server.ts";
import { jsonLines, serverSentEvents } from "../src/streams/server-sent-events.ts";
import { ScriptedRunner, type ScriptedJob } from "./scripted-runner.ts";

const headers = { authorization: "Bearer secret" };
let runner: ScriptedRunner;
let app: FastifyInstance;
let job: ScriptedJob;

beforeEach(async () => {
  runner = new ScriptedRunner();
  app = await createServer({ runner, dataDirs: new Map([["demo", "/data/demo"]]), token: "secret", heartbeatMilliseconds: 40 });
  await app.listen({ host: "127.0.0.1", port: 0 });
  await app.jobs.start("demo", { privateDataDir: "/data/demo", playbook: "site.yml", ident: "one" });
  job = runner.started[0] as ScriptedJob;
});
afterEach(() => app.close());

async function open(path: string, more: Record<string, string> = {}): Promise<IncomingMessage> {
  const request = httpRequest({ port: (app.server.address() as AddressInfo).port, path: `/api/v1/jobs/one${path}`, headers: { ...headers, ...more } });
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.setEncoding("utf8");
  return response;
}

async function all(response: IncomingMessage): Promise<string> {
  return (await response.toArray()).join("");
}

test("stdout is the text as it was printed, live", async () => {
  const response = await open("/stdout");
  expect(response.headers["content-type"]).toBe("text/plain; charset=utf-8");
  job.say("PLAY [all]\n\n");
  job.say("no end");
  job.finish("successful", 0);
  expect(await all(response)).toBe("PLAY [all]\n\nno end");
});

test("stdout without following is what is there", async () => {
  job.say("so far\n");
  expect(await all(await open("/stdout?follow=false"))).toBe("so far\n");
});

test("numbers of a job's events are sent as the tool wrote them", async () => {
  const line = '{"seq":1,"time":"2026-01-01T00:00:00.000Z","type":"event","event":{"counter":1,"event_data":{"res": {"big": 9223372036854775807, "one": 1.0}}}}';
  async function* read(): AsyncGenerator<JournalEntry> {
    yield parseEntry(line);
  }
  for await (const piece of jsonLines(read())) expect(piece).toEqual({ seq: 1, text: `${line}\n` });
  for await (const piece of serverSentEvents(read())) expect(piece.text).toContain(`data: ${line}\n`);
});

test("events are numbered, typed, and end with the end", async () => {
  const response = await open("/events");
  expect(response.headers["content-type"]).toBe("text/event-stream");
  job.say("hello\n");
  job.finish("successful", 0);
  const text = await all(response);
  expect(text.match(/^(id|event): .*$/gm)).toEqual(["id: 1", "event: status", "id: 2", "event: event", "id: 3", "event: status", "id: 4", "event: end"]);
  expect(JSON.parse(/^id: 2\n.*\ndata: (.*)$/m.exec(text)?.[1] ?? "")).toMatchObject({ seq: 2, type: "event", event: { stdout: "hello" } });
});

test.each([
  ["the header", "/events", { "last-event-id": "2" }, 3],
  ["the query", "/events?from=2", {}, 2],
  ["the header over the query", "/events?from=2", { "last-event-id": "3" }, 4],
])("a stream resumes by %s", async (_name, path, more, first) => {
  job.say("a\n");
  job.say("b\n");
  job.finish("successful", 0);
  expect(/^id: (\d+)/m.exec(await all(await open(path, more)))?.[1]).toBe(String(first));
});

test("a browser that comes back after the end is told to stay away", async () => {
  job.finish("successful", 0);
  const response = await open("/events", { "last-event-id": "3" });
  expect([response.statusCode, await all(response)]).toEqual([204, ""]);
});

test("a number that is none is refused", async () => {
  expect((await open("/events", { "last-event-id": "x" })).statusCode).toBe(400);
  expect((await open("/events?from=-1")).statusCode).toBe(400);
});

test("events come as JSON lines when asked for", async () => {
  job.finish("failed", 2);
  const response = await open("/events", { accept: "application/x-ndjson" });
  expect(response.headers["content-type"]).toBe("application/x-ndjson");
  expect((await all(response)).trimEnd().split("\n").map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(["status", "status", "end"]);
});

test("a quiet stream beats", async () => {
  const response = await open("/events?from=2");
  let text = "";
  for await (const chunk of response) {
    text += chunk as string;
    if ((text.match(/: heartbeat\n\n/g)?.length ?? 0) >= 2) job.finish("successful", 0);
  }
  expect(text).toContain("event: end");
});

test("a client that goes away ends its own stream only", async () => {
  const leaving = await open("/events");
  const staying = await open("/stdout");
  await vi.waitFor(() => expect(job.readers).toBe(2), 10_000);
  leaving.destroy();
  await vi.waitFor(() => expect(job.readers).toBe(1), 10_000);
  job.say("still here\n");
  job.finish("successful", 0);
  expect(await all(staying)).toBe("still here\n");
  expect(job.cancels).toEqual([]);
});

test("closing the server ends the streams", async () => {
  const response = await open("/events");
  const text = all(response);
  await app.close();
  expect(await text).toContain("event: end");
});
