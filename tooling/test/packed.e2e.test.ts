import { execFileSync, spawnSync, type ExecFileSyncOptions } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageHomes, readManifest, type Manifest } from "../package-metadata.ts";
import { ROOT } from "../repository.ts";

// Packages as they would be published, unpacked into an empty directory, with the packages of others as they are installed here: no registry is asked.

let site: string;
const installed = (name: string): string => join(site, "node_modules", name);
const packages = packageHomes().map((home) => ({ home, name: readManifest(home).name }));

beforeAll(() => {
  site = mkdtempSync(join(tmpdir(), "distronode-runner-packed-"));
  const pnpm = join(ROOT, "pnpmw");
  const quietly: ExecFileSyncOptions = { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] };
  execFileSync(pnpm, ["exec", "turbo", "run", "build", "--output-logs=errors-only"], quietly);
  mkdirSync(join(site, "packed"));
  execFileSync(pnpm, ["-r", "--filter", "./packages/*", "--filter", "./apps/*", "pack", "--pack-destination", join(site, "packed")], quietly);
  for (const { home, name } of packages) {
    mkdirSync(installed(name), { recursive: true });
    const archive = readdirSync(join(site, "packed")).find((file) => file.startsWith(`${name.slice(1).replace("/", "-")}-0`) || file.startsWith(`${name.slice(1).replace("/", "-")}-1`))!;
    execFileSync("tar", ["xzf", join(site, "packed", archive), "--strip-components=1", "-C", installed(name)]);
    linkOthers(home, name);
  }
  writeFileSync(join(site, "package.json"), '{ "type": "module" }\n');
}, 300_000);
afterAll(() => rmSync(site, { recursive: true, force: true }));

/** What a package depends on and is not ours, from where it is installed. */
function linkOthers(home: string, name: string): void {
  const { dependencies = {} } = manifestOf(name) as Manifest & { readonly dependencies?: Readonly<Record<string, string>> };
  for (const other of Object.keys(dependencies).filter((dependency) => !dependency.startsWith("@distronode-runner/"))) {
    const link = join(installed(name), "node_modules", other);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(join(ROOT, home, "node_modules", other)), link);
  }
}

const manifestOf = (name: string): Manifest => JSON.parse(readFileSync(join(installed(name), "package.json"), "utf8")) as Manifest;

test.each(packages)("$name has its licence and its change log, and leads to no file that it does not have", ({ name }) => {
  for (const file of ["LICENSE", "README.md", "CHANGELOG.md"]) expect([file, existsSync(join(installed(name), file))]).toEqual([file, true]);
  const text = JSON.stringify(manifestOf(name));
  expect(text).not.toContain("workspace:");
  expect(text.replaceAll(/"name":"[^"]*"/g, "")).not.toContain("@distronode-runner/source");
  for (const target of Object.values(manifestOf(name).exports).flatMap((one) => (typeof one === "string" ? [one] : Object.values(one)))) {
    expect([target, target.includes("*") || existsSync(join(installed(name), target))]).toEqual([target, true]);
  }
  for (const map of globSync("dist/**/*.map", { cwd: installed(name) })) {
    const { sources } = JSON.parse(readFileSync(join(installed(name), map), "utf8")) as { readonly sources: readonly string[] };
    for (const source of sources) expect([map, source, existsSync(resolve(installed(name), dirname(map), source))]).toEqual([map, source, true]);
  }
});

test("the bundle carries the licences of what it contains", () => {
  const text = readFileSync(join(installed("@distronode-runner/cli"), "dist/THIRD-PARTY-LICENSES.txt"), "utf8");
  for (const name of ["@oclif/core", "ajv", "yaml", "undici"]) expect(text).toMatch(new RegExp(`^${name} \\d`, "m"));
  expect(text).toContain("Permission is hereby granted");
  expect(text).not.toContain("no file with its licence");
});

test("the installed command line runs a job, and serve without its package says what to install", () => {
  const program = join(installed("@distronode-runner/cli"), "bin/run.js");
  const cli = (...words: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } => spawnSync(program, words, { cwd: site, encoding: "utf8", env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`, DISTRONODE_RUNNER_RUNTIME_DIR: join(site, "run") } });
  expect(cli("--version")).toMatchObject({ status: 0, stdout: `${String(manifestOf("@distronode-runner/cli")["version"])}\n` });
  for (const directory of ["inventory", "project"]) mkdirSync(join(site, "demo", directory), { recursive: true });
  writeFileSync(join(site, "demo/inventory/hosts"), "localhost ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n");
  writeFileSync(join(site, "demo/project/site.yml"), "- hosts: all\n  gather_facts: false\n  tasks: [{debug: {msg: it runs}}]\n");
  expect(cli("run", "demo", "-p", "site.yml")).toMatchObject({ status: 0, stdout: expect.stringContaining("it runs") });
  rmSync(installed("@distronode-runner/server"), { recursive: true });
  expect(cli("serve", "--data-dir", "demo=demo")).toMatchObject({ status: 1, stderr: expect.stringContaining("npm install --global") });
});

test("the installed library runs a job", () => {
  writeFileSync(join(site, "job.js"), `
    import { createStandardRunner } from "@distronode-runner/standard";
    const runner = createStandardRunner();
    const job = await runner.start({ privateDataDir: "demo", module: "ping", hosts: "localhost", inventory: "localhost ansible_connection=local ansible_python_interpreter=/usr/bin/python3" });
    console.log((await job.result).status);
    await runner.close();
  `);
  const { stdout, stderr } = spawnSync(process.execPath, ["job.js"], { cwd: site, encoding: "utf8", env: { ...process.env, DISTRONODE_RUNNER_RUNTIME_DIR: join(site, "run") } });
  expect([stdout, stderr]).toEqual(["successful\n", ""]);
});
