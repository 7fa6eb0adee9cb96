import { isRunnerError, type JobRequest, type SandboxExecution } from "@distronode-runner/contract";
import { describe, expect, test } from "vitest";
import { planJob, type DataDirSnapshot, type PathKind } from "../src/index.ts";

const plan = (asked: Partial<JobRequest> = {}, settings = "", found: Partial<DataDirSnapshot> = {}, paths: Record<string, PathKind> = {}) =>
  planJob(
    { privateDataDir: "/data", playbook: "site.yml", ident: "job", ...asked },
    { root: "/data", projectDir: "/data/project", hasProject: true, hasInventory: true, entries: [], envEntries: [], env: { settings }, playbook: { found: true, similar: [] }, ...found },
    { cwd: "/work", home: "/home/me", environment: {}, real: (path) => path, probe: (path) => paths[path] ?? "missing", sshDirectory: () => undefined, newIdent: "fresh", jobId: "job-1", owner: "host:1", runtimeDir: "/run/runner", version: "1.2.3" },
  ).plan;
const sandboxed = "process_isolation: true\nprocess_isolation_executable: bwrap\n";
const sandbox = (...given: Parameters<typeof plan>): SandboxExecution => {
  const { execution } = plan(...given);
  if (execution.kind !== "host" || execution.sandbox === undefined) throw new Error("no sandbox was planned");
  return execution.sandbox;
};

describe("a sandbox", () => {
  test("is what process isolation by bwrap, or by a program given by its path, means; engines' names and paths mean containers [SET-07] [CON-23]", () => {
    expect(sandbox({}, sandboxed)).toMatchObject({ executable: "bwrap", hide: [], readOnly: [], show: [], mounts: [{ source: "/data/artifacts/job/.job/root", target: "/data" }, { source: "/data/project", target: "/data/project" }, { source: "/data/artifacts/job/.job/env", target: "/data/env", readOnly: true }], stagingDir: "/tmp", workdir: "/data/project" });
    expect(sandbox({}, "process_isolation: true\nprocess_isolation_executable: /opt/jail\n").executable).toBe("/opt/jail");
    for (const engine of ["podman", "/usr/bin/podman", "docker", "/usr/local/bin/docker", "auto", "other"]) {
      expect(plan({ processIsolation: true, processIsolationExecutable: engine, containerImage: "x" }).execution.kind, engine).toBe("container");
    }
  });

  test("takes lists of paths or one path, relative ones from the caller's directory [SET-07] [SET-09]", () => {
    const settings = `${sandboxed}process_isolation_hide_paths: /a\nprocess_isolation_ro_paths: [/b, c]\nprocess_isolation_show_paths: /d\nprocess_isolation_path: stage\n`;
    expect(sandbox({}, settings)).toMatchObject({ hide: ["/a"], readOnly: ["/b", "/work/c"], show: ["/d"], stagingDir: "/work/stage" });
  });

  test("starts in the project for a playbook, in the private data directory for a module, and says nothing for a raw command [BWR-03]", () => {
    expect(sandbox({}, sandboxed).workdir).toBe("/data/project");
    const module = { hosts: "all", module: "ping" };
    expect(planJob({ privateDataDir: "/data", ...module, processIsolation: true, processIsolationExecutable: "bwrap" }, { root: "/data", projectDir: "/data/project", hasProject: true, hasInventory: true, entries: [], envEntries: [], env: {}, playbook: { found: false, similar: [] } }, { cwd: "/work", home: "/", environment: {}, real: (path) => path, probe: () => "missing", sshDirectory: () => undefined, newIdent: "i", jobId: "j", owner: "o", runtimeDir: "/run/runner", version: "0" }).plan.execution).toMatchObject({ sandbox: { workdir: "/data" } });
    expect(sandbox({}, sandboxed, { args: { text: "ansible-playbook site.yml", file: "/data/args" } }).workdir).toBeUndefined();
  });

  test("shows, read-only, what the arguments name elsewhere, and what the job writes to elsewhere [BWR-02]", () => {
    const paths = { "/home/me/hosts": "file", "/home/me/vault": "file", "/etc/ansible/hosts": "file" } as const;
    const planned = sandbox({ inventory: ["/home/me/hosts", "/etc/ansible/hosts"], cmdline: "--vault-password-file /home/me/vault", artifactDir: "/srv/artifacts", playbook: "/home/me/plays/site.yml" }, sandboxed, {}, paths);
    expect(planned.readOnly).toEqual(expect.arrayContaining(["/home/me/hosts", "/home/me/vault", "/home/me/plays"]));
    expect(planned.readOnly, "part of every sandbox").not.toContain("/etc/ansible/hosts");
    expect(planned.mounts).toContainEqual({ source: "/srv/artifacts/job/.job/root/artifacts", target: "/srv/artifacts", readOnly: false });
  });
});

describe("directory isolation", () => {
  const base = { "/tmp": "directory", "/data/project/tmp": "directory" } as const;

  test("lets the job work in a copy below the base, on the host, in a sandbox and in a container [PDD-23] [PDD-24] [BWR-05]", () => {
    const settings = "directory_isolation_base_path: /tmp\n";
    const copy = { source: "/data/project", target: "/tmp/distronode_runner_di_job-1", keep: false };
    expect(plan({}, settings, {}, base)).toMatchObject({ cwd: copy.target, projectCopy: copy });
    expect(sandbox({}, sandboxed + settings, {}, base)).toMatchObject({ mounts: expect.arrayContaining([{ source: copy.target, target: copy.target, readOnly: false }]), workdir: copy.target });
    const contained = plan({ processIsolation: true, containerImage: "x" }, settings, {}, base);
    expect(contained).toMatchObject({ cwd: "/runner/project", projectCopy: copy });
    expect(contained.execution).toMatchObject({ mounts: [{ target: "/runner" }, { source: copy.target, target: "/runner/project" }, { target: "/runner/env" }] });
  });

  test("keeps the copy where the settings say so [PDD-23]", () => {
    expect(plan({}, "directory_isolation_base_path: /tmp\ndirectory_isolation_cleanup: false\n", {}, base).projectCopy?.keep).toBe(true);
  });

  test.each([
    ["/missing", /there is no directory \/missing/],
    ["/data/project/tmp", /part of the project/],
  ])("refuses the base %s", (path, message) => {
    try {
      plan({}, `directory_isolation_base_path: ${path}\n`, {}, base);
      expect.unreachable();
    } catch (error) {
      expect(isRunnerError(error) && error).toMatchObject({ code: "SETTINGS_INVALID", message: expect.stringMatching(message), location: { key: "/data/env/settings:1" } });
    }
  });
});
