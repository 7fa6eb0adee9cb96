import type { ClientRequest, IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** What reading an archive threw, as `cause`, so that it is not taken for a fault of the service. */
export class SourceError extends Error {}

/** Sends an archive; resolves with the head of the answer, which may come before all is sent: a service need not read what it refuses. */
export function upload(request: ClientRequest, archive: AsyncIterable<Uint8Array>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on("error", reject);
    request.once("response", resolve);
    pipeline(Readable.from(marked(archive), { objectMode: false }), request).catch(reject);
  });
}

async function* marked(archive: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* archive;
  } catch (cause) {
    throw new SourceError("The archive can not be read.", { cause });
  }
}
