import { isFinal } from "@distronode-runner/contract";
import type { FastifyPluginCallback } from "fastify";
import type { OpenStreams } from "../http/open-streams.ts";
import type { JobRegistry, ListedJob } from "../jobs/job-registry.ts";
import { answers } from "../http/answers.ts";
import { identSchema } from "../jobs/schemas.ts";
import { bytesOnly } from "../streams/piece.ts";
import { heartbeat, jsonLines, preamble, serverSentEvents } from "../streams/server-sent-events.ts";
import { withHeartbeat } from "../streams/with-heartbeat.ts";

const number = { type: "string", pattern: "^[0-9]{1,15}$" } as const;
const flag = { type: "string", enum: ["true", "false"] } as const;

export function streamRoutes(jobs: JobRegistry, streams: OpenStreams, heartbeatMilliseconds: number): FastifyPluginCallback {
  return (app, _options, done) => {
    app.get<{ Params: { readonly ident: string }; Querystring: { readonly follow?: string } }>(
      "/jobs/:ident/stdout",
      {
        schema: {
          operationId: "streamOutput",
          tags: ["streams"],
          summary: "What the tool prints, live",
          params: identSchema,
          querystring: { type: "object", properties: { follow: { ...flag, description: "false: only what is there." } } },
          response: answers({ 200: ["The text, until the job has ended.", { "text/plain": { type: "string" } }] }, 400, 401, 404, 429),
        },
      },
      async (request, reply) => {
        const { handle } = jobs.get(request.params.ident);
        await handle.readable?.();
        const follow = request.query.follow !== "false";
        await streams.send(reply, { contentType: "text/plain; charset=utf-8", from: 1, pieces: (_from, signal) => bytesOnly(handle.output({ follow, signal })) });
      },
    );

    app.get<{ Params: { readonly ident: string }; Querystring: { readonly from?: string }; Headers: { readonly "last-event-id"?: string } }>(
      "/jobs/:ident/events",
      {
        schema: {
          operationId: "streamEvents",
          tags: ["streams"],
          summary: "Journal of a job, live, from any entry on",
          description: "Server-sent events; with `Accept: application/x-ndjson` JSON lines. The last entry is of type `end`; a browser that comes back after it is answered 204.",
          params: identSchema,
          querystring: { type: "object", properties: { from: { ...number, description: "Number of the first entry." } } },
          headers: { type: "object", properties: { "last-event-id": { ...number, description: "Number of the last entry seen." } } },
          response: answers({ 200: ["The entries, until the job has ended.", { "text/event-stream": { type: "string" }, "application/x-ndjson": { type: "string" } }], 204: ["The job has ended, and the client has seen all of it."] }, 400, 401, 404, 429),
        },
      },
      async (request, reply) => {
        const { handle } = jobs.get(request.params.ident);
        await handle.readable?.();
        const from = firstEntry(request.query.from, request.headers["last-event-id"]);
        if (await nothingLeft(handle, from)) return reply.code(204).send();
        if ((request.headers.accept ?? "").includes("application/x-ndjson")) {
          return streams.send(reply, { contentType: "application/x-ndjson", from, pieces: (first, signal) => jsonLines(handle.entries({ from: first, signal })) });
        }
        return streams.send(reply, { contentType: "text/event-stream", preamble, from, pieces: (first, signal) => withHeartbeat(serverSentEvents(handle.entries({ from: first, signal })), heartbeatMilliseconds, heartbeat) });
      },
    );
    done();
  };
}

/** A browser that connects again repeats its URL, so what it has seen beats what the URL says. */
function firstEntry(from: string | undefined, lastSeen: string | undefined): number {
  return Math.max(1, lastSeen === undefined ? Number(from ?? 1) : Number(lastSeen) + 1);
}

async function nothingLeft(handle: ListedJob, from: number): Promise<boolean> {
  if (from === 1 || !isFinal(handle.status)) return false;
  for await (const _entry of handle.entries({ from })) return false;
  return true;
}
