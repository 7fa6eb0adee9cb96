import { rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { lineLimit, type ControlReply, type ControlRequest } from "./protocol.ts";

export interface ControlServer {
  close(): Promise<void>;
}

/** Answers on a unix socket, which only the user can reach because of the directory it is in. It keeps no process alive. */
export async function serveControl(path: string, answer: (request: ControlRequest) => Promise<ControlReply>): Promise<ControlServer> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.unref();
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => {});
    let said = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const end = said.indexOf("\n");
      if (end === -1) {
        if (said.length > lineLimit) socket.destroy();
        return;
      }
      socket.pause();
      void reply(said.slice(0, end), answer).then((line) => socket.end(`${JSON.stringify(line)}\n`));
    });
  });
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
  server.unref();
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroySoon();
      await closed;
    },
  };
}

async function reply(line: string, answer: (request: ControlRequest) => Promise<ControlReply>): Promise<ControlReply> {
  try {
    return await answer(JSON.parse(line) as ControlRequest);
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}
