import { validateJobRequest } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { jobRequest, type Caller } from "../../src/arguments/job-request.ts";

const args = { private_data_dir: "demo" };
const v = { type: "flag", flag: "verbose", input: "-v" } as const;
const caller = (environment: Caller["environment"] = {}): Caller => ({ cwd: "/here", environment, color: false });
type Flags = Parameters<typeof jobRequest>[1];
const request = (flags: Flags, environment: Caller["environment"] = {}): object => jobRequest(args, flags, [], caller(environment));

test("what was not said is left out", () => {
  expect(request({ playbook: "site.yml" })).toEqual({ privateDataDir: "demo", playbook: "site.yml" });
});

test("everything said is in a valid request [CLI-07] [CLI-11] [CLI-13] [CLI-16]", () => {
  const flags: Flags = {
    role: "greet",
    "role-vars": "a=1",
    "role-skip-facts": true,
    "roles-path": "r",
    hosts: "web",
    binary: "/bin/x",
    ident: "i",
    json: true,
    quiet: true,
    inventory: "hosts",
    limit: "web",
    forks: "3",
    cmdline: "-v",
    "artifact-dir": "a",
    "project-dir": "p",
    "rotate-artifacts": 2,
    "omit-event-data": true,
    "only-failed-event-data": true,
    "omit-env-files": true,
    "process-isolation": true,
    "process-isolation-executable": "docker",
    "container-image": "ee",
    "container-volume-mount": ["/a:/b"],
    "container-option": ["--network=none"],
    "process-isolation-path": "stage",
    "process-isolation-hide-paths": ["/x", "y"],
    "directory-isolation-base-path": "/copies",
  };
  const made = jobRequest(args, flags, [v, v, v], { ...caller(), color: true });
  expect(validateJobRequest(made)).toEqual({ value: made });
  expect(made).toEqual({
    privateDataDir: "demo",
    role: "greet",
    roleVars: { a: 1 },
    roleSkipFacts: true,
    rolesPath: "r",
    hosts: "web",
    binary: "/bin/x",
    ident: "i",
    inventory: ["hosts"],
    limit: "web",
    forks: "3",
    verbosity: 3,
    cmdline: "-v",
    artifactDir: "a",
    projectDir: "p",
    rotateArtifacts: 2,
    omitEventData: true,
    onlyFailedEventData: true,
    json: true,
    quiet: true,
    color: true,
    processIsolation: true,
    processIsolationExecutable: "docker",
    containerImage: "ee",
    containerVolumeMounts: ["/a:/b"],
    containerOptions: ["--network=none"],
    settings: { process_isolation_path: "/here/stage", process_isolation_hide_paths: ["/x", "/here/y"], directory_isolation_base_path: "/copies" },
  });
});

test("a module has its arguments [CLI-16]", () => {
  expect(request({ module: "ping", args: "data=x", hosts: "web" })).toEqual({ privateDataDir: "demo", module: "ping", moduleArgs: "data=x", hosts: "web" });
});

test("two targets on the command line are a mistake of use [CLI-12]", () => {
  expect(() => request({ playbook: "x", module: "y" })).toThrow(expect.objectContaining({ code: "USAGE", message: "--playbook and --module can not be given together." }));
});

test.each([
  [{ RUNNER_PLAYBOOK: "x.yml" }, { playbook: "x.yml" }],
  [{ RUNNER_MODULE: "ping" }, { module: "ping" }],
  [{ RUNNER_ROLE: "greet", ANSIBLE_ROLES_PATH: "/r" }, { role: "greet", rolesPath: "/r" }],
  [{ RUNNER_MODULE: "ping", DISTRONODE_RUNNER_MODULE: "setup", RUNNER_BINARY: "/bin/x" }, { module: "setup", binary: "/bin/x" }],
  [{ DISTRONODE_RUNNER_BINARY: "/bin/y", RUNNER_PLAYBOOK: "" }, { binary: "/bin/y" }],
])("the environment %j is a default [CLI-12]", (environment, expected) => {
  expect(request({}, environment)).toEqual({ privateDataDir: "demo", ...expected });
});

test("a target that is named beats those of the environment [CLI-12]", () => {
  expect(request({ module: "ping" }, { RUNNER_PLAYBOOK: "x", RUNNER_ROLE: "y", ANSIBLE_ROLES_PATH: "/r" })).toEqual({ privateDataDir: "demo", module: "ping" });
});

test("two targets in the environment are refused [CLI-12]", () => {
  expect(() => request({}, { RUNNER_PLAYBOOK: "x", DISTRONODE_RUNNER_ROLE: "y" })).toThrow(expect.objectContaining({ code: "REQUEST_INVALID", message: expect.stringContaining("RUNNER_PLAYBOOK and DISTRONODE_RUNNER_ROLE") }));
});

test("something to run has to be named, and hosts belong to a module or role [CLI-14]", () => {
  expect(() => request({})).toThrow("Nothing was named to run.");
  expect(() => request({ playbook: "x", hosts: "web" })).toThrow("--hosts goes with -m or -r only.");
});
