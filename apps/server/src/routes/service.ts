import type { FastifyPluginCallback } from "fastify";
import { answers } from "../http/answers.ts";
import { ref } from "../jobs/schemas.ts";

/** Whether the server is there. The only answer that needs no token, and that no limit is counted for. `name`: of the operation, in the description. */
export function healthRoute(name: string): FastifyPluginCallback {
  return (app, _options, done) => {
    const schema = { operationId: name, tags: ["server"], summary: "Whether the server is up", security: [], response: answers({ 200: ["It is.", ref("Health")] }, 400) };
    app.get("/health", { config: { open: true, rateLimit: false }, schema }, async () => ({ status: "ok" }));
    done();
  };
}

/** The description of all routes, made from their schemas. */
export const openApiRoute: FastifyPluginCallback = (app, _options, done) => {
  const schema = { operationId: "describe", tags: ["server"], summary: "This description", response: answers({ 200: ["OpenAPI 3.1.", { type: "object", additionalProperties: true }] }, 400, 401, 429) };
  app.get("/openapi.json", { schema }, async () => app.swagger());
  done();
};
