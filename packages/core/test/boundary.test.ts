import { isRunnerError, type ContainerExecution, type JobPlan, type JobRequest } from "@distronode-runner/contract";
import { describe, expect, test } from "vitest";
import { planJob, type DataDirSnapshot, type PathKind } from "../src/index.ts";

const directory = (name: string, source = `/data/${name}`) => ({ name, kind: "directory" as const, source });
const usual = [directory("artifacts"), directory("cp"), directory("env"), directory("inventory"), directory("project"), { name: "pid", kind: "file" as const, source: "/data/pid" }, { name: "args", kind: "file" as const, source: "/data/args" }, { name: "note.txt", kind: "file" as const, source: "/data/note.txt" }];

function plan(asked: Partial<JobRequest> = {}, found: Partial<DataDirSnapshot> = {}, links: Record<string, string> = {}, paths: Record<string, PathKind> = {}): JobPlan {
  return planJob(
    { privateDataDir: "/data", playbook: "site.yml", ident: "job", processIsolation: true, containerImage: "ee", ...asked },
    { root: "/data", projectDir: "/data/project", hasProject: true, hasInventory: true, entries: usual, envEntries: [], env: {}, playbook: { found: true, similar: [] }, ...found },
    { cwd: "/work", home: "/home/me", environment: {}, real: (path) => links[path] ?? path, probe: (path) => paths[path] ?? "missing", sshDirectory: () => undefined, newIdent: "fresh", jobId: "job-1", owner: "host:1", runtimeDir: "/run/runner", version: "1.2.3" },
  ).plan;
}
const mounts = (...given: Parameters<typeof plan>): readonly string[] => (plan(...given).execution as ContainerExecution).mounts.map(({ source, target, readOnly }) => `${source} ${target}${readOnly ? " ro" : ""}`);
const refused = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return isRunnerError(error) ? { code: error.code, key: error.location?.key } : error;
  }
};

describe("a job in a container", () => {
  test("is shown each entry of the private data directory by itself, on a directory of its own, and nothing that the runner reads or writes there", () => {
    expect(mounts()).toEqual([
      "/data/artifacts/job/.job/root /runner",
      "/data/cp /runner/cp",
      "/data/inventory /runner/inventory",
      "/data/note.txt /runner/note.txt",
      "/data/project /runner/project",
      "/data/artifacts/job/.job/env /runner/env ro",
    ]);
    expect(plan().boundary).toMatchObject({ places: { artifacts: "directory", env: "directory", cp: "directory", inventory: "directory", "note.txt": "file", project: "directory" }, reserved: expect.arrayContaining(["args", "artifacts", "daemon.log", "env", "pid"]) as string[] });
  });

  test("is shown, read-only, what else is in env/, and none of the files that the runner reads there", () => {
    const envEntries = [...["envvars", "extravars", "passwords", "cmdline", "settings", "ssh_key", "secrets", "tmpabc"].map((name) => ({ name, kind: "file" as const })), { name: "keys", kind: "directory" as const }, { name: "link", kind: { link: "keys/one" } }];
    expect(mounts({}, { envEntries }).filter((mount) => mount.includes("/runner/env/"))).toEqual(["/data/env/tmpabc /runner/env/tmpabc ro", "/data/env/keys /runner/env/keys ro"]);
    expect(plan({}, { envEntries }).boundary?.envPlaces).toEqual({ tmpabc: "file", keys: "directory", link: { link: "keys/one" } });
  });

  test("gets env/extravars over the wire, and the path of a file that the runner reads is refused", () => {
    expect(plan({}, { env: { extravars: "a: 1" } }).command).toContain("@@JOB_DIR@/extravars.yml");
    const paths = { "/data/env/ssh_key": "file", "/data/env/tmpabc": "file" } as const;
    expect(refused(() => plan({ cmdline: "--private-key /data/env/ssh_key" }, {}, {}, paths))).toEqual({ code: "MOUNT_REFUSED", key: "--private-key" });
    expect(plan({ cmdline: "--private-key /data/env/tmpabc" }, {}, {}, paths).command).toContain("/runner/env/tmpabc");
  });

  test("finds links of the directory's owner resolved: a project or an inventory elsewhere is where it is looked for", () => {
    const entries = [directory("project", "/srv/project"), directory("inventory", "/srv/inventory"), directory("root", "/")];
    const planned = plan({}, { entries });
    expect((planned.execution as ContainerExecution).mounts).toContainEqual({ source: "/srv/inventory", target: "/runner/inventory", readOnly: false, relabel: "none" });
    expect(mounts({}, { entries })).not.toContain("/ /runner/root");
    expect(planned.warnings).toContain("/data/root leads to /, which is not shown to the job.");
  });

  test("never sees the artifacts of other jobs, wherever they are kept", () => {
    expect(mounts({ artifactDir: "/data/out" }, { entries: [...usual, directory("out")] }).join()).not.toContain("/data/out /");
    expect(mounts({ artifactDir: "/data/cp" }).join()).not.toContain("/data/cp /");
    expect(mounts({ artifactDir: "/data/project/out" })).toContain("/data/project/out/job/.job/root/artifacts /runner/project/out");
    expect(mounts({ artifactDir: "/link" }, {}, { "/link": "/data/cp/out", "/link/job": "/data/cp/out/job" })).toContain("/link/job/.job/root/artifacts /runner/cp/out");
    for (const artifactDir of ["/data", "/data/project"]) expect(refused(() => plan({ artifactDir })), artifactDir).toEqual({ code: "REQUEST_INVALID", key: "artifactDir" });
    expect(refused(() => plan({ artifactDir: "/", ident: "data" }))).toEqual({ code: "REQUEST_INVALID", key: "artifactDir" });
  });

  test("a mount from a place that jobs write to is refused when a link there leads out of it", () => {
    const asked = { containerVolumeMounts: ["/data/project/certs:/certs"] };
    const paths = { "/data/project/certs": "directory" } as const;
    expect(mounts(asked, {}, {}, paths)).toContain("/data/project/certs /certs");
    expect(refused(() => plan(asked, {}, { "/data/project/certs": "/etc/ssl" }, paths))).toMatchObject({ code: "MOUNT_REFUSED" });
    // The owner's own link, which no job can replace.
    expect(mounts(asked, {}, { "/data/project": "/srv/p", "/data/project/certs": "/srv/p/certs" }, paths)).toContain("/data/project/certs /certs");
  });
});

test("a job in a sandbox has the same boundary at the directory's own path, and its artifacts where it looks for them", () => {
  const sandboxed = (asked: Partial<JobRequest> = {}): unknown => {
    const { execution } = plan({ processIsolationExecutable: "bwrap", ...asked });
    return execution.kind === "host" ? execution.sandbox?.mounts.map(({ source, target, readOnly }) => `${source} ${target}${readOnly ? " ro" : ""}`) : undefined;
  };
  expect(sandboxed()).toEqual(["/data/artifacts/job/.job/root /data", "/data/cp /data/cp", "/data/inventory /data/inventory", "/data/note.txt /data/note.txt", "/data/project /data/project", "/data/artifacts/job/.job/env /data/env ro"]);
  expect(sandboxed({ artifactDir: "/srv/out" })).toContain("/srv/out/job/.job/root/artifacts /srv/out");
});

describe("a link that a job may have put where it can write", () => {
  const entries = [...usual, directory("out")];
  const links = { "/data/cp/place": "/etc", "/data/cp/place/facts": "/etc/facts", "/data/cp/place/job": "/etc/job" };
  const bwrap = { processIsolationExecutable: "bwrap" };

  test.each<[name: string, asked: Partial<JobRequest>, found: Partial<DataDirSnapshot>, key: string]>([
    ["the project", {}, { projectDir: "/data/cp/place" }, "projectDir"],
    ["the project in a sandbox", bwrap, { projectDir: "/data/cp/place" }, "projectDir"],
    ["all artifacts", { artifactDir: "/data/cp/place" }, {}, "artifactDir"],
    ["the facts", { settings: { fact_cache: "/data/cp/place/facts" } }, {}, "fact_cache"],
    ["what a sandbox shows", { ...bwrap, settings: { process_isolation_show_paths: ["/data/cp/place"] } }, {}, "process_isolation_show_paths"],
    ["what a sandbox shows read-only", { ...bwrap, settings: { process_isolation_ro_paths: "/data/cp/place" } }, {}, "process_isolation_ro_paths"],
  ])("is not followed to %s", (_name, asked, found, key) => {
    expect(refused(() => plan(asked, { entries, ...found }, links))).toEqual({ code: "MOUNT_REFUSED", key });
    // Without the link nothing is refused.
    plan(asked, { entries, ...found });
  });

  test("does not matter to a job that is an ordinary process: it can follow the link itself", () => {
    expect(plan({ processIsolation: false }, { projectDir: "/data/cp/place" }, links).execution.kind).toBe("host");
  });
});

test("what a job makes under the name of a directory with artifacts, or of an entry that it is not shown, never becomes part of that", () => {
  const reserved = (...given: Parameters<typeof plan>): unknown => plan(...given).boundary?.reserved;
  expect(reserved({ artifactDir: "/data/out" })).toContain("out");
  expect(reserved({ artifactDir: "/data/deeper/out" })).toContain("deeper");
  expect(reserved({}, { entries: [...usual, directory("root", "/")] })).toContain("root");
  expect(reserved()).toEqual(["args", "artifacts", "daemon.log", "env", "pid"]);
});

test("a container can make no device files, which would be ones of this machine, unless that is asked for", () => {
  const capabilities = (...options: string[]): unknown => (plan({ settings: { container_options: options } }).execution as ContainerExecution).options.capabilities;
  expect(capabilities()).toEqual({ add: [], drop: ["MKNOD"] });
  expect(capabilities("--cap-add=CAP_MKNOD")).toEqual({ add: ["CAP_MKNOD"], drop: [] });
  expect(capabilities("--privileged")).toBeUndefined();
});

test("a mount of the user's that shows what is the runner's is told", () => {
  const paths = { "/data": "directory", "/other": "directory" } as const;
  expect(plan({ containerVolumeMounts: ["/data:/seen"] }, {}, {}, paths).warnings).toEqual(["The job sees /data/env, which is the runner's, for /data is mounted as /seen."]);
  expect(plan({ containerVolumeMounts: ["/other:/seen"] }, {}, {}, paths).warnings).toEqual([]);
});

test("what a sandbox shows of the system does not show the private data directory or the artifacts under their real names", () => {
  const { execution } = plan({ processIsolationExecutable: "bwrap", artifactDir: "/artifacts" }, {}, { "/data": "/opt/data", "/artifacts": "/usr/lib/artifacts", "/artifacts/job": "/usr/lib/artifacts/job" });
  const targets = execution.kind === "host" ? execution.sandbox!.mounts.map(({ source, target }) => `${source} ${target}`) : [];
  expect(targets.slice(-2)).toEqual(["/artifacts/job/.job/root /opt/data", "/artifacts/job/.job/root/artifacts /usr/lib/artifacts"]);
});

test("a job that is an ordinary process of this machine has no boundary", () => {
  expect(plan({ processIsolation: false }).boundary).toBeUndefined();
});
