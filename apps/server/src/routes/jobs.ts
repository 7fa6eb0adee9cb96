import type { FastifyPluginCallback } from "fastify";
import { resolveDataDir, type DataDirs } from "../data-dirs.ts";
import { toJobRequest, type JobOrder } from "../jobs/job-order.ts";
import type { JobRegistry } from "../jobs/job-registry.ts";
import { jobView, type JobView } from "../jobs/job-view.ts";
import { answerSchema, errorSchema, identSchema, jobOrderSchema, jobViewSchema } from "../jobs/schemas.ts";

interface ByIdent {
  readonly Params: { readonly ident: string };
}

export function jobRoutes(jobs: JobRegistry, dataDirs: DataDirs): FastifyPluginCallback {
  return (app, _options, done) => {
    app.post<{ Body: JobOrder }>(
      "/jobs",
      { schema: { summary: "Start a job", body: jobOrderSchema, response: { 201: jobViewSchema, "4xx": errorSchema, "5xx": errorSchema } } },
      async (request, reply): Promise<JobView> => {
        const order = request.body;
        const job = await jobs.start(order.dataDir, toJobRequest(order, await resolveDataDir(dataDirs, order.dataDir)));
        reply.code(201).header("location", `/api/v1/jobs/${encodeURIComponent(job.handle.ident)}`);
        return jobView(job);
      },
    );

    app.get(
      "/jobs",
      { schema: { summary: "List the jobs of this server", response: { 200: { type: "object", required: ["jobs"], properties: { jobs: { type: "array", items: jobViewSchema } } } } } },
      async () => ({ jobs: jobs.list().map(jobView) }),
    );

    app.get<ByIdent>(
      "/jobs/:ident",
      { schema: { summary: "Show a job", params: identSchema, response: { 200: jobViewSchema, "4xx": errorSchema } } },
      async (request): Promise<JobView> => jobView(jobs.get(request.params.ident)),
    );

    app.post<ByIdent & { Body: { readonly force?: boolean } | undefined }>(
      "/jobs/:ident/cancel",
      {
        schema: {
          summary: "Ask a job to stop",
          params: identSchema,
          body: { type: ["object", "null"], additionalProperties: false, properties: { force: { type: "boolean", description: "Kill it at once." } } },
          response: { 202: jobViewSchema, "4xx": errorSchema },
        },
      },
      async (request, reply): Promise<JobView> => {
        const job = jobs.get(request.params.ident);
        void job.handle.cancel({ force: request.body?.force ?? false });
        reply.code(202);
        return jobView(job);
      },
    );

    app.post<ByIdent & { Body: { readonly line: string } }>(
      "/jobs/:ident/answer",
      {
        schema: {
          summary: "Answer what a job asks",
          description: "Types a line on the job's terminal. The job's `question` tells what is asked, as do notices of the kind `prompt` among its events.",
          params: identSchema,
          body: answerSchema,
          response: { 204: { type: "null" }, "4xx": errorSchema },
        },
      },
      async (request, reply) => {
        await jobs.get(request.params.ident).handle.answer(request.body.line);
        return reply.code(204).send();
      },
    );
    done();
  };
}
