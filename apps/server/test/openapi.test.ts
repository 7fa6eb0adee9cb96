import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { createServer } from "../src/create-server.ts";
import { ScriptedRunner } from "./scripted-runner.ts";

test("the description is valid OpenAPI 3.1", async () => {
  const app = await createServer({ runner: new ScriptedRunner(), dataDirs: new Map(), token: "secret" });
  const response = await app.inject({ url: "/api/v1/openapi.json", headers: { authorization: "Bearer secret" } });
  const validator = new Validator();
  const { valid, errors } = await validator.validate(response.json());
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  expect(validator.version).toBe("3.1");
  await app.close();
});
