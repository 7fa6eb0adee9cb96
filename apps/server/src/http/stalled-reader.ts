import type { ServerResponse } from "node:http";

/** Ends the connection of a reader that has taken nothing of what waits for it for so many seconds. It can come again and resume where it was. */
export function disconnectStalled(response: ServerResponse, seconds: number): void {
  let taken = performance.now();
  response.on("drain", () => (taken = performance.now()));
  const look = setInterval(() => {
    if (!response.writableNeedDrain) taken = performance.now();
    else if (performance.now() - taken >= seconds * 1000) response.destroy();
  }, Math.max(10, (seconds * 1000) / 4));
  look.unref();
  response.once("close", () => clearInterval(look));
}
