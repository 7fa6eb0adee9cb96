import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { RunnerError } from "@distronode-runner/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AttachedStreams, createTransport, type Transport } from "../src/index.ts";

let directory = "";
let socket = "";
let server: Server;
let transport: Transport;
const connections: Duplex[] = [];
let handle: (request: IncomingMessage, response: ServerResponse) => void;
let upgrade: (request: IncomingMessage, socket: Duplex) => void;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "engine-http-"));
  socket = join(directory, "s");
  server = createServer((request, response) => handle(request, response));
  connections.length = 0;
  server.on("upgrade", (request, connection) => {
    connections.push(connection);
    connection.on("error", () => {});
    upgrade(request, connection);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  transport = createTransport({ kind: "unix", path: socket }, "The service");
});

afterEach(async () => {
  await transport.close();
  server.closeAllConnections();
  for (const connection of connections) connection.destroy();
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true, force: true });
});

const accepted = "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

function frame(type: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = type;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

async function attach(confirmEnd?: () => Promise<void>): Promise<AttachedStreams> {
  const answer = await transport.upgrade({ method: "POST", path: "/attach" });
  if (!answer.upgraded) throw new Error("refused");
  return new AttachedStreams(answer.input, answer.output, confirmEnd === undefined ? {} : { confirmEnd });
}

async function read(streams: AttachedStreams): Promise<string[]> {
  const said: string[] = [];
  for await (const { stream, bytes } of streams.output) said.push(`${stream}: ${Buffer.from(bytes).toString()}`);
  return said;
}

describe("request", () => {
  test("sends query and JSON, and answers with any status", async () => {
    handle = (request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        response.statusCode = 418;
        response.end(JSON.stringify({ method: request.method, url: request.url, host: request.headers.host, body }));
      });
    };
    const answer = await transport.request({ method: "POST", path: "/x", query: { a: "b c", n: 1, not: undefined }, body: { k: "ü" } });
    expect(answer.status).toBe(418);
    expect(JSON.parse(answer.text)).toEqual({ method: "POST", url: "/x?a=b+c&n=1", host: "localhost", body: '{"k":"ü"}' });
  });

  test("keeps its connection", async () => {
    let connections = 0;
    server.on("connection", () => (connections += 1));
    handle = (_request, response) => response.end("ok");
    for (let count = 0; count < 3; count += 1) await transport.request({ method: "GET", path: "/" });
    expect(connections).toBe(1);
  });

  test("a call that met a connection which the service had just closed is made again, unless the service may have acted on it", async () => {
    const heard: string[] = [];
    let hangUp = false;
    handle = (request, response) => {
      heard.push(request.method!);
      if (hangUp) request.socket.destroy();
      else response.end("ok");
      hangUp = false;
    };
    const call = async (method: "GET" | "POST"): Promise<number> => (await transport.request({ method, path: "/" })).status;
    await call("GET");
    hangUp = true;
    expect(await call("GET")).toBe(200);
    expect(heard).toEqual(["GET", "GET", "GET"]);
    await call("POST");
    hangUp = true;
    await expect(call("POST")).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE", cause: { code: "ECONNRESET" } });
    expect(heard).toEqual(["GET", "GET", "GET", "POST", "POST"]);
  });

  test("a call that could not even be written is made again, whatever it is", async () => {
    const accepted: Socket[] = [];
    server.on("connection", (connection) => accepted.push(connection));
    handle = (_request, response) => response.end("ok");
    await transport.request({ method: "GET", path: "/" });
    // The call is written in this same turn: nobody has told the agent yet.
    accepted[0]!.destroy();
    expect((await transport.request({ method: "POST", path: "/" })).status).toBe(200);
    expect(accepted).toHaveLength(2);
  });

  test("rejects with the reason of an aborted signal, before and during the call", async () => {
    handle = () => {};
    const reason = { any: "value" };
    await expect(transport.request({ method: "GET", path: "/", signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stop = new AbortController();
    const pending = transport.request({ method: "GET", path: "/", signal: stop.signal });
    setTimeout(() => stop.abort(reason), 20);
    await expect(pending).rejects.toBe(reason);
  });

  test("rejects with the reason when the body is cut by the signal", async () => {
    const stop = new AbortController();
    handle = (_request, response) => {
      response.write("part");
      setTimeout(() => stop.abort("enough"), 20);
    };
    await expect(transport.request({ method: "GET", path: "/", signal: stop.signal })).rejects.toBe("enough");
  });

  test("a service that hangs up, or is not there, is ENGINE_UNAVAILABLE", async () => {
    handle = (request) => request.socket.destroy();
    await expect(transport.request({ method: "GET", path: "/" })).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE" });
    const absent = createTransport({ kind: "unix", path: join(directory, "absent") }, "The service");
    await expect(absent.request({ method: "GET", path: "/" })).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE", cause: { code: "ENOENT" }, message: expect.stringContaining("there is no socket") });
  });
});

describe("upgrade", () => {
  test("carries both directions, with half-close of stdin", async () => {
    upgrade = (_request, connection) => {
      connection.write(accepted);
      let heard = "";
      connection.on("data", (bytes: Buffer) => (heard += bytes.toString()));
      connection.on("end", () => connection.end(Buffer.concat([frame(1, `heard ${heard}`), frame(2, "bye")])));
    };
    const streams = await attach();
    await streams.write(Buffer.from("hello"));
    await streams.end();
    expect(await read(streams)).toEqual(["stdout: heard hello", "stderr: bye"]);
  });

  test("keeps what came together with the head", async () => {
    upgrade = (_request, connection) => connection.end(Buffer.concat([Buffer.from(accepted), frame(1, "early")]));
    expect(await read(await attach())).toEqual(["stdout: early"]);
  });

  test("takes a plain 200 for the same", async () => {
    server.removeAllListeners("upgrade");
    handle = (_request, response) => {
      response.writeHead(200, { "Content-Type": "application/vnd.docker.raw-stream" });
      response.end(frame(1, "old way"));
    };
    expect(await read(await attach())).toEqual(["stdout: old way"]);
  });

  test("keeps the body of a refusal", async () => {
    upgrade = (_request, connection) => connection.end('HTTP/1.1 409 Conflict\r\nContent-Length: 15\r\nConnection: close\r\n\r\n{"message":"x"}');
    const answer = await transport.upgrade({ method: "POST", path: "/attach" });
    expect(answer).toMatchObject({ upgraded: false, answer: { status: 409, text: '{"message":"x"}' } });
  });

  test("an end that is not confirmed rejects", async () => {
    upgrade = (_request, connection) => connection.end(Buffer.concat([Buffer.from(accepted), frame(1, "x")]));
    const streams = await attach(() => Promise.reject(new RunnerError("ENGINE_UNAVAILABLE", "It still runs.")));
    await expect(read(streams)).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE" });
  });

  test("a stream that is cut inside a frame rejects", async () => {
    upgrade = (_request, connection) => connection.end(Buffer.concat([Buffer.from(accepted), frame(1, "whole").subarray(0, 10)]));
    await expect(read(await attach())).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE" });
  });

  test("a reader that does not read holds the writer back, and one that left does not", async () => {
    let sent = 0;
    let blocked = false;
    upgrade = (_request, connection) => {
      connection.write(accepted);
      const more = (): void => {
        while (sent < 64 * 1024 * 1024) {
          sent += 65_536;
          if (!connection.write(frame(1, "x".repeat(65_528)))) {
            blocked = true;
            return void connection.once("drain", () => {
              blocked = false;
              more();
            });
          }
        }
        connection.end();
      };
      more();
    };
    const streams = await attach();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(blocked).toBe(true);
    expect(sent).toBeLessThan(16 * 1024 * 1024);
    // It goes on as soon as there is room, not only when all has been taken.
    const before = sent;
    const reader = streams.output[Symbol.asyncIterator]();
    for (let taken = 0; taken < 512 * 1024; taken += (await reader.next()).value!.bytes.length);
    await expect.poll(() => sent, { timeout: 10_000 }).toBeGreaterThan(before);
    expect(sent).toBeLessThan(16 * 1024 * 1024);
    await reader.return!();
    await streams.ended;
    expect(sent).toBe(64 * 1024 * 1024);
  });

  test("aborting the call rejects with its reason, later it has no effect", async () => {
    const reason = new Error("enough");
    const stop = new AbortController();
    upgrade = () => stop.abort(reason);
    await expect(transport.upgrade({ method: "POST", path: "/attach", signal: stop.signal })).rejects.toBe(reason);

    const late = new AbortController();
    upgrade = (_request, connection) => {
      connection.write(accepted);
      connection.on("data", () => connection.end(frame(1, "still here")));
    };
    const answer = await transport.upgrade({ method: "POST", path: "/attach", signal: late.signal });
    if (!answer.upgraded) throw new Error("refused");
    late.abort();
    const streams = new AttachedStreams(answer.input, answer.output);
    await streams.write(Buffer.from("x"));
    expect(await read(streams)).toEqual(["stdout: still here"]);
  });

  test("writing after the other side has gone rejects", async () => {
    upgrade = (_request, connection) => connection.end(accepted);
    const streams = await attach();
    await read(streams);
    await streams.close();
    await expect(streams.write(Buffer.from("x"))).rejects.toMatchObject({ code: "ENGINE_FAILED" });
    await streams.end();
  });
});
