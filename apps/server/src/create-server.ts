import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import { RunnerError, type Runner } from "@distronode-runner/contract";
import fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import type { RulesOfClients } from "./clients/client-rules.ts";
import type { DataDirs } from "./data-dirs.ts";
import { answerError } from "./http/answer-error.ts";
import { authorize } from "./http/authorize.ts";
import { answerClientError } from "./http/client-error.ts";
import { KnownPaths } from "./http/known-paths.ts";
import { OpenStreams } from "./http/open-streams.ts";
import { onlyKnownParameters } from "./http/only-known-parameters.ts";
import { wellFormed } from "./http/well-formed.ts";
import { description } from "./http/description.ts";
import { JobHistory } from "./jobs/job-history.ts";
import { JobRegistry } from "./jobs/job-registry.ts";
import { OrphanedJobs } from "./jobs/orphaned-jobs.ts";
import { components } from "./jobs/schemas.ts";
import { limitsFrom, type Limits } from "./load/limits.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { healthRoute, openApiRoute } from "./routes/service.ts";
import { streamRoutes } from "./routes/streams.ts";

declare module "fastify" {
  interface FastifyInstance {
    readonly jobs: JobRegistry;
  }
}

export interface ServerOptions {
  readonly runner: Runner;
  /** The private data directories clients may use, by name. */
  readonly dataDirs: DataDirs;
  /** What clients must send as bearer token. Jobs on the host inherit the runner's environment: keep the token out of it (`forgetVariable`). */
  readonly token: string;
  /** What clients may choose besides what a data directory's own settings say. Default: nothing that touches isolation. */
  readonly clients?: RulesOfClients;
  readonly limits?: Partial<Limits>;
  /** Fastify's `logger` option; default: none. */
  readonly logger?: FastifyServerOptions["logger"];
  readonly now?: () => number;
  readonly heartbeatMilliseconds?: number;
  /** Between two looks after jobs whose runner was killed; the first is when the server is ready. Default: a minute. */
  readonly reconcileMilliseconds?: number;
}

const prefix = "/api/v1";

/** Milliseconds a client has, when the server stops, to take what its job said last. */
const farewell = 2000;

/** The server, ready to listen. Closing it cancels its jobs and ends its streams; the runner stays the caller's. Jobs that it took over and that are to go on without a runner are left to `runner.close`. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const limits = limitsFrom(options.limits);
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestSeconds * 1000,
    http: { headersTimeout: limits.headSeconds * 1000, connectionsCheckingInterval: Math.min(1000, limits.headSeconds * 250) },
    clientErrorHandler: answerClientError,
    logger: options.logger ?? false,
    // An ident may have 200 bytes, each of them escaped.
    routerOptions: { maxParamLength: 600 },
    frameworkErrors: answerError,
    ajv: { customOptions: { allErrors: true, coerceTypes: false, removeAdditional: false, useDefaults: false, allowUnionTypes: true } },
  });
  app.server.maxConnections = limits.connections;
  const jobs = new JobRegistry(options.runner, { limits, ...(options.now === undefined ? {} : { now: options.now }) });
  const streams = new OpenStreams(limits);
  const history = new JobHistory({ runner: options.runner, jobs, dataDirs: options.dataDirs, newest: limits.history });
  const orphaned = new OrphanedJobs({ runner: options.runner, jobs, history, dataDirs: options.dataDirs, log: app.log, milliseconds: options.reconcileMilliseconds ?? 60_000, now: options.now ?? Date.now });
  // Fastify takes it unasked; then a wrong type would be a wrong body.
  app.removeContentTypeParser("text/plain");
  app.decorate("jobs", jobs);
  app.setErrorHandler(answerError);
  app.addHook("onRequest", authorize(options.token));
  app.addHook("preValidation", wellFormed);
  app.addHook("onReady", async () => orphaned.start());
  app.addHook("preClose", async () => {
    await Promise.all([orphaned.stop(), jobs.close()]);
    await streams.drain(farewell);
    app.server.closeAllConnections();
  });
  // It counts what has passed authorize: there is one token, and so one count.
  await app.register(rateLimit, {
    max: limits.requests,
    timeWindow: 60_000,
    keyGenerator: () => "token",
    errorResponseBuilder: (_request, { max }) => new RunnerError("TOO_MANY_REQUESTS", `The server takes ${max} requests in a minute.`, { hint: "Ask again when Retry-After is over." }),
  });
  const paths = new KnownPaths();
  app.addHook("onRoute", paths.add);
  app.addHook("onRoute", onlyKnownParameters);
  const counted = app.rateLimit();
  app.addHook("onRequest", async (request, reply) => {
    if (!request.is404) return;
    await counted.call(app, request, reply);
    // Here, before a body is read: whether it is well-formed does not matter.
    paths.refuse(request, reply);
  });
  for (const schema of components) app.addSchema(schema);
  await app.register(swagger, description);
  await app.register(healthRoute("rootHealth"));
  await app.register(healthRoute("health"), { prefix });
  await app.register(openApiRoute, { prefix });
  await app.register(jobRoutes(options.runner, jobs, options.dataDirs, options.clients), { prefix });
  await app.register(streamRoutes(jobs, streams, options.heartbeatMilliseconds ?? 15_000), { prefix });
  return app;
}
