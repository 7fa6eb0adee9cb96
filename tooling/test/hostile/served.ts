import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { startCli, type Finished } from "../../scenarios/cli.ts";

/** A server that was started as an operator does. */
export interface Served {
  readonly pid: number;
  readonly port: number;
  /** The answer to a request with the token, its body as text. */
  ask(method: "GET" | "POST", path: string, body?: object | string): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }>;
  /** Milliseconds until `/health` has answered. */
  health(): Promise<number>;
  /** A bare connection on which this is sent. Nothing is read from it. */
  connection(text: string): Promise<Socket>;
  stop(): Promise<Finished>;
}

export const token = "boundary-token-4870";

export async function serve(flags: readonly string[], environment: Readonly<Record<string, string>>): Promise<Served> {
  const server = startCli(["serve", "--port", "0", ...flags], { DISTRONODE_RUNNER_TOKEN: token, ...environment });
  let told = "";
  const address = await new Promise<string>((resolve, reject) => {
    server.child.stderr!.on("data", (text: string) => {
      told += text;
      const [, found] = /Listening on (\S+)/.exec(told) ?? [];
      if (found !== undefined) resolve(found);
    });
    void server.finished.then(({ stderr }) => reject(new Error(`The server ended.\n${stderr}`)));
  });
  const port = Number(new URL(address).port);
  const sockets = new Set<Socket>();
  return {
    pid: server.child.pid!,
    port,
    async ask(method, path, body) {
      const response = await fetch(`${address}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    async health() {
      const began = performance.now();
      const response = await fetch(`${address}/health`);
      await response.text();
      if (response.status !== 200) throw new Error(`/health answered ${response.status}.`);
      return performance.now() - began;
    },
    async connection(text) {
      const socket = connect(port, "127.0.0.1");
      sockets.add(socket);
      socket.on("error", () => {}).pause();
      await once(socket, "connect");
      socket.write(text);
      return socket;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.child.kill("SIGINT");
      return server.finished;
    },
  };
}
