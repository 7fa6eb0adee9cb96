import { expect, test } from "vitest";
import { failedCommand, getConfig, getHost, getInventory, getInventoryGraph, getPluginDocs, getPluginList, getRoleArgspec, getRoleList, runCommand, type QuestionOptions } from "../src/index.ts";
import { recordingRunner } from "./recording-runner.ts";

type Ask = (runner: ReturnType<typeof recordingRunner>) => Promise<unknown>;

/** The command that a question becomes. */
async function commandOf(ask: Ask, answer = '{"ping": {}}'): Promise<string> {
  const runner = recordingRunner(answer);
  await ask(runner);
  return runner.asked[0]!.request.command!.join(" ");
}

const plugins = { pluginType: "lookup", playbookDir: "/play", modulePath: "/modules" };

test.each([
  ["ansible-doc --json -- ping", (r) => getPluginDocs(r, ["ping"])],
  ["ansible-doc --json --type lookup --playbook-dir /play --module-path /modules -- ping", (r) => getPluginDocs(r, ["ping"], plugins)],
  ["ansible-doc --type lookup --playbook-dir /play --module-path /modules -- ping", (r) => getPluginDocs(r, ["ping"], { ...plugins, format: "human" })],
  ["ansible-doc --snippet -- ping copy", (r) => getPluginDocs(r, ["ping", "copy"], { format: "human", snippet: true })],
  ["ansible-doc --list --json --type lookup --playbook-dir /play --module-path /modules", (r) => getPluginList(r, plugins)],
  ["ansible-doc --list_files --json", (r) => getPluginList(r, { listFiles: true })],
  ["ansible-doc --list", (r) => getPluginList(r, { format: "human" })],
  ["ansible-doc --type role --list --json --playbook-dir /play -- a.b", (r) => getRoleList(r, { collection: "a.b", playbookDir: "/play" })],
  ["ansible-doc --type role --json --playbook-dir /play -- a.b.web", (r) => getRoleArgspec(r, "web", { collection: "a.b", playbookDir: "/play" })],
] satisfies [string, Ask][])("%s [API-04]", async (command, ask) => {
  expect(await commandOf(ask)).toBe(command);
});

const inventory = { playbookDir: "/play", vaultIds: ["a@one", "two"], vaultPasswordFile: "/secret", export: true };
const about = "-i one -i two, --playbook-dir /play --vault-id a@one --vault-id two --vault-password-file /secret --export";

test.each([
  ["ansible-inventory --list -i hosts", (r) => getInventory(r, "hosts")],
  [`ansible-inventory --list ${about}`, (r) => getInventory(r, ["one", "two,"], inventory)],
  [`ansible-inventory --list --yaml ${about}`, (r) => getInventory(r, ["one", "two,"], { ...inventory, format: "yaml" })],
  ["ansible-inventory --list --toml -i hosts", (r) => getInventory(r, "hosts", { format: "toml" })],
  [`ansible-inventory --host=web ${about}`, (r) => getHost(r, ["one", "two,"], "web", inventory)],
  ["ansible-inventory --host=-x --yaml -i hosts", (r) => getHost(r, "hosts", "-x", { format: "yaml" })],
  [`ansible-inventory --graph ${about}`, (r) => getInventoryGraph(r, ["one", "two,"], inventory)],
] satisfies [string, Ask][])("%s [API-05]", async (command, ask) => {
  expect(await commandOf(ask)).toBe(command);
});

test.each([
  ["ansible-config list", (r) => getConfig(r, "list")],
  ["ansible-config dump -c /my.cfg --only-changed", (r) => getConfig(r, "dump", { configFile: "/my.cfg", onlyChanged: true })],
  ["ansible-config dump --format json", (r) => getConfig(r, "dump", { format: "json" })],
  ["ansible-config view -c /my.cfg", (r) => getConfig(r, "view", { configFile: "/my.cfg" })],
] satisfies [string, Ask][])("%s [API-06]", async (command, ask) => {
  expect(await commandOf(ask)).toBe(command);
});

test("onlyChanged goes with dump alone, and nothing is run otherwise [API-06] [API-10]", async () => {
  const runner = recordingRunner("");
  await expect(getConfig(runner, "view", { onlyChanged: true })).rejects.toMatchObject({ code: "REQUEST_INVALID", message: "onlyChanged has no meaning for view.", location: { key: "onlyChanged" } });
  expect(runner.asked).toEqual([]);
});

test("everything else that a job may be asked for goes along with a question, and so do handlers", async () => {
  const runner = recordingRunner('{"ping": {}}');
  const more: QuestionOptions = {
    privateDataDir: "/data", ident: "ask", timeout: 5, envvars: { A: "1" }, passwords: { "Vault password:": "x" }, settings: { fact_cache: "f" }, sshKey: "k", rotateArtifacts: 3, hostCwd: "/play",
    processIsolation: true, processIsolationExecutable: "docker", containerImage: "ee", containerVolumeMounts: ["/a:/a"], containerOptions: ["--network=none"],
  };
  const signal = new AbortController().signal;
  const onEvent = (): boolean => true;
  await getPluginDocs(runner, ["ping"], { ...more, signal, onEvent });
  expect(runner.asked).toEqual([{ request: { ...more, separateStderr: true, command: ["ansible-doc", "--json", "--", "ping"] }, options: { signal, onEvent } }]);
});

test("a command that fails is an error with its exit code and all it said [API-10]", async () => {
  const error = await getInventory(recordingRunner("", { rc: 5, stderr: "usage: ...\nERROR! no such host\n" }), "hosts").catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "TOOL_FAILED", message: "ansible-inventory ended with exit code 5.", problems: ["usage: ...", "ERROR! no such host"] });
  expect(failedCommand(error)).toEqual({ status: "failed", rc: 5, stdout: "", stderr: "usage: ...\nERROR! no such host\n" });
  expect(failedCommand(new Error("x"))).toBeUndefined();
});

test("an answer that is none is an error too, never silently empty", async () => {
  await expect(getInventory(recordingRunner("", { stderr: "warning" }), "hosts")).rejects.toMatchObject({ code: "TOOL_FAILED", message: "ansible-inventory did not answer with JSON.", problems: ["warning"] });
  await expect(getPluginDocs(recordingRunner('{"ping": {}}', { stderr: "[WARNING]: nosuch was not found" }), ["ping", "nosuch"])).rejects.toMatchObject({ message: "ansible-doc knows nothing of nosuch.", problems: ["[WARNING]: nosuch was not found", '{"ping": {}}'] });
  await expect(getRoleArgspec(recordingRunner("{}"), "web")).rejects.toMatchObject({ message: "ansible-doc knows no role web with an argument specification." });
});

test("what the tool says beside its answer can be had, and a line before the JSON does no harm", async () => {
  const said: string[] = [];
  const runner = recordingRunner('[DEPRECATION WARNING]: x\n{"all": {}}\n', { stderr: "[WARNING]: unparsed\n" });
  expect(await getInventory(runner, "hosts", { onStderr: (text) => said.push(text) })).toEqual({ all: {} });
  expect(said).toEqual(["[WARNING]: unparsed\n"]);
});

test("a command that could not be run is the error that its job ended with [API-02]", async () => {
  const runner = recordingRunner("");
  const error = { code: "JOB_LOST", message: "gone" };
  runner.start = () => Promise.resolve({ result: Promise.resolve({ status: "error", rc: 125, error }) } as never);
  await expect(runCommand(runner, ["true"])).rejects.toMatchObject(error);
});
