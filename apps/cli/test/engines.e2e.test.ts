import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineReport } from "@distronode-runner/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runIn } from "./support/command-line.ts";

/** A package of somebody else's, as little as can be: its engine is there, and says what it was opened with. */
const little = (name: string): string => `
const info = { name: "${name}", version: "7", os: "linux", architecture: "any", rootless: true, endpoint: "" };
export default {
  contract: 1,
  name: "${name}",
  settingsSchema: { type: "object", additionalProperties: false, properties: { word: { type: "string" } } },
  detect: async () => ({ usable: true, info }),
  open: async ({ word = "nothing" }) => {
    if (word === "nothing") return { name: "${name}", supports: Object.freeze({ containers: true, limits: {} }), close: async () => {} };
    throw new Error("opened with " + word);
  },
};
`;

let root: string;
let dataDir: string;
let env: Record<string, string>;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "distronode-cli-engines-"));
  dataDir = join(root, "data");
  env = { DISTRONODE_RUNNER_DATA_DIR: join(root, "installed") };
  await mkdir(join(dataDir, "env"), { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function install(name: string, engines: readonly string[], source: string): Promise<void> {
  const directory = join(root, "installed/node_modules", name);
  await mkdir(directory, { recursive: true });
  await writeFile(join(root, "installed/package.json"), JSON.stringify({ dependencies: { [name]: "1.0.0" } }));
  await writeFile(join(directory, "package.json"), JSON.stringify({ name, version: "1.0.0", type: "module", "distronode-runner": { engines } }));
  await writeFile(join(directory, "engine.js"), source);
}

async function listed(...words: string[]): Promise<readonly EngineReport[]> {
  const { code, stderr, stdout } = await runIn({ env }, "engines", "--json", ...words);
  expect([code, stderr]).toEqual([0, ""]);
  return (JSON.parse(stdout) as readonly EngineReport[]).filter(({ from }) => from !== undefined);
}

test("engines are found by environment, by settings and as installed packages, and each says from where it is", async () => {
  await install("some-engine", ["./engine.js"], little("packed"));
  await writeFile(join(root, "named.mjs"), little("named"));
  await writeFile(join(dataDir, "env/beside.mjs"), little("beside"));
  await writeFile(join(dataDir, "env/settings"), "engine_plugins: ./env/beside.mjs\n");
  env["DISTRONODE_RUNNER_ENGINES"] = join(root, "named.mjs");
  const found = (await listed(dataDir)).map(({ name, usable, version, from }) => [name, usable, version, from]);
  expect(found).toEqual([
    ["named", true, "7", `${join(root, "named.mjs")} in DISTRONODE_RUNNER_ENGINES`],
    ["packed", true, "7", `some-engine in ${join(root, "installed")}`],
    ["beside", true, "7", "./env/beside.mjs in engine_plugins"],
  ]);
  expect((await listed()).map(({ name }) => name)).toEqual(["named", "packed"]);
});

test("engines lists a module that can not be loaded, with why", async () => {
  await install("some-engine", ["./absent.js"], "");
  await writeFile(join(dataDir, "env/settings"), "engine_plugins: [./env/none.mjs]\n");
  await writeFile(join(dataDir, "env/none.mjs"), "export const engine = 'none';\n");
  expect(await listed(dataDir)).toEqual([
    expect.objectContaining({ name: "some-engine", usable: false, reason: expect.stringContaining("absent.js can not be loaded") as string, hint: expect.any(String) as string }),
    expect.objectContaining({ name: "./env/none.mjs", usable: false, reason: "The engine ./env/none.mjs exports none." }),
  ]);
});

test("a job is given to the engine that its settings name, with that engine's section", async () => {
  await writeFile(join(dataDir, "env/mine.mjs"), little("mine"));
  await writeFile(join(dataDir, "env/settings"), "engine_plugins: [./env/mine.mjs]\nprocess_isolation: true\nprocess_isolation_executable: mine\nengines: {mine: {word: hello}}\n");
  const { code, stderr } = await runIn({ env }, "run", dataDir, "-m", "ping", "--hosts", "localhost", "--container-image", "any");
  expect(code).not.toBe(0);
  expect(stderr).toContain("opened with hello");
});

test("no engine is loaded from a place that jobs can write to, by whatever link", async () => {
  await mkdir(join(dataDir, "project"), { recursive: true });
  await writeFile(join(dataDir, "project/evil.mjs"), `${little("evil")}\nimport { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(join(root, "it-ran"))}, "");\n`);
  await symlink(join(dataDir, "project/evil.mjs"), join(dataDir, "env/link.mjs"));
  await writeFile(join(root, "open.mjs"), little("open"));
  await chmod(join(root, "open.mjs"), 0o666);
  for (const [file, reason] of [["./project/evil.mjs", "jobs can write to the directory that it is in"], ["./env/link.mjs", "jobs can write to the directory that it is in"], ["./project/none-yet.mjs", "jobs can write to the directory that it is in"], [join(root, "open.mjs"), "everybody can write to it"], [`file://${dataDir}/project/evil.mjs`, "it is neither the name of a package nor the path of a file"], ["some-engine/../../x.mjs", "it is neither the name of a package nor the path of a file"]] as const) {
    await writeFile(join(dataDir, "env/settings"), `engine_plugins: [${file}]\n`);
    expect(await listed(dataDir), file).toEqual([expect.objectContaining({ name: file, usable: false, reason: `The engine ${file} is not loaded: ${reason}.` })]);
  }
  expect(await readdir(root)).not.toContain("it-ran");
});

test("a job whose settings name a module that is not there is refused by name, one that is broken and only installed is not", async () => {
  await install("some-engine", ["./absent.js"], "");
  await writeFile(join(root, "named.mjs"), little("named"));
  env["DISTRONODE_RUNNER_ENGINES"] = join(root, "named.mjs");
  const words = ["run", dataDir, "-m", "ping", "--hosts", "localhost", "--process-isolation", "--process-isolation-executable", "named", "--container-image", "any"];
  await writeFile(join(dataDir, "env/settings"), "engines: {named: {word: hello}}\n");
  expect((await runIn({ env }, ...words)).stderr).toContain("opened with hello");
  await writeFile(join(dataDir, "env/settings"), "engine_plugins: [./env/absent.mjs]\n");
  const { code, stderr } = await runIn({ env }, ...words);
  expect(code).toBe(1);
  expect(stderr).toContain("The engine ./env/absent.mjs can not be loaded");
});
