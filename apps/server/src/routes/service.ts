import type { FastifyPluginCallback } from "fastify";

/** Whether the server is there. The only answer that needs no token, and that no limit is counted for. */
export const healthRoute: FastifyPluginCallback = (app, _options, done) => {
  const schema = { summary: "Whether the server is up", security: [], response: { 200: { type: "object", required: ["status"], properties: { status: { type: "string" } } } } };
  app.get("/health", { config: { open: true, rateLimit: false }, schema }, async () => ({ status: "ok" }));
  done();
};

/** The description of all routes, made from their schemas. */
export const openApiRoute: FastifyPluginCallback = (app, _options, done) => {
  app.get("/openapi.json", { schema: { summary: "This description", response: { 200: { type: "object", additionalProperties: true } } } }, async () => app.swagger());
  done();
};
