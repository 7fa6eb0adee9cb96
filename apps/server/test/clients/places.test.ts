import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createServer, type ServerOptions } from "../../src/create-server.ts";
import { ScriptedRunner } from "../scripted-runner.ts";

const headers = { authorization: "Bearer secret" };
let home: string;
let runner: ScriptedRunner;
let app: FastifyInstance;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "places-"));
  await write("demo/project/site.yml");
  await write("demo/project/plays/deep.yml");
  await write("demo/inventory/hosts");
  await write("demo/env/passwords");
  await write("flat/site.yml");
  await write("flat/env/passwords");
  await write("elsewhere/secret");
  await symlink("plays", join(home, "demo/project/same"));
  await symlink("../../elsewhere/secret", join(home, "demo/project/out.yml"));
  await symlink(join(home, "elsewhere"), join(home, "demo/project/outside"));
  await symlink("../env/passwords", join(home, "demo/project/passwords.yml"));
  await symlink("../env/passwords", join(home, "demo/inventory/passwords"));
  await symlink(join(home, "elsewhere"), join(home, "demo/inventory/outside"));
  await symlink("loop.yml", join(home, "demo/project/loop.yml"));
  await symlink("env/passwords", join(home, "flat/sly.yml"));
  runner = new ScriptedRunner();
  await serve();
});
afterEach(async () => {
  await app.close();
  await rm(home, { recursive: true });
});

async function serve(more: Partial<ServerOptions> = {}): Promise<void> {
  app = await createServer({ runner, dataDirs: new Map([["demo", join(home, "demo")], ["flat", join(home, "flat")]]), token: "secret", ...more });
}

async function write(name: string): Promise<void> {
  await mkdir(dirname(join(home, name)), { recursive: true });
  await writeFile(join(home, name), "x\n");
}

async function post(order: object): Promise<{ status: number; body: string }> {
  const response = await app.inject({ method: "POST", url: "/api/v1/jobs", headers, payload: { dataDir: "demo", playbook: "site.yml", ...order } });
  return { status: response.statusCode, body: response.body };
}

test.each([[{}], [{ playbook: "plays/deep.yml" }], [{ playbook: "same/deep.yml" }], [{ inventory: "hosts" }], [{ inventory: ["hosts", "a,b"] }], [{ dataDir: "flat" }], [{ playbook: "community.general.play" }]])("%j stays in the directory", async (order) => {
  expect(await post(order)).toMatchObject({ status: 201 });
});

test.each([
  [{ playbook: "out.yml" }],
  [{ playbook: "outside/secret" }],
  [{ playbook: "passwords.yml" }],
  [{ playbook: "loop.yml" }],
  [{ playbook: "../env/passwords" }],
  [{ inventory: "passwords" }],
  [{ inventory: ["hosts", "outside/secret"] }],
  [{ inventory: "../env/passwords" }],
  [{ inventory: "../elsewhere/secret,x" }],
  [{ inventory: "a ansible_connection=local," }],
  [{ dataDir: "flat", playbook: "env/passwords" }],
  [{ dataDir: "flat", playbook: "./env/passwords" }],
  [{ dataDir: "flat", playbook: "sly.yml" }],
  [{ limit: "@/etc/hostname" }],
  [{ cmdline: "--private-key /etc/hostname" }],
])("%j leads out of it, and is refused without a word about where that is", async (order) => {
  const { status, body } = await post(order);
  expect(status).toBe(400);
  expect(body).not.toContain(home);
  expect(runner.requests).toEqual([]);
});

test("an operator can take the command line away from clients", async () => {
  await app.close();
  await serve({ clients: { cmdline: false } });
  expect(await post({ cmdline: "-v" })).toMatchObject({ status: 403 });
  expect(await post({})).toMatchObject({ status: 201 });
});

test("the server user's ssh is shown where the operator says so, for that directory", async () => {
  await app.close();
  await serve({ clients: (name) => ({ sshMounts: name === "demo" }) });
  await post({});
  await post({ dataDir: "flat" });
  expect(runner.requests.map(({ settings }) => settings?.["container_ssh_mounts"])).toEqual([undefined, false]);
});
