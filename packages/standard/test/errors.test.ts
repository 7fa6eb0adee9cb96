import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorTable, type JobRequest } from "@distronode-runner/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createStandardRunner, isRunnerError, run, RunnerError, type Runner } from "../src/index.ts";

let root: string;
let runner: Runner;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "distronode-errors-"));
  runner = createStandardRunner();
});
afterEach(async () => {
  await runner.close();
  await rm(root, { recursive: true, force: true });
});

const image = { processIsolation: true, containerImage: "localhost/ee:1" };

test.each([
  ["nothing to run", {}, "REQUEST_INVALID", "playbook"],
  ["two things to run", { module: "ping", role: "web" }, "REQUEST_INVALID", "role"],
  ["hosts for a playbook", { playbook: "site.yml", hosts: "all" }, "REQUEST_INVALID", "hosts"],
  ["an empty command", { command: [] }, "REQUEST_INVALID", "command"],
  ["an unknown parameter", { module: "ping", extravar: {} } as Partial<JobRequest>, "REQUEST_INVALID", "extravar"],
  ["a parameter of another type", { module: "ping", verbosity: "much" } as unknown as Partial<JobRequest>, "REQUEST_INVALID", "verbosity"],
  ["an ident that leads elsewhere", { module: "ping", ident: "../x" }, "REQUEST_INVALID", "ident"],
  ["a container without an image", { module: "ping", processIsolation: true }, "REQUEST_INVALID", "container_?image"],
  ["a mount of the whole machine", { module: "ping", ...image, containerVolumeMounts: ["/:/host"] }, "MOUNT_REFUSED", "volume.?mount"],
  ["a setting that nobody knows", { module: "ping", settings: { job_timout: 3 } }, "SETTINGS_INVALID", "job_timout"],
] satisfies [string, Partial<JobRequest>, string, string][])("what the peer calls a ConfigurationError has a code and names the place: %s [API-10]", async (_what, asked, code, key) => {
  const error: unknown = await runner.start({ privateDataDir: root, ...asked }).catch((reason: unknown) => reason);
  if (!isRunnerError(error)) throw error;
  expect(error.code).toBe(code);
  expect(error.location?.key).toMatch(new RegExp(key, "i"));
  expect(error).toBeInstanceOf(RunnerError);
  expect(error.hint).toMatch(/\w/);
});

test("a file of the private data directory that can not be used is named with its line [API-10]", async () => {
  await mkdir(join(root, "env"));
  await writeFile(join(root, "env/settings"), "job_timeout: 3\n- x\n");
  await expect(run({ privateDataDir: root, module: "ping" })).rejects.toMatchObject({ code: expect.stringMatching(/^(DATA_DIR|SETTINGS)_INVALID$/) as string, location: { file: join(root, "env/settings") } });
  await expect(run({ privateDataDir: join(root, "nowhere"), module: "ping" })).rejects.toMatchObject({ code: "DATA_DIR_INVALID" });
});

test("an engine that nobody knows is an error of its own [API-10]", async () => {
  await expect(run({ privateDataDir: root, module: "ping", hosts: "all", ...image, processIsolationExecutable: "lxc" })).rejects.toMatchObject({ code: "ENGINE_NOT_FOUND", location: { key: "--process-isolation-executable" } });
});

test("the codes that the README names exist [API-10]", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const section = readme.split("### Exceptions")[1]!.split("## Other parts")[0]!;
  const codes = [...section.matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, code]) => code!);
  expect(codes.length).toBeGreaterThan(8);
  expect(codes.filter((code) => !(code in errorTable))).toEqual([]);
  for (const theirs of ["AnsibleRunnerException", "ConfigurationError", "CallbackError"]) expect(section).toContain(`\`${theirs}\``);
});
