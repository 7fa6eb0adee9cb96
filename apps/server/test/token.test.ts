import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resolveToken, sameToken } from "../src/token.ts";

test("the file wins over the environment, and a new token is made when there is neither", async () => {
  const home = await mkdtemp(join(tmpdir(), "token-"));
  const file = join(home, "token");
  await writeFile(file, "from-file\n");
  const environment = { DISTRONODE_RUNNER_TOKEN: "from-environment" };
  expect(await resolveToken({ file, environment })).toEqual({ value: "from-file", generated: false });
  expect(await resolveToken({ environment })).toEqual({ value: "from-environment", generated: false });
  const made = await resolveToken({ environment: {} });
  expect(made.generated).toBe(true);
  expect(made.value).toMatch(/^[\w-]{32}$/);
  await rm(home, { recursive: true });
});

test.each(["", "  \n", "two words"])("a token of %j is refused", async (value) => {
  await expect(resolveToken({ environment: { DISTRONODE_RUNNER_TOKEN: value } })).rejects.toMatchObject({ code: "USAGE" });
});

test("a token file that is not there is refused", async () => {
  await expect(resolveToken({ file: "/nowhere/token", environment: {} })).rejects.toMatchObject({ code: "USAGE" });
});

test("tokens are compared whole", () => {
  expect(sameToken("secret", "secret")).toBe(true);
  expect(sameToken("secret", "secret2")).toBe(false);
  expect(sameToken("", "secret")).toBe(false);
});
