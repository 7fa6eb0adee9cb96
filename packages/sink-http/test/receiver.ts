import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly json: Record<string, unknown>;
}

/** Status of the answer to the request number `n` (from 1); `hang`: none. */
export type Behaviour = (n: number) => number | "hang";

/** A real HTTP server that keeps what it was sent. `taken`: what it answered with 2xx. */
export class Receiver {
  readonly all: Received[] = [];
  readonly taken: Received[] = [];
  behave: Behaviour;
  /** The most requests that were open at once. */
  concurrent = 0;
  #open = 0;
  readonly #server = createServer((request, response) => {
    this.concurrent = Math.max(this.concurrent, ++this.#open);
    response.once("close", () => (this.#open -= 1));
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.once("end", () => {
      const body = Buffer.concat(parts).toString();
      const received = { url: request.url!, method: request.method!, headers: request.headers, body, json: JSON.parse(body) as Record<string, unknown> };
      this.all.push(received);
      const status = this.behave(this.all.length);
      if (status === "hang") return;
      if (status < 300) this.taken.push(received);
      response.writeHead(status, status >= 300 && status < 400 ? { location: "/elsewhere" } : {}).end("ok");
    });
  });

  constructor(behave: Behaviour = () => 200) {
    this.behave = behave;
  }

  /** `where`: a port of the loopback address, or the path of a socket. */
  async listen(where: number | string = 0): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      if (typeof where === "string") this.#server.listen(where, resolve);
      else this.#server.listen(where, "127.0.0.1", resolve);
    });
    const address = this.#server.address() as AddressInfo | string;
    return typeof address === "string" ? address : `http://127.0.0.1:${address.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }
}
