import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { enginesOfEnvironment, installedEngines, loadSinks, namedSinks } from "../src/index.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "distronode-sinks-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const sink = (name: string): string => `{ contract: 1, name: "${name}", settingsKeys: [], open: () => undefined }`;
const names = async (...modules: string[]): Promise<string[]> => (await loadSinks(modules, directory)).map(({ name }) => name);

test("event sinks are found in installed packages and in files, by what they export and not by its name [PLG-01]", async () => {
  await writeFile(join(directory, "mine.mjs"), `const one = ${sink("one")}; export default one; export { one }; export const two = ${sink("two")}; export const other = { name: "no sink" };`);
  expect(await names("@distronode-runner/sink-http", "./mine.mjs")).toEqual(["http", "one", "two"]);
  expect(await names(join(directory, "mine.mjs"))).toEqual(["one", "two"]);
  expect(await names()).toEqual([]);
});

const engine = (name: string): string => `export default { contract: 1, name: "${name}", settingsSchema: {}, detect() {}, open() {} }; export const sink = ${sink("one")};`;

test("engines are found the same way, and each module that can not be loaded says why", async () => {
  await writeFile(join(directory, "engine.mjs"), engine("mine"));
  await writeFile(join(directory, "none.mjs"), "export const name = 'x';");
  const modules = await enginesOfEnvironment({ DISTRONODE_RUNNER_ENGINES: "@distronode-runner/engine-podman, ./engine.mjs,./none.mjs" }, directory);
  expect(modules.map(({ name, place, named, engines }) => [name, place, named, engines.map((each) => each.name)])).toEqual([
    ["@distronode-runner/engine-podman", "DISTRONODE_RUNNER_ENGINES", true, ["podman"]],
    ["./engine.mjs", "DISTRONODE_RUNNER_ENGINES", true, ["mine"]],
    ["./none.mjs", "DISTRONODE_RUNNER_ENGINES", true, []],
  ]);
  expect(modules.map(({ error }) => error?.toJSON())).toEqual([undefined, undefined, expect.objectContaining({ code: "SETTINGS_INVALID", message: "The engine ./none.mjs exports none.", location: { key: "DISTRONODE_RUNNER_ENGINES" } })]);
});

test("engines are found in packages that are installed in a directory and say so in their package.json", async () => {
  const install = async (name: string, manifest: object, files: Record<string, string>): Promise<void> => {
    await mkdir(join(directory, "node_modules", name), { recursive: true });
    await writeFile(join(directory, "node_modules", name, "package.json"), JSON.stringify({ name, version: "1.0.0", ...manifest }));
    for (const [file, text] of Object.entries(files)) await writeFile(join(directory, "node_modules", name, file), text);
  };
  expect(await installedEngines(join(directory, "absent"))).toEqual([]);
  await writeFile(join(directory, "package.json"), JSON.stringify({ dependencies: { "@some/engine": "1", "plain": "1", "broken": "1", "gone": "1" } }));
  await install("@some/engine", { "distronode-runner": { engines: ["./one.mjs"] } }, { "one.mjs": engine("one") });
  await install("plain", {}, {});
  await install("broken", { "distronode-runner": { engines: ["./absent.mjs"] } }, {});
  await install("not-a-dependency", { "distronode-runner": { engines: ["./two.mjs"] } }, { "two.mjs": engine("two") });
  const modules = await installedEngines(directory);
  expect(modules.map(({ name, place, named, engines }) => [name, place, named, engines.map((each) => each.name)])).toEqual([
    ["@some/engine", directory, false, ["one"]],
    ["broken", directory, false, []],
  ]);
  expect(modules[1]!.error).toMatchObject({ code: "SETTINGS_INVALID", message: expect.stringContaining("absent.mjs can not be loaded") as string, location: { key: "broken/package.json" } });
});

test("the environment names them in a comma list", () => {
  expect(namedSinks({ DISTRONODE_RUNNER_SINKS: " a-package, ./b.mjs ,," })).toEqual(["a-package", "./b.mjs"]);
  expect(namedSinks({})).toEqual([]);
});

test("what can not be loaded, and what is no event sink, is refused by name", async () => {
  await writeFile(join(directory, "none.mjs"), "export const name = 'x';");
  await expect(loadSinks(["./none.mjs"], directory)).rejects.toMatchObject({ code: "SETTINGS_INVALID", message: "The event sink ./none.mjs exports none.", location: { key: "DISTRONODE_RUNNER_SINKS" } });
  await expect(loadSinks(["no-such-package"], directory)).rejects.toMatchObject({ code: "SETTINGS_INVALID", message: expect.stringContaining("The event sink no-such-package can not be loaded: ") as string });
});
