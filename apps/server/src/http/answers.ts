import { STATUS_CODES } from "node:http";
import { ref, type JsonSchema } from "../jobs/schemas.ts";

/** What a status means; the schema of its JSON body, or one for each media type (a key with a slash); its headers. */
type Answer = readonly [description: string, body?: JsonSchema, headers?: JsonSchema];

/** The `response` of a route's schema: what it answers with when all is well, and with which statuses it refuses. */
export function answers(good: Readonly<Record<number, Answer>>, ...errors: readonly number[]): Record<string, unknown> {
  return Object.fromEntries([
    ...Object.entries(good).map(([status, answer]) => [status, described(answer)]),
    ...errors.map((status) => [status, { description: STATUS_CODES[status], content: content({ "application/json": ref("Error") }) }]),
  ]);
}

function described([description, body, headers]: Answer): JsonSchema {
  if (body === undefined) return { description, type: "null" };
  const bodies = Object.keys(body).some((key) => key.includes("/")) ? (body as Readonly<Record<string, JsonSchema>>) : { "application/json": body };
  return { description, ...(headers === undefined ? {} : { headers }), content: content(bodies) };
}

function content(bodies: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return Object.fromEntries(Object.entries(bodies).map(([type, schema]) => [type, { schema }]));
}
