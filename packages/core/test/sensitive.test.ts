import type { JobRequest } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { planJob, shownCommand, type DataDirSnapshot } from "../src/index.ts";

function sensitive(asked: Partial<JobRequest>, env: DataDirSnapshot["env"] = {}, environment: Record<string, string> = {}): Record<string, string> {
  const { sensitive: found } = planJob(
    { privateDataDir: "/data", playbook: "site.yml", ...asked },
    { root: "/data", projectDir: "/data/project", hasProject: true, hasInventory: true, entries: [], envEntries: [], env, playbook: { found: true, similar: [] } },
    { cwd: "/", home: "/", environment, real: (path) => path, probe: () => "missing", sshDirectory: () => undefined, newIdent: "i", jobId: "j", owner: "o", runtimeDir: "/run/runner", version: "0" },
  );
  return Object.fromEntries(found.map(({ from, value }) => [from, value]));
}

test("answers to prompts and the key are sensitive", () => {
  expect(sensitive({ sshKey: "KEY" }, { passwords: "'^SSH password:': hunter2" })).toEqual({ "env/passwords#^SSH password:": "hunter2", sshKey: "KEY" });
  expect(sensitive({ passwords: { "^Vault": 1234 } }, { ssh_key: "FILE" })).toEqual({ "passwords#^Vault": "1234", "env/ssh_key": "FILE" });
});

test("so are variables by their names, at any depth; paths, templates and vaulted values are not", () => {
  expect(
    sensitive(
      { extravars: { ansible_password: "a1b2", db: { users: [{ name: "x", secret_token: "tok" }], credentials: { user: "u", where: "w" } }, passwords: { db: "pdb" }, key_file: "/etc/key", api_key: "{{ vaulted }}", plain: "text" }, roleVars: { become_pass: "bp" } },
      { extravars: "vault_password: pw\nother: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n" },
    ),
  ).toEqual({ "extravars.ansible_password": "a1b2", "extravars.db.users.secret_token": "tok", "extravars.passwords.db": "pdb", "roleVars.become_pass": "bp", "env/extravars.vault_password": "pw" });
});

test("so are those of the environment and of settings, and passwords in addresses; a variable that is merely not shown is not", () => {
  const env = { envvars: "MY_TOKEN: tok\nMODE: production\nHTTP_PROXY: http://u:pr0xy@host:3128", settings: "container_auth_data: {host: x, username: u, password: reg}\nrunner_http_headers: {X-Auth-Token: abc}" };
  expect(sensitive({}, env, { AWS_SECRET_ACCESS_KEY: "aws", SSH_AUTH_SOCK: "/tmp/agent", HOME: "/root" })).toEqual({ MY_TOKEN: "tok", HTTP_PROXY: "pr0xy", AWS_SECRET_ACCESS_KEY: "aws", "settings.container_auth_data.password": "reg", "settings.runner_http_headers.X-Auth-Token": "abc" });
  expect(sensitive({ processIsolation: true, containerImage: "x" }, {}, { AWS_SECRET_ACCESS_KEY: "aws" }), "a container does not have the caller's environment").toEqual({});
});

test("so are variables of an inventory that came as data or as text", () => {
  expect(sensitive({ inventory: { all: { hosts: { web: { ansible_password: "p1", port: 2 } } } } })).toEqual({ "inventory.all.hosts.web.ansible_password": "p1" });
  expect(sensitive({ inventory: "[web]\none ansible_password='p 2' port=3\n[web:vars]\napi_token = t4\n" })).toEqual({ "inventory.ansible_password": "p 2", "inventory.api_token": "t4" });
});

test("so are variables among the options for the tool", () => {
  expect(sensitive({ cmdline: `-e db_password=x1y2 --extra-vars=token=t3 -e '{"api_secret": "s4"}' -e plain=5` })).toEqual({ "cmdline db_password": "x1y2", "cmdline token": "t3", "cmdline.api_secret": "s4" });
});

test("a secret that is JSON is sensitive as a whole, and so are the texts in it", () => {
  const { sensitive: found } = planJob(
    { privateDataDir: "/data", playbook: "site.yml", extravars: { json_token: '{"a": {"b": "leaf"}, "n": 1}' } },
    { root: "/data", projectDir: "/data/project", hasProject: true, hasInventory: true, entries: [], envEntries: [], env: {}, playbook: { found: true, similar: [] } },
    { cwd: "/", home: "/", environment: {}, real: (path) => path, probe: () => "missing", sshDirectory: () => undefined, newIdent: "i", jobId: "j", owner: "o", runtimeDir: "/run/runner", version: "0" },
  );
  expect(found.map(({ value }) => value)).toEqual(['{"a": {"b": "leaf"}, "n": 1}', "leaf"]);
});

test("names of hosts that the request itself has are no secrets, nor are ordinary words, which are told apart", () => {
  const inventory = { all: { hosts: { web01: null, web02: null }, children: { db: { hosts: { db01: null } } } } };
  expect(sensitive({ inventory, extravars: { cluster_secret: "web01", other_secret: "db01", real_secret: "hunter2" } })).toEqual({ "extravars.real_secret": "hunter2" });
  expect(sensitive({ inventory: "web01 ansible_password=p1\n[db]\ndb01\n", extravars: { cluster_secret: "db01" } })).toEqual({ "inventory.ansible_password": "p1" });
});

test("a setting switches masking by name off; answers, keys and passwords in addresses stay masked", () => {
  const asked = { extravars: { db_password: "a1b2", proxy: "http://u:pr0xy@host" } };
  expect(sensitive(asked, { passwords: "'^SSH password:': hunter2", settings: "mask_variables_by_name: false\ncontainer_auth_data: {host: x, username: u, password: reg}" })).toEqual({
    "env/passwords#^SSH password:": "hunter2",
    "extravars.proxy": "pr0xy",
    "settings.container_auth_data.password": "reg",
  });
});

test("so are variables in the arguments of a module, several in one word, and what our parser cannot read", () => {
  expect(Object.values(sensitive({ playbook: undefined, module: "user", hosts: "all", moduleArgs: "name=x password=m0dul3 update_password='on create'" } as never))).toContain("m0dul3");
  expect(Object.values(sensitive({ cmdline: `-e "a=1 db_password='x 1' api_token=t0k3n"` }))).toEqual(expect.arrayContaining(["x 1", "t0k3n"]));
  const found = sensitive({}, { extravars: "list: [\n1]]\ndb_password: S3cret!x # comment\n\"api_token\": \"t\\u00f6k3n\"\nnested: {admin_password: n3sted, b: 1}\nssh_private_key: |\n  line one\n  line two\nafter: 1\n" });
  expect(Object.values(found)).toEqual(expect.arrayContaining(["line one\nline two", "n3sted"]));
  expect(Object.keys(found).sort()).toEqual(["env/extravars.admin_password", "env/extravars.api_token", "env/extravars.db_password", "env/extravars.ssh_private_key"]);
});

test("a command is shown without the values of variables and options that have the name of a credential", () => {
  const words = ["ansible-playbook", "-e", "db_password=hunter2 other=5", "--extra-vars=api_token='hun ter2'", "-eadmin_password=hunter2", "--env=DB_PASSWORD=hunter2", '{"db_password": "hunter2", "a": 1}', "-i", "https://u:hunter2@host/", "-e", "@/data/env/extravars", "site.yml"];
  const shown = shownCommand(words);
  expect(shown.join("\n")).not.toMatch(/hun ?ter2/);
  expect(shown).toEqual(["ansible-playbook", "-e", "db_password=********** other=5", "--extra-vars=api_token=**********", "-eadmin_password=**********", "--env=DB_PASSWORD=**********", '{"db_password": **********, "a": 1}', "-i", "https://u:**********@host/", "-e", "@/data/env/extravars", "site.yml"]);
});
