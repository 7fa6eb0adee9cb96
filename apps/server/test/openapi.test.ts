import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { createServer } from "../src/create-server.ts";
import { ScriptedRunner } from "./scripted-runner.ts";

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Description {
  readonly servers: readonly unknown[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

async function describe(): Promise<Description> {
  const app = await createServer({ runner: new ScriptedRunner(), dataDirs: new Map(), token: "secret" });
  const response = await app.inject({ url: "/api/v1/openapi.json", headers: { authorization: "Bearer secret" } });
  await app.close();
  return response.json();
}

test("the description is valid OpenAPI 3.1", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate({ ...(await describe()) });
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  expect(validator.version).toBe("3.1");
});

test("the description breaks no recommended rule of the linter for OpenAPI", async () => {
  const config = await createConfig({ extends: ["recommended"] });
  const problems = await lintFromString({ source: JSON.stringify(await describe(), null, 1), absoluteRef: "openapi.json", config });
  expect(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual([]);
});

test("each operation has a name of its own, a tag, and says how it refuses", async () => {
  const { paths, servers } = await describe();
  expect(servers).toHaveLength(1);
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  const names = operations.map(({ operationId }) => operationId);
  expect(names.toSorted()).toEqual(["answerJob", "cancelJob", "describe", "health", "listJobs", "rootHealth", "showJob", "startJob", "streamEvents", "streamOutput"]);
  for (const { tags, responses } of operations) {
    expect(tags).toHaveLength(1);
    expect(responses["400"]).toMatchObject({ content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } } });
  }
});

test("jobs, orders and errors have schemas by name, which clients can be generated from", async () => {
  const { paths, components } = await describe();
  expect(Object.keys(components.schemas).toSorted()).toEqual(["Answer", "Cancel", "Error", "ErrorRecord", "Health", "Job", "JobList", "JobOrder"]);
  expect(paths["/api/v1/jobs"]?.["post"]).toMatchObject({
    requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/JobOrder" } } } },
    responses: { 201: { content: { "application/json": { schema: { $ref: "#/components/schemas/Job" } } }, headers: { location: {} } } },
  });
});
