import { isRunnerError, type Runner } from "@distronode-runner/contract";
import type { FastifyPluginCallback } from "fastify";
import { admitPlan } from "../clients/admit-plan.ts";
import { checkOrder } from "../clients/check-order.ts";
import { rulesFor, type RulesOfClients } from "../clients/client-rules.ts";
import { ownerGoneFor } from "../clients/owner-gone.ts";
import { errorWithoutPaths } from "../clients/without-paths.ts";
import { resolveDataDir, type DataDirs } from "../data-dirs.ts";
import { toJobRequest, type JobOrder } from "../jobs/job-order.ts";
import type { JobRecord, JobRegistry } from "../jobs/job-registry.ts";
import { jobView, shortJobView, type JobView } from "../jobs/job-view.ts";
import { answers } from "../http/answers.ts";
import { identSchema, ref } from "../jobs/schemas.ts";

interface ByIdent {
  readonly Params: { readonly ident: string };
}

/** Jobs in a list, if the client does not say. */
const usual = 100;

export function jobRoutes(runner: Pick<Runner, "settings">, jobs: JobRegistry, dataDirs: DataDirs, rules: RulesOfClients | undefined): FastifyPluginCallback {
  const take = async (order: JobOrder): Promise<JobRecord> => {
    const root = await resolveDataDir(dataDirs, order.dataDir);
    const allowed = rulesFor(rules, order.dataDir);
    try {
      await checkOrder(order, root, allowed);
      const ownerGone = ownerGoneFor(order.settings?.["owner_gone"], await runner.settings({ privateDataDir: root }));
      const asked = toJobRequest(order, root, allowed);
      const request = ownerGone === undefined ? asked : { ...asked, settings: { ...asked.settings, owner_gone: ownerGone } };
      return await jobs.start(order.dataDir, request, { admit: admitPlan(request, { ...allowed, ownerGone }) });
    } catch (error) {
      throw isRunnerError(error) ? errorWithoutPaths(error, root, order.dataDir) : error;
    }
  };

  return (app, _options, done) => {
    app.post<{ Body: JobOrder }>(
      "/jobs",
      {
        schema: {
          operationId: "startJob",
          tags: ["jobs"],
          summary: "Start a job",
          description: "While the server runs as many as it takes, a new one waits with the status `unstarted`; when too many wait, it is refused (429).",
          body: ref("JobOrder"),
          response: answers({ 201: ["It was taken.", ref("Job"), { location: { type: "string", description: "Path of the job." } }] }, 400, 401, 403, 409, 413, 415, 422, 429, 500, 502, 503, 507),
        },
      },
      async (request, reply): Promise<JobView> => {
        const job = await take(request.body);
        reply.code(201).header("location", `/api/v1/jobs/${encodeURIComponent(job.handle.ident)}`);
        return jobView(job);
      },
    );

    app.get<{ Querystring: { readonly limit?: string; readonly before?: string } }>(
      "/jobs",
      {
        schema: {
          operationId: "listJobs",
          tags: ["jobs"],
          summary: "List jobs of this server",
          description: "The newest, newest last. Long commands are cut; a job by itself is shown whole.",
          querystring: {
            type: "object",
            properties: {
              limit: { type: "string", pattern: "^([1-9][0-9]{0,2}|1000)$", description: "So many at most; default 100, no more than 1000." },
              before: { type: "string", maxLength: 200, description: "Only those that are listed before this one: its ident." },
            },
          },
          response: answers({ 200: ["The jobs.", ref("JobList")] }, 400, 401, 404, 429),
        },
      },
      async ({ query: { limit = String(usual), before } }) => {
        const all = jobs.list();
        const end = before === undefined ? all.length : all.indexOf(jobs.get(before));
        const start = Math.max(0, end - Number(limit));
        return { jobs: all.slice(start, end).map(shortJobView), more: start > 0 };
      },
    );

    app.get<ByIdent>(
      "/jobs/:ident",
      { schema: { operationId: "showJob", tags: ["jobs"], summary: "Show a job", params: identSchema, response: answers({ 200: ["The job.", ref("Job")] }, 400, 401, 404, 429) } },
      async (request): Promise<JobView> => jobView(jobs.get(request.params.ident)),
    );

    app.post<ByIdent & { Body: { readonly force?: boolean } | undefined }>(
      "/jobs/:ident/cancel",
      {
        schema: {
          operationId: "cancelJob",
          tags: ["jobs"],
          summary: "Ask a job to stop",
          params: identSchema,
          body: ref("Cancel"),
          response: answers({ 202: ["It was asked; a job that has ended stays as it is.", ref("Job")] }, 400, 401, 404, 413, 415, 429),
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
          operationId: "answerJob",
          tags: ["jobs"],
          summary: "Answer what a job asks",
          description: "Types a line on the job's terminal. The job's `question` tells what is asked, as do notices of the kind `prompt` among its events.",
          params: identSchema,
          body: ref("Answer"),
          response: answers({ 204: ["It was typed."] }, 400, 401, 404, 413, 415, 429),
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
