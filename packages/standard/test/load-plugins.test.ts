import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadEngines, loadSinks, namedEngines, namedSinks } from "../src/index.ts";

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

test("engines are found the same way", async () => {
  await writeFile(join(directory, "engine.mjs"), `export default { contract: 1, name: "mine", settingsSchema: {}, detect() {}, open() {} }; export const sink = ${sink("one")};`);
  expect((await loadEngines(["@distronode-runner/engine-podman", "./engine.mjs"], directory)).map(({ name }) => name)).toEqual(["podman", "mine"]);
  expect(namedEngines({ DISTRONODE_RUNNER_ENGINES: "a, ./b.mjs" })).toEqual(["a", "./b.mjs"]);
  await writeFile(join(directory, "none.mjs"), "export const name = 'x';");
  await expect(loadEngines(["./none.mjs"], directory)).rejects.toMatchObject({ code: "SETTINGS_INVALID", message: "The engine ./none.mjs exports none.", location: { key: "DISTRONODE_RUNNER_ENGINES" } });
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
