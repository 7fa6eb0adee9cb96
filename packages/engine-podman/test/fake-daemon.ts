import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface FakeDaemon {
  readonly socket: string;
  readonly directory: string;
  close(): Promise<void>;
}

/** Something that listens on a socket and answers what a test wants. */
export async function fakeDaemon(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<FakeDaemon> {
  const directory = await mkdtemp(join(tmpdir(), "fake-daemon-"));
  const socket = join(directory, "s");
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    directory,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
}
