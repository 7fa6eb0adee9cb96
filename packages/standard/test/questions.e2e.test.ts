import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Runner } from "@distronode-runner/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStandardRunner, failedCommand, getConfig, getHost, getInventory, getInventoryGraph, getPluginDocs, getPluginList, getRoleArgspec, getRoleList, runCommand } from "../src/index.ts";

// Questions to the real tool, about content of our own: what it ships with differs from version to version.

let root: string;
let runner: Runner;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "distronode-questions-"));
  runner = createStandardRunner();
  const files: Readonly<Record<string, string>> = {
    "library/greet.py": 'DOCUMENTATION = r"""\nmodule: greet\nshort_description: Greets somebody\ndescription: [It greets.]\noptions:\n  name: {description: Whom., type: str, required: true}\nauthor: [A]\n"""\nEXAMPLES = "- greet: {name: you}"\nRETURN = ""\n',
    "roles/web/meta/argument_specs.yml": "argument_specs:\n  main:\n    short_description: A web server\n    options:\n      port: {type: int, required: true, description: Where.}\n",
    "roles/web/tasks/main.yml": "[]\n",
    "hosts": "[web]\none color=red\ntwo\n[web:vars]\nzone=z1\n",
    "my.cfg": "[defaults]\nforks = 7\n",
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, name, ".."), { recursive: true });
    await writeFile(join(root, name), text);
  }
});
afterAll(async () => {
  await runner.close();
  await rm(root, { recursive: true, force: true });
});

test("documentation of a plugin comes as data with types, or as the text for people [API-04]", async () => {
  const modulePath = join(root, "library");
  const [{ greet }, text] = await Promise.all([getPluginDocs(runner, ["greet"], { modulePath }), getPluginDocs(runner, ["greet"], { modulePath, format: "human", snippet: true })]);
  expect(greet?.doc).toMatchObject({ short_description: "Greets somebody", description: ["It greets."], filename: join(root, "library/greet.py"), options: { name: { type: "str", required: true } } });
  expect(greet?.examples).toBe("- greet: {name: you}");
  expect(text).toMatch(/greet:\n\s+name:/);
});

test("a plugin that the tool does not know is an error that names it, although the tool itself is content [API-04] [API-10]", async () => {
  const error = await getPluginDocs(runner, ["greet", "no_such_plugin"], { modulePath: join(root, "library") }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "TOOL_FAILED", message: "ansible-doc knows nothing of no_such_plugin." });
  expect(failedCommand(error)).toMatchObject({ rc: 0, stderr: expect.stringContaining("no_such_plugin") as string, stdout: expect.stringContaining("Greets somebody") as string });
});

test("plugins are listed with their descriptions, or with their files, as data or as text [API-04]", async () => {
  const [described, files] = await Promise.all([getPluginList(runner, { pluginType: "shell" }), getPluginList(runner, { pluginType: "shell", listFiles: true, format: "human" })]);
  expect(Object.values(described).join()).toMatch(/POSIX/);
  expect(files).toMatch(/^\S*sh\s+\/.*sh\.py$/m);
});

test("roles are listed, and a role's arguments are known, by name [API-04]", async () => {
  const [roles, { web }] = await Promise.all([getRoleList(runner, { playbookDir: root }), getRoleArgspec(runner, "web", { playbookDir: root })]);
  expect(roles["web"]).toEqual({ collection: "", entry_points: { main: "A web server" } });
  expect(web).toMatchObject({ path: join(root, "roles/web"), entry_points: { main: { short_description: "A web server", options: { port: { type: "int", required: true } } } } });
  await expect(getRoleArgspec(runner, "no_such_role", { playbookDir: root })).rejects.toMatchObject({ code: "TOOL_FAILED" });
});

test("an inventory is data, text in another format, the variables of a host, or a tree [API-05]", async () => {
  const hosts = join(root, "hosts");
  const [whole, yaml, one, tree] = await Promise.all([getInventory(runner, [hosts, "three,"], { export: true }), getInventory(runner, hosts, { format: "yaml" }), getHost(runner, hosts, "one"), getInventoryGraph(runner, hosts)]);
  expect(whole["web"]?.hosts).toEqual(["one", "two"]);
  expect(whole["web"]?.vars).toEqual({ zone: "z1" });
  expect(whole._meta.hostvars["one"]).toEqual({ color: "red" });
  expect(whole["ungrouped"]?.hosts).toEqual(["three"]);
  expect(yaml).toMatch(/^ {4}web:$/m);
  expect(one).toEqual({ color: "red", zone: "z1" });
  expect(tree).toContain("@web:\n  |  |--one");
});

test("a host that is not there is an error with the tool's exit code and words; an inventory that is not there is the tool's warning [API-05] [API-10]", async () => {
  const error = await getHost(runner, join(root, "hosts"), "nobody").catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "TOOL_FAILED" });
  expect(failedCommand(error)).toMatchObject({ rc: 5, stderr: expect.stringContaining("single valid host") as string });
  const said: string[] = [];
  await getInventory(runner, join(root, "missing"), { onStderr: (text) => said.push(text) });
  expect(said.join("")).toMatch(/Unable to parse/);
});

test("the configuration is text as the tool prints it, or data with types [API-06]", async () => {
  const configFile = join(root, "my.cfg");
  const [changed, text, options] = await Promise.all([getConfig(runner, "dump", { configFile, onlyChanged: true, format: "json" }), getConfig(runner, "view", { configFile }), getConfig(runner, "list", { format: "json" })]);
  expect(changed.find(({ name }) => name === "DEFAULT_FORKS")).toMatchObject({ value: 7, origin: configFile });
  expect(changed.find(({ name }) => name === "DEFAULT_TIMEOUT")).toBeUndefined();
  expect(text).toContain("forks = 7");
  expect(options["DEFAULT_FORKS"]).toMatchObject({ type: "integer", ini: [{ section: "defaults", key: "forks" }] });
  await expect(getConfig(runner, "view", { configFile: join(root, "none.cfg") })).rejects.toMatchObject({ code: "TOOL_FAILED" });
});

test("a tool named by its path is run as by its name: output and warnings apart, or on a terminal together [API-03]", async () => {
  const { stdout: path } = await runCommand(runner, ["sh", "-c", "command -v ansible-doc"]);
  const argv = [path.trim(), "--list", "--json", "--type", "shell"];
  const [apart, together] = await Promise.all([runCommand(runner, argv), runCommand(runner, argv, { terminal: true })]);
  expect(Object.values(JSON.parse(apart.stdout) as object).join()).toMatch(/POSIX/);
  expect([together.rc, together.stderr]).toEqual([0, ""]);
  expect(together.stdout).toContain(apart.stdout.trim());
});
