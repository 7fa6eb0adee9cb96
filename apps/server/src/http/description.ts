import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";

/** What the OpenAPI description says besides the routes. */
export const description: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: "3.1.0",
    info: {
      title: "Distronode Runner",
      version: "1",
      description: "Runs automation jobs and streams what they say.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" } as { name: string },
    },
    servers: [{ url: "/", description: "The server that gave this description." }],
    tags: [
      { name: "jobs", description: "Jobs are started, shown, answered and canceled." },
      { name: "streams", description: "What jobs say, while they say it." },
      { name: "server", description: "The server itself." },
    ],
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    security: [{ token: [] }],
  },
  refResolver: {
    // The names of `components`, instead of numbers.
    buildLocalReference: (schema, _uri, _fragment, index) => (typeof schema.$id === "string" ? schema.$id : `def-${index}`),
  },
};
