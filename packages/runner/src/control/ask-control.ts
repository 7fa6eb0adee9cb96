import { connect } from "node:net";
import type { ControlReply, ControlRequest } from "./protocol.ts";

/** Asks the runner of a job. Undefined: there is none (any more) behind the socket, or there is no socket. */
export async function askControl(path: string, request: ControlRequest): Promise<ControlReply | undefined> {
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = connect(path, () => socket.write(`${JSON.stringify(request)}\n`));
    socket.setTimeout(deadline, () => socket.destroy(new Error(`nobody answers at ${path}`)));
    socket.setEncoding("utf8").on("data", (text: string) => (said += text));
    socket.once("error", (error: NodeJS.ErrnoException) => (gone.has(error.code ?? "") ? resolve(undefined) : reject(error)));
    socket.once("end", () => {
      socket.end();
      try {
        resolve(said === "" ? undefined : (JSON.parse(said) as ControlReply));
      } catch (error) {
        reject(error as Error);
      }
    });
  });
}

/** Milliseconds that a runner has for an answer. One that takes longer is there, but cannot be asked. */
const deadline = 30_000;

const gone = new Set(["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOTDIR"]);
