import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";

const home = join(import.meta.dirname, "..");
const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(home, name), "utf8"));
const check = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile((await read("schema/settings.json")) as object);

test("the schema for editors is part of the package, under a path that importers may use", async () => {
  expect(await read("package.json")).toMatchObject({ files: expect.arrayContaining(["schema"]), exports: { "./schema/*.json": "./schema/*.json" } });
  expect(await readFile(join(home, "README.md"), "utf8")).toContain("# yaml-language-server: $schema=");
});

const whole = { process_isolation: true, process_isolation_executable: "docker", container_image: "ee:1", container_options: ["--network=none"], container_volume_mounts: "/etc:/x:ro" };

test.each([
  {},
  { job_timeout: 5, idle_timeout: null },
  whole,
  { container_auth_data: { host: "registry.example", username: "me", password: "x", verify_ssl: false } },
  { runner_http_url: "http://events.example/", engines: { podman: { socket: "/x" } } },
])("an editor finds nothing wrong with %j", (settings) => {
  expect([check(settings), check.errors]).toEqual([true, null]);
});

test.each([
  [{ job_timeot: 5 }, "", "additionalProperties"],
  [{ job_timeout: "soon" }, "/job_timeout", "type"],
  [{ job_timeout: -1 }, "/job_timeout", "minimum"],
  [{ container_pull_policy: "sometimes" }, "/container_pull_policy", "enum"],
  [{ container_auth_data: { username: "me" } }, "/container_auth_data", "required"],
  [{ container_options: [1] }, "/container_options/0", "type"],
])("an editor marks what is wrong with %j", (settings, path, keyword) => {
  expect(check(settings)).toBe(false);
  expect(check.errors).toContainEqual(expect.objectContaining({ instancePath: path, keyword }));
});
