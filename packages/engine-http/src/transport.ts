import type { Agent, ClientRequest, IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Duplex, Readable } from "node:stream";
import { asRunnerError, isRunnerError, RunnerError } from "@distronode-runner/contract";
import { formatEndpoint, type Endpoint } from "./endpoint.ts";
import { readable } from "./readable.ts";
import { SourceError, upload } from "./upload.ts";

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "HEAD";
  /** Encoded already. */
  readonly path: string;
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it comes, instead of `body`; what reading it throws is what the call rejects with. */
  readonly archive?: AsyncIterable<Uint8Array> | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface StreamAnswer {
  readonly status: number;
  /** Must be read to its end, or destroyed. */
  readonly body: Readable;
}

/** A connection that became a byte stream in both directions, or the answer that refused it. */
export type UpgradeAnswer = { readonly upgraded: true; readonly input: Duplex; readonly output: Readable } | { readonly upgraded: false; readonly answer: Answer };

/**
 * HTTP to one engine's service. Status codes are values; a service that can not be reached, or hangs up, is `ENGINE_UNAVAILABLE`; an
 * aborted call rejects with its signal's reason. No timeouts: waiting for a container takes as long as it takes. But the network is asked whether the other side is
 * there still.
 */
export interface Transport {
  readonly endpoint: Endpoint;
  request(call: Call): Promise<Answer>;
  /** Resolves with the head of the answer. */
  stream(call: Call): Promise<StreamAnswer>;
  upgrade(call: Call): Promise<UpgradeAnswer>;
  /** Ends every connection, also the upgraded ones. */
  close(): Promise<void>;
}

interface Connecting {
  /** On a connection that is there from another call, if there is one; it stays for the next. */
  readonly kept: boolean;
  /** Destroys it at any time. */
  readonly signal?: AbortSignal | undefined;
}

/** After so long without a word the network is asked whether the other side is there. */
const quietMilliseconds = 30_000;

/** Connects at the first call. `name` is what messages call the service. */
export function createTransport(endpoint: Endpoint, name: string): Transport {
  return new HttpTransport(endpoint, name);
}

class HttpTransport implements Transport {
  readonly endpoint: Endpoint;
  readonly #name: string;
  readonly #upgraded = new Set<Duplex>();
  #agent: Agent | undefined;

  constructor(endpoint: Endpoint, name: string) {
    this.endpoint = endpoint;
    this.#name = name;
  }

  async request(call: Call): Promise<Answer> {
    return this.#guard(call, async () => readAnswer(await this.#send(call)));
  }

  async stream(call: Call): Promise<StreamAnswer> {
    return this.#guard(call, async () => {
      const message = await this.#send(call);
      return { status: message.statusCode!, body: message };
    });
  }

  async upgrade(call: Call): Promise<UpgradeAnswer> {
    return this.#guard(call, async () => {
      const request = await this.#open({ ...call, headers: { ...call.headers, Connection: "Upgrade", Upgrade: "tcp" } }, { kept: false });
      const abort = (): void => void request.destroy();
      call.signal?.addEventListener("abort", abort, { once: true });
      try {
        return await new Promise<UpgradeAnswer>((resolve, reject) => {
          request.once("error", reject);
          request.once("upgrade", (_message: IncomingMessage, socket: Duplex, head: Buffer) => {
            if (head.length > 0) socket.unshift(head);
            resolve(this.#keep(socket, socket));
          });
          request.once("response", (message: IncomingMessage) => {
            if (message.statusCode === 200) resolve(this.#keep(message.socket, message));
            else readAnswer(message).then((answer) => resolve({ upgraded: false, answer }), reject);
          });
          request.end(call.body === undefined ? undefined : JSON.stringify(call.body));
        });
      } finally {
        call.signal?.removeEventListener("abort", abort);
      }
    });
  }

  close(): Promise<void> {
    this.#agent?.destroy();
    for (const socket of this.#upgraded) socket.destroy();
    return Promise.resolve();
  }

  #keep(input: Duplex, output: Readable): UpgradeAnswer {
    this.#upgraded.add(input);
    // Until somebody listens an error would end the process.
    input.on("error", () => {});
    output.on("error", () => {});
    input.once("close", () => this.#upgraded.delete(input));
    return { upgraded: true, input, output };
  }

  async #send(call: Call): Promise<IncomingMessage> {
    const request = await this.#open(call, { kept: true, signal: call.signal });
    if (call.archive !== undefined) return upload(request, call.archive);
    try {
      return await ask(request, call);
    } catch (error) {
      if (!neverHeard(request, call, error)) throw error;
      return ask(await this.#open(call, { kept: false, signal: call.signal }), call);
    }
  }

  /** HTTP's part of Node is loaded by the first call: a program that only imports the plugin does not pay for it. */
  async #open(call: Call, { kept, signal }: Connecting): Promise<ClientRequest> {
    const secure = tlsOf(this.endpoint);
    const http = secure === undefined ? await import("node:http") : await import("node:https");
    call.signal?.throwIfAborted();
    this.#agent ??= new http.Agent({ keepAlive: true });
    const request = http.request({
      ...(this.endpoint.kind === "unix" ? { socketPath: this.endpoint.path } : { host: this.endpoint.host, port: this.endpoint.port }),
      ...secure,
      method: call.method,
      path: call.path + queryOf(call.query),
      // Docker refuses a Host that is not a host name, which the path of a socket is not.
      headers: { Host: "localhost", ...(call.body === undefined ? {} : { "Content-Type": "application/json" }), ...(call.archive === undefined ? {} : { "Content-Type": "application/x-tar" }), ...call.headers },
      agent: kept ? this.#agent : false,
      ...(signal === undefined ? {} : { signal }),
    });
    // A machine that has gone, or a gateway that has forgotten the connection, says nothing.
    if (this.endpoint.kind === "tcp") request.once("socket", (socket) => socket.setKeepAlive(true, quietMilliseconds));
    return request;
  }

  async #guard<T>(call: Call, work: () => Promise<T>): Promise<T> {
    try {
      call.signal?.throwIfAborted();
      return await work();
    } catch (error) {
      if (call.signal?.aborted === true) throw call.signal.reason;
      if (error instanceof SourceError) throw error.cause;
      throw isRunnerError(error) ? error : unavailable(this.#name, this.endpoint, error);
    }
  }
}

/** The name is told, because Node would take it from the header that names the host. */
function tlsOf(endpoint: Endpoint): { readonly servername: string; readonly rejectUnauthorized: boolean; readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined {
  if (endpoint.kind === "unix" || endpoint.tls === undefined) return undefined;
  const { verify, ...files } = endpoint.tls;
  return { ...files, servername: isIP(endpoint.host) === 0 ? endpoint.host : "", rejectUnauthorized: verify };
}

/** Resolves with the head of the answer. */
function ask(request: ClientRequest, call: Call): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // An error after the answer's head shows in its body; this listener keeps it from ending the process.
    request.on("error", reject);
    request.once("response", resolve);
    request.end(call.body === undefined ? undefined : JSON.stringify(call.body));
  });
}

/** A connection that was kept had been closed by the service, so that the call may be made once more: nothing of it was read, or it changes nothing. */
function neverHeard(request: ClientRequest, { method }: Call, error: unknown): boolean {
  if (!request.reusedSocket) return false;
  const { code } = error as NodeJS.ErrnoException;
  return code === "EPIPE" || (code === "ECONNRESET" && (method === "GET" || method === "HEAD"));
}

async function readAnswer(message: IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return { status: message.statusCode!, headers: message.headers, text: Buffer.concat(parts).toString() };
}

function queryOf(query: Call["query"]): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? "" : `?${parameters.toString()}`;
}

function unavailable(name: string, endpoint: Endpoint, cause: unknown): RunnerError {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  const where = formatEndpoint(endpoint);
  const ours = asRunnerError(cause, "ENGINE_UNAVAILABLE");
  if (ours.code !== "ENGINE_UNAVAILABLE") return ours;
  if (/CERT|SSL|TLS|EPROTO|SIGNATURE|ISSUER/.test(code)) {
    return new RunnerError("ENGINE_UNAVAILABLE", `${name} at ${where} cannot be spoken to with TLS: ${readable(message)}.`, { cause, hint: "Check the certificates for this address, and whether TLS is spoken there." });
  }
  switch (code) {
    case "ENOENT":
      return new RunnerError("ENGINE_UNAVAILABLE", `${name} does not answer: there is no socket ${where}.`, { cause, hint: `Start ${name}, or name another socket in the settings.` });
    case "EACCES":
    case "EPERM":
      return new RunnerError("ENGINE_UNAVAILABLE", `${name} does not answer: this user may not use ${where}.`, { cause, hint: "Ask for access to the socket, or use a rootless engine." });
    case "ECONNREFUSED":
      return new RunnerError("ENGINE_UNAVAILABLE", `${name} does not answer: nothing listens at ${where}.`, { cause, hint: `Start ${name}.` });
    default:
      return new RunnerError("ENGINE_UNAVAILABLE", `${name} at ${where} broke off: ${message}.`, { cause });
  }
}
