import { isRunnerError, type JobRequest } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { planJob, type Planned } from "../src/index.ts";

const plan = (secrets: JobRequest["secrets"], file?: string, sshKey?: string): Planned =>
  planJob(
    { privateDataDir: "/data", playbook: "site.yml", ...(secrets === undefined ? {} : { secrets }) },
    { root: "/data", projectDir: "/data/project", hasProject: true, hasInventory: false, entries: [], envEntries: [], env: { ...(file === undefined ? {} : { secrets: file }), ...(sshKey === undefined ? {} : { ssh_key: sshKey }) }, playbook: { found: true, similar: [] } },
    { cwd: "/", home: "/", environment: {}, real: (path) => path, probe: () => "missing", sshDirectory: () => undefined, newIdent: "i", jobId: "j", owner: "o", runtimeDir: "/run/runner", version: "0" },
  );

test("passwords by name are handed over in files of the job alone; the plan has their names, and they are masked", () => {
  const { plan: made, secrets, sensitive } = plan({ connection: "c0nn", become: 1234, vault: { prod: "pr0d", "dev-1": "d3v" } });
  expect(made.command).toEqual([
    "ansible-playbook",
    "--connection-password-file", "@JOB_DIR@/secrets/connection", "--become-password-file", "@JOB_DIR@/secrets/become",
    "--vault-id", "prod@@JOB_DIR@/secrets/vault-prod", "--vault-id", "dev-1@@JOB_DIR@/secrets/vault-dev-1", "site.yml",
  ]);
  expect(made.files).toEqual({ "secrets/connection": { secret: "secrets#connection" }, "secrets/become": { secret: "secrets#become" }, "secrets/vault-prod": { secret: "secrets#vault:prod" }, "secrets/vault-dev-1": { secret: "secrets#vault:dev-1" } });
  expect([...secrets.values()]).toEqual(["c0nn", "1234", "pr0d", "d3v"]);
  expect(sensitive.map(({ value }) => value)).toEqual(["c0nn", "1234", "pr0d", "d3v"]);
  expect(made.prompts).toEqual([]);
});

test("the request beats env/secrets one by one, and a single vault password is that of the default id", () => {
  const { plan: made, secrets } = plan({ become: "mine" }, "become: file\nvault: only\n");
  expect(made.command.slice(1, -1)).toEqual(["--become-password-file", "@JOB_DIR@/secrets/become", "--vault-id", "default@@JOB_DIR@/secrets/vault-default"]);
  expect([...secrets]).toEqual([["secrets#become", "mine"], ["env/secrets#vault:default", "only"]]);
});

test("the passphrase of the job's SSH key is no option of the tool, and is named in the plan; without a key it is pointless", () => {
  const { plan: made, secrets, sensitive } = plan({ ssh_key: "open sesame" }, undefined, "KEY");
  expect(made).toMatchObject({ command: ["ansible-playbook", "site.yml"], files: {}, sshKey: { secret: "env/ssh_key" }, sshKeyPassphrase: { secret: "secrets#ssh_key" }, warnings: [] });
  expect(secrets.get("secrets#ssh_key")).toBe("open sesame");
  expect(sensitive.map(({ value }) => value)).toContain("open sesame");
  const without = plan(undefined, "ssh_key: open sesame\n").plan;
  expect(without.sshKeyPassphrase).toBeUndefined();
  expect(without.warnings).toEqual([expect.stringContaining("the job has no key")]);
});

test.each([
  [{ ssh_key: "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA" }, undefined, "REQUEST_INVALID", "secrets: ssh_key is the passphrase of a key, not the key."],
  [{ conection: "x" }, undefined, "REQUEST_INVALID", "secrets: conection is no secret that the tool knows."],
  [undefined, "sudo: x\n", "DATA_DIR_INVALID", "env/secrets: sudo is no secret that the tool knows."],
  [{ vault: { "a/b": "x" } }, undefined, "REQUEST_INVALID", "secrets: vault.a/b is not the name of a vault id."],
  [{ become: ["x"] }, undefined, "REQUEST_INVALID", "secrets: become is no password."],
  [{ connection: "" }, undefined, "REQUEST_INVALID", "secrets: connection is no password."],
])("%j or %j is refused, without the password", (request, file, code, message) => {
  try {
    plan(request, file);
    expect.unreachable();
  } catch (error) {
    expect(isRunnerError(error) && error).toMatchObject({ code, message });
  }
});
