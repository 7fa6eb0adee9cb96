import type { Socket } from "node:net";
import { errorTable, RunnerError } from "@distronode-runner/contract";

const timeouts = new Set(["ERR_HTTP_REQUEST_TIMEOUT", "HPE_HEADER_TIMEOUT"]);

/** Seconds after which a client that was refused for the load may ask again. */
export const retryAfterSeconds = 5;

/** What never became a request: it came too slowly, or was no HTTP. Answered on the bare connection, which ends. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const known = timeouts.has(error.code ?? "")
    ? new RunnerError("REQUEST_TIMEOUT", "The request did not arrive whole in the time that the server waits for it.", { hint: "Send it without a pause." })
    : new RunnerError("REQUEST_INVALID", error.code === "HPE_HEADER_OVERFLOW" ? "The head of the request is too large." : "The request is no valid HTTP.");
  const body = JSON.stringify({ error: known.toJSON() });
  const status = error.code === "HPE_HEADER_OVERFLOW" ? 431 : errorTable[known.code].httpStatus;
  socket.end(
    [`HTTP/1.1 ${status} ${status === 408 ? "Request Timeout" : "Bad Request"}`, "Content-Type: application/json; charset=utf-8", `Content-Length: ${Buffer.byteLength(body)}`, ...(status === 408 ? [`Retry-After: ${retryAfterSeconds}`] : []), "Connection: close", "", body].join("\r\n"),
    // Who does not read would keep it half open.
    () => socket.destroy(),
  );
}
