import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { JobRequest } from "@distronode-runner/contract";
import { createStandardRunner, nodeHost } from "@distronode-runner/standard";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { engineCli } from "../scenarios/engine-cli.ts";
import { engines, isolation } from "../scenarios/executions.ts";
import { freePort } from "../scenarios/registry.ts";

const run = promisify(execFile);
/** Has an ssh server besides. */
const serverImage = "localhost/distronode-runner-ee:trixie";
const server = `ssh-server-${process.pid}`;
let home: string;
let data: string;
let port: number;

/** A real ssh server on the loopback device, in a container of its own, which lets the test's key in. */
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "ssh-"));
  data = await makeDataDir({ "inventory/hosts": "web ansible_python_interpreter=/usr/bin/python3\n", "project/.keep": "" });
  port = await freePort();
  await mkdir(join(home, ".ssh"), { mode: 0o700 });
  await mkdir(join(home, "server"));
  await mkdir(join(home, "dotfiles"));
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(home, ".ssh/id_ed25519")]);
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(home, "server/host")]);
  await cp(join(home, ".ssh/id_ed25519.pub"), join(home, "server/authorized"));
  await writeFile(join(home, "dotfiles/ssh_config"), `Host web\n  HostName 127.0.0.1\n  Port ${port}\n  User root\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n`);
  await chmod(join(home, "dotfiles/ssh_config"), 0o600);
  const sshd = `mkdir -p /run/sshd && exec /usr/sbin/sshd -D -e -p ${port} -h /keys/host -o ListenAddress=127.0.0.1 -o PermitRootLogin=yes -o StrictModes=no -o AuthorizedKeysFile=/keys/authorized -o PidFile=none`;
  await engineCli(engines[0]!, "run", "--detach", "--rm", "--name", server, "--network=host", "--volume", `${join(home, "server")}:/keys:ro`, serverImage, "sh", "-c", sshd);
  for (let tries = 0; !(await listens(port)); tries += 1) {
    if (tries > 100) throw new Error(`The ssh server does not listen: ${await engineCli(engines[0]!, "logs", server)}`);
    await sleep(100);
  }
});

afterAll(async () => {
  await engineCli(engines[0]!, "rm", "--force", server).catch(() => {});
  for (const directory of [home, data]) await rm(directory, { recursive: true, force: true });
});

const listens = (at: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(at, "127.0.0.1", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

async function ping(engine: string, more: Partial<JobRequest> = {}, environment: Record<string, string> = {}): Promise<{ readonly rc: number; readonly stdout: string }> {
  const host = nodeHost();
  const { SSH_AUTH_SOCK: _own, ...inherited } = host.environment;
  const runner = createStandardRunner({ host: { ...host, home, environment: { ...inherited, ...environment } } });
  try {
    const job = await runner.start({ privateDataDir: data, module: "ping", hosts: "web", ...isolation(engine), containerOptions: ["--network=host"], ...more });
    const { rc } = await job.result;
    return { rc, stdout: await job.stdout() };
  } finally {
    await runner.close();
  }
}

describe.each(engines)("a job on %s", (engine) => {
  test("reaches a host by a configuration that is a link out of ~/.ssh, without a mount, and with the mounts of the documentation [CON-10]", async () => {
    await symlink("../dotfiles/ssh_config", join(home, ".ssh/config"));
    try {
      const plain = await ping(engine);
      expect(plain.rc, plain.stdout).toBe(0);
      expect(plain.stdout).toContain('"ping": "pong"');
      const mounted = await ping(engine, { containerVolumeMounts: [`${home}/dotfiles:${home}/dotfiles:ro`] });
      expect(mounted.rc, mounted.stdout).toBe(0);
      const without = await ping(engine, { settings: { container_ssh_mounts: false } });
      expect(without.rc, without.stdout).not.toBe(0);
    } finally {
      await rm(join(home, ".ssh/config"));
    }
  });

  test("reaches it by the caller's agent alone, and by a key of the job's own, also one with a passphrase, which is in no artifact [CON-10]", async () => {
    await cp(join(home, "dotfiles/ssh_config"), join(home, ".ssh/config"));
    await rename(join(home, ".ssh/id_ed25519"), join(home, "key"));
    const agent = join(home, "agent");
    const { stdout } = await run("ssh-agent", ["-a", agent, "-s"]);
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)![1]);
    try {
      expect((await ping(engine)).rc, "neither key nor agent").not.toBe(0);
      await run("ssh-add", ["-q", join(home, "key")], { env: { ...process.env, SSH_AUTH_SOCK: agent } });
      const byAgent = await ping(engine, {}, { SSH_AUTH_SOCK: agent });
      expect(byAgent.rc, byAgent.stdout).toBe(0);
      const own = await ping(engine, { sshKey: await readFile(join(home, "key"), "utf8") });
      expect(own.rc, own.stdout).toBe(0);
      const passphrase = "the-passphrase-of-the-key";
      await run("ssh-keygen", ["-q", "-p", "-P", "", "-N", passphrase, "-f", join(home, "key")]);
      const locked = await ping(engine, { sshKey: await readFile(join(home, "key"), "utf8"), secrets: { ssh_key: passphrase } });
      expect(locked.rc, locked.stdout).toBe(0);
      for (const path of await readdir(join(data, "artifacts"), { recursive: true, withFileTypes: true })) {
        if (path.isFile()) expect(await readFile(join(path.parentPath, path.name), "utf8")).not.toContain(passphrase);
      }
    } finally {
      process.kill(pid);
      await run("ssh-keygen", ["-q", "-p", "-P", "the-passphrase-of-the-key", "-N", "", "-f", join(home, "key")]).catch(() => {});
      await rename(join(home, "key"), join(home, ".ssh/id_ed25519"));
      await rm(join(home, ".ssh/config"));
    }
  });
});
