import { isRunnerError, type ContainerExecution, type JobRequest } from "@distronode-runner/contract";
import { describe, expect, test } from "vitest";
import { planJob, reportSettings, type DataDirSnapshot, type PathKind } from "../src/index.ts";

const plan = (asked: Partial<JobRequest> = {}, env: DataDirSnapshot["env"] = {}, paths: Record<string, PathKind> = {}, environment: Record<string, string> = {}) =>
  planJob(
    { privateDataDir: "/data", playbook: "site.yml", ident: "job", ...asked },
    { root: "/data", projectDir: "/data/project", hasProject: true, hasInventory: true, entries: [], envEntries: [], env, playbook: { found: true, similar: [] } },
    { cwd: "/work", home: "/home/me", environment, real: (path) => path, probe: (path) => paths[path] ?? "missing", sshDirectory: () => undefined, newIdent: "fresh", jobId: "job-1", owner: "host:1", runtimeDir: "/run/runner", version: "1.2.3" },
  );
const inContainer: Partial<JobRequest> = { processIsolation: true, containerImage: "localhost/ee:1" };
const refusal = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    if (isRunnerError(error)) return error.toJSON();
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("env/settings", () => {
  test("is a mapping, in YAML or JSON, and every key of it counts [PDD-07]", () => {
    const written = {
      job_timeout: 7,
      idle_timeout: 5.5,
      cancel_grace: 3,
      suppress_output_file: true,
      suppress_ansible_output: true,
      fact_cache: "facts",
      fact_cache_type: "yaml",
      process_isolation: true,
      process_isolation_executable: "docker",
      container_image: "ee:1",
      container_pull_policy: "never",
      container_options: ["--network=none"],
      container_volume_mounts: ["/etc:/x:ro"],
      container_auth_data: { host: "registry.example", username: "me", password: "secret", verify_ssl: false },
      engines: { docker: { socket: "/run/docker.sock" } },
      runner_http_url: "http://events.example/",
    };
    const yaml = Object.entries(written).map(([key, value]) => `${key}: ${typeof value === "object" ? JSON.stringify(value) : value}\n`).join("");
    const [fromJson, fromYaml] = [JSON.stringify(written), yaml].map((settings) => plan({}, { settings }, { "/etc": "directory" }));
    const line = (yaml.split("\n").findIndex((text) => text.startsWith("process_isolation_executable:")) + 1).toString();
    expect(fromYaml).toEqual({ ...fromJson, engineFrom: `/data/env/settings:${line}` });
    expect(fromJson!.plan).toMatchObject({
      clocks: { job: 7, idle: 5.5, grace: 3 },
      output: { suppressFiles: true, quiet: true },
      factCache: "/data/artifacts/job/facts",
      environment: { ANSIBLE_CACHE_PLUGIN: { value: "yaml" } },
      execution: { kind: "container", engine: "docker", image: "ee:1", pull: "never", options: { network: "none" } },
    });
    expect((fromJson!.plan.execution as ContainerExecution).mounts).toContainEqual({ source: "/etc", target: "/x", readOnly: true, relabel: "none" });
    expect(fromJson).toMatchObject({ registry: { credentials: { registry: "registry.example", username: "me", password: "secret" }, verifyTls: false }, engineSettings: written.engines, sinkSettings: { runner_http_url: written.runner_http_url } });
  });

  test("settings of a program count in full when there is no env/settings, and key by key when there is one [PDD-17]", () => {
    const settings = { job_timeout: 9, suppress_output_file: true, process_isolation: true, container_image: "mine" };
    expect(plan({ settings }).plan).toMatchObject({ clocks: { job: 9 }, output: { suppressFiles: true }, execution: { kind: "container", image: "mine" } });
    expect(plan({ settings: { job_timeout: 9 } }, { settings: "idle_timeout: 4\n" }).plan.clocks).toMatchObject({ job: 9, idle: 4 });
  });

  test("pexpect_timeout and pexpect_use_poll are taken, say nothing and change nothing: nothing is polled", () => {
    const ask = (settings: string) => plan({}, { settings, passwords: "'a:': b\n" }).plan;
    expect(ask("pexpect_timeout: 5\npexpect_use_poll: false\n")).toEqual(ask(""));
    expect(ask("pexpect_timeout: null\n").warnings).toEqual([]);
  });

  test.each([
    ["job_timeout: 1\nidle_timeout: 2\njob_timeout: 3\n", "job_timeout", [1, 3]],
    ['{"job_timeout": 1,\n "job_timeout": 3}', "job_timeout", [1, 2]],
    ["container_auth_data:\n  host: a\n  host: b\n", "host", [2, 3]],
  ])("a key that is written twice is refused with both lines: %j", (settings, key, lines) => {
    expect(refusal(() => plan({}, { settings }))).toMatchObject({ code: "SETTINGS_INVALID", message: `/data/env/settings has the setting ${key} twice, in the lines ${lines.join(" and ")}.`, location: { line: lines[1] } });
  });
});

describe("what a caller says about output", () => {
  test("has an effect, by whichever name, and beats env/settings [SET-04] [FRK-04]", () => {
    const output = (asked: Partial<JobRequest>, settings = "") => plan(asked, { settings }).plan.output;
    expect(output({ settings: { suppress_output_file: true } })).toMatchObject({ suppressFiles: true, eventFiles: true, quiet: false });
    expect(output({ settings: { job_events: false } })).toMatchObject({ suppressFiles: false, eventFiles: false });
    for (const asked of [{ quiet: true }, { settings: { suppress_ansible_output: true } }, { settings: { suppress_distronode_output: true } }]) {
      expect(output(asked)).toMatchObject({ suppressFiles: false, quiet: true });
      expect(output(asked, "suppress_ansible_output: false\nsuppress_output_file: true\n")).toMatchObject({ suppressFiles: true, quiet: true });
    }
    expect(output({}, "suppress_distronode_output: true\n").quiet).toBe(true);
    expect(output({ quiet: false }, "suppress_distronode_output: true\n").quiet).toBe(false);
  });
});

describe("the fact cache", () => {
  const cache = (...given: Parameters<typeof plan>) => {
    const { factCache, environment, execution } = plan(...given).plan;
    const value = (name: string): string | undefined => (environment[name] as { value: string } | undefined)?.value;
    return { here: factCache, plugin: value("ANSIBLE_CACHE_PLUGIN"), seen: value("ANSIBLE_CACHE_PLUGIN_CONNECTION"), mounts: execution.kind === "container" ? execution.mounts.slice(3) : [] };
  };

  test("is a directory of the job's artifacts, of any name, on the host and in a container", () => {
    expect(cache()).toMatchObject({ here: "/data/artifacts/job/fact_cache", plugin: "jsonfile", seen: "/data/artifacts/job/fact_cache" });
    expect(cache({}, { settings: "fact_cache: my/facts\n" })).toMatchObject({ here: "/data/artifacts/job/my/facts", seen: "/data/artifacts/job/my/facts" });
    expect(cache({ ...inContainer, artifactDir: "/else" }, { settings: "fact_cache: facts\n" })).toMatchObject({ here: "/else/job/facts", seen: "/runner/artifacts/job/facts" });
  });

  test("may be elsewhere, for several jobs; a container gets it writable", () => {
    expect(cache({}, { settings: "fact_cache: ../shared\n" })).toMatchObject({ here: "/data/artifacts/shared", seen: "/data/artifacts/shared" });
    expect(cache(inContainer, { settings: "fact_cache: ../shared\n" })).toMatchObject({ here: "/data/artifacts/shared", seen: "/runner/artifacts/shared", mounts: [{ source: "/data/artifacts/shared", target: "/runner/artifacts/shared", readOnly: false }] });
    expect(cache(inContainer, { settings: "fact_cache: /srv/facts\n" })).toMatchObject({ here: "/srv/facts", seen: "/srv/facts", mounts: [{ source: "/srv/facts", target: "/srv/facts", readOnly: false }] });
  });

  test("is not the artifact directory itself", () => {
    expect(refusal(() => plan({}, { settings: "fact_cache: .\n" }))).toMatchObject({ code: "SETTINGS_INVALID", location: { key: "/data/env/settings:1" } });
  });

  test("uses the plugin that the settings name, with the user's connection if that needs one [SET-06]", () => {
    const settings = "fact_cache_type: redis\n";
    expect(cache({}, { settings })).toMatchObject({ plugin: "redis", seen: "/data/artifacts/job/fact_cache" });
    expect(cache({}, { settings, envvars: "ANSIBLE_CACHE_PLUGIN_CONNECTION: localhost:6379:0\n" })).toMatchObject({ plugin: "redis", seen: "localhost:6379:0" });
    expect(cache({}, { settings }, {}, { ANSIBLE_CACHE_PLUGIN_CONNECTION: "localhost:6379:0" })).toMatchObject({ plugin: "redis", seen: undefined });
    expect(cache(inContainer, { settings })).toMatchObject({ plugin: "redis", seen: "/runner/artifacts/job/fact_cache" });
  });
});

describe("an engine", () => {
  test("may be named by the path of its client [CON-23]", () => {
    for (const [asked, engine] of [["/usr/bin/docker", "docker"], ["/opt/podman/bin/podman", "podman"], ["docker", "docker"], ["auto", "auto"]] as const) {
      expect(plan({ ...inContainer, processIsolationExecutable: asked }).plan.execution).toMatchObject({ kind: "container", engine });
      expect(plan({}, { settings: `process_isolation: true\ncontainer_image: x\nprocess_isolation_executable: ${asked}\n` }).plan.execution).toMatchObject({ kind: "container", engine });
    }
  });
});

describe("variables of the tool", () => {
  test("with the prefix DISTRONODE_ count for a tool that reads the other, and forced ones are not set aside by them", () => {
    const { environment } = plan({}, { envvars: "DISTRONODE_FORKS: 3\nDISTRONODE_CALLBACK_PLUGINS: /mine\nDISTRONODE_HOST_KEY_CHECKING: True\nDISTRONODE_RUNNER_X: 1\n" }).plan;
    expect(environment).toMatchObject({ ANSIBLE_FORKS: { value: "3" }, DISTRONODE_FORKS: { value: "3" }, ANSIBLE_CALLBACK_PLUGINS: { value: "/mine:@JOB_DIR@/callback" }, ANSIBLE_HOST_KEY_CHECKING: { value: "True" } });
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(["DISTRONODE_CALLBACK_PLUGINS"]));
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(["ANSIBLE_RUNNER_X"]));
  });

  test("that name the original runner's stdout callback mean the one beneath it", () => {
    const callback = (envvars: string) => plan({}, { envvars }).plan.environment["ANSIBLE_STDOUT_CALLBACK"];
    expect(callback("ANSIBLE_STDOUT_CALLBACK: awx_display\n")).toEqual({ value: "default" });
    expect(callback("ANSIBLE_STDOUT_CALLBACK: awx_display\nORIGINAL_STDOUT_CALLBACK: minimal\n")).toEqual({ value: "minimal" });
  });
});

describe("inputs that are named pipes", () => {
  test("extra variables, which the runner has read, reach the tool as a file of the job", () => {
    const planned = plan({ extravars: { b: 2 } }, { extravars: "a: hunter2\n" }, { "/data/env/extravars": "pipe" });
    expect(planned.plan.command.filter((word) => word.startsWith("@"))).toEqual(["@@JOB_DIR@/extravars.yml", "@@JOB_DIR@/extravars.json"]);
    expect(planned.plan.files["extravars.yml"]).toEqual({ secret: "env/extravars" });
    expect(planned.secrets.get("env/extravars")).toBe("a: hunter2\n");
  });

  test("an inventory is refused: the tool reads it more than once", () => {
    for (const [asked, path] of [[{}, "/data/inventory"], [{ inventory: "hosts" }, "/work/hosts"]] as const) {
      expect(refusal(() => plan(asked, {}, { [path]: "pipe" }))).toMatchObject({ code: "REQUEST_INVALID", message: `The inventory ${path} is a named pipe, which can be read only once.` });
    }
  });
});

describe("the settings that count", () => {
  const file = (text: string) => ({ text, path: "/data/env/settings" });
  const report = (asked: Partial<JobRequest>, text = "") => Object.fromEntries(reportSettings({ privateDataDir: "/data", ...asked }, file(text)).map(({ key, ...rest }) => [key, rest]));

  test("are told with their values and who said so [PDD-16]", () => {
    const told = report({ containerImage: "flag", quiet: true, timeout: 3, settings: { idle_timeout: 8 } }, "container_image: file\nprocess_isolation: true\nidle_timeout: 1\njob_timeout: 2\nsuppress_distronode_output: false\n");
    expect(told).toMatchObject({
      container_image: { value: "flag", from: "--container-image" },
      process_isolation: { value: true, from: "/data/env/settings:2" },
      idle_timeout: { value: 8, from: "settings.idle_timeout" },
      job_timeout: { value: 3, from: "timeout" },
      suppress_ansible_output: { value: true, from: "--quiet" },
      fact_cache: { value: "fact_cache", from: "default" },
      process_isolation_hide_paths: { from: "default" },
    });
    expect(told).not.toHaveProperty("suppress_distronode_output");
    expect(report({ offline: true })["container_pull_policy"]).toEqual({ value: "never", from: "--offline" });
    expect(report({}, "suppress_distronode_output: true\n")["suppress_ansible_output"]).toEqual({ value: true, from: "/data/env/settings:1" });
  });

  test("show no secrets", () => {
    const told = report({}, [
      "container_auth_data: {host: registry.example, username: me, password: s3cret}",
      "container_options: [--env=API_TOKEN=s3cret, -e, PLAIN=s3cret, --network=none, -eX=s3cret]",
      "engines: {podman: {socket: 'tcp://me:s3cret@host:1'}}",
      "runner_http_url: https://me:s3cret@events.example/a?key=s3cret",
      "runner_http_headers: {Authorization: s3cret}",
      "runner_http_timeout: 5",
    ].join("\n"));
    expect(JSON.stringify(told)).not.toContain("s3cret");
    expect(told).toMatchObject({
      container_auth_data: { value: { host: "registry.example", username: "me", password: "**********" } },
      container_options: { value: ["--env=API_TOKEN=**********", "-e", "PLAIN=**********", "--network=none", "-eX=**********"] },
      runner_http_url: { value: "https://**********@events.example/a?**********", from: "/data/env/settings:4" },
      runner_http_timeout: { value: 5 },
    });
  });
});
