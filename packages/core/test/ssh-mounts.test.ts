import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerExecution, JobRequest } from "@distronode-runner/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { planJob, readSshDirectory, type PathKind, type PlanContext } from "../src/index.ts";

describe("~/.ssh", () => {
  let home: string;

  beforeEach(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), "ssh-home-")));
    await mkdir(join(home, ".ssh/config.d"), { recursive: true });
    await writeFile(join(home, ".ssh/id_ed25519"), "key");
    await writeFile(join(home, ".ssh/config.d/one"), "Host one");
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  test("is shown whole when no link in it leads elsewhere", async () => {
    await symlink("id_ed25519", join(home, ".ssh/id"));
    expect(readSshDirectory(home)).toEqual({ path: join(home, ".ssh"), broken: [] });
  });

  test("is shown entry by entry, each as what it really is, when one leads out, at any depth", async () => {
    await mkdir(join(home, "dotfiles"));
    for (const name of ["config", "two"]) await writeFile(join(home, "dotfiles", name), "Host x");
    await symlink("../dotfiles/config", join(home, ".ssh/config"));
    expect(readSshDirectory(home)?.entries).toEqual({ config: join(home, "dotfiles/config"), "config.d": join(home, ".ssh/config.d"), id_ed25519: join(home, ".ssh/id_ed25519") });
    await symlink(join(home, "dotfiles/two"), join(home, ".ssh/config.d/two"));
    expect(readSshDirectory(home)?.entries).toEqual({ config: join(home, "dotfiles/config"), "config.d/one": join(home, ".ssh/config.d/one"), "config.d/two": join(home, "dotfiles/two"), id_ed25519: join(home, ".ssh/id_ed25519") });
  });

  test("that is itself a link is one directory", async () => {
    await rm(join(home, ".ssh"), { recursive: true });
    await mkdir(join(home, "real"));
    await writeFile(join(home, "real/config"), "");
    await symlink("real", join(home, ".ssh"));
    expect(readSshDirectory(home)).toEqual({ path: join(home, ".ssh"), broken: [] });
  });

  test("has links that lead to nothing named, and sockets left out", async () => {
    await symlink("/nowhere/at/all", join(home, ".ssh/config"));
    const server = createServer().listen(join(home, ".ssh/control"));
    await new Promise((resolve) => server.once("listening", resolve));
    await symlink("/etc/hostname", join(home, ".ssh/outside"));
    expect(readSshDirectory(home)).toMatchObject({ broken: [join(home, ".ssh/config")], entries: expect.not.objectContaining({ control: expect.anything() }) });
    server.close();
  });

  test("that is not there is nothing", () => {
    expect(readSshDirectory(join(home, "nobody"))).toBeUndefined();
  });
});

describe("a job in a container", () => {
  const paths: Record<string, PathKind> = { "/tmp/agent": "other", "/etc/ssh/ssh_known_hosts": "file", "/mine": "directory" };
  const playbook = { playbook: "site.yml" };
  const plan = (asked: Partial<JobRequest> = playbook, context: Partial<PlanContext> = {}) =>
    planJob(
      { privateDataDir: "/data", processIsolation: true, containerImage: "x", ...asked },
      { root: "/data", projectDir: "/data/project", hasProject: true, hasInventory: true, entries: [], envEntries: [], env: {}, playbook: { found: true, similar: [] } },
      { cwd: "/", home: "/home/me", environment: { SSH_AUTH_SOCK: "/tmp/agent" }, real: (path) => path, probe: (path) => paths[path] ?? "missing", sshDirectory: () => ({ path: "/home/me/.ssh", broken: [] }), newIdent: "i", jobId: "j", owner: "o", runtimeDir: "/run/runner", version: "0", ...context },
    ).plan;
  const mounts = (...given: Parameters<typeof plan>): string[] => (plan(...given).execution as ContainerExecution).mounts.slice(3).map(({ source, target, readOnly }) => `${source} ${target}${readOnly ? " ro" : ""}`);
  const usual = ["/home/me/.ssh /root/.ssh ro", "/home/me/.ssh /home/runner/.ssh ro", "/home/me/.ssh /home/me/.ssh ro", "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts ro", "/tmp/agent /run/ssh-agent.sock"];

  test("sees ~/.ssh and the known hosts read-only, at root's home and the image's user's, and the agent [CON-10]", () => {
    expect(mounts()).toEqual(usual);
    expect(plan().environment["SSH_AUTH_SOCK"]).toEqual({ value: "/run/ssh-agent.sock" });
    expect(mounts({ module: "ping", hosts: "all" })).toEqual(usual);
  });

  test("sees none of it if the settings say so, if its command does not connect to hosts, or if it is no container [CON-10]", () => {
    expect(mounts({ ...playbook, settings: { container_ssh_mounts: false } })).toEqual([]);
    expect(plan({ ...playbook, settings: { container_ssh_mounts: false } }).environment).not.toHaveProperty("SSH_AUTH_SOCK");
    expect(mounts({ command: ["ansible-doc", "ping"] })).toEqual([]);
    expect(plan({ ...playbook, processIsolation: false }).environment).not.toHaveProperty("SSH_AUTH_SOCK");
  });

  test("has the user's own mounts where these cover the same place", () => {
    expect(mounts({ ...playbook, containerVolumeMounts: ["/mine:/root/.ssh"] })).toEqual([...usual.slice(1), "/mine /root/.ssh"]);
    expect(mounts({ ...playbook, containerOptions: ["--volume=/mine:/home/runner/.ssh:ro"] })).toEqual([usual[0], ...usual.slice(2), "/mine /home/runner/.ssh ro"]);
  });

  test("is told of an agent that is gone and of links that lead to nothing", () => {
    const { warnings, environment } = plan(playbook, { environment: { SSH_AUTH_SOCK: "/tmp/gone" }, sshDirectory: () => ({ path: "/home/me/.ssh", broken: ["/home/me/.ssh/config"] }) });
    expect(warnings).toEqual(["/home/me/.ssh/config leads to nothing and is not shown in the container.", "SSH_AUTH_SOCK names /tmp/gone, which does not exist: the job has no ssh agent."]);
    expect(environment).not.toHaveProperty("SSH_AUTH_SOCK");
  });
});
