import type { RouteOptions } from "fastify";

interface Query {
  readonly properties?: object;
}

/** For the hook `onRoute`: a query parameter that a route does not know is refused, and not ignored. */
export function onlyKnownParameters(route: RouteOptions): void {
  const query = route.schema?.querystring as Query | undefined;
  route.schema = { ...route.schema, querystring: { type: "object", properties: {}, ...query, additionalProperties: false } };
}
