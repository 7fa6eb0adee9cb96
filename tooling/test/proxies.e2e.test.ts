import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { engineCli } from "../scenarios/engine-cli.ts";
import { engines, image } from "../scenarios/executions.ts";

const password = `planted-${process.pid}`;
const proxy = `http://me:${password}@proxy.example:3128`;
const print = "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - command: env\n      register: r\n    - debug: {msg: \"{{ r.stdout_lines | select('match', '(?i).*_proxy') | list }}\"}\n";

let dataDir: string;
let config: string;
beforeEach(async () => {
  dataDir = await makeDataDir({ "project/site.yml": print });
  config = await mkdtemp(join(tmpdir(), "proxies-"));
});
afterEach(async () => {
  for (const path of [dataDir, config]) await rm(path, { recursive: true, force: true });
});

/** The caller's environment and the client's configuration name proxies; which of them count is the engine's custom. */
async function environmentFor(engine: string): Promise<Record<string, string>> {
  if (engine !== "docker") return { http_proxy: proxy, no_proxy: "localhost,192.0.2.7" };
  await writeFile(join(config, "config.json"), JSON.stringify({ proxies: { default: { httpProxy: proxy, noProxy: "localhost,192.0.2.7" } } }));
  return { DOCKER_CONFIG: config };
}

const run = (engine: string, environment: Record<string, string>, ...more: string[]) =>
  runCli(["run", dataDir, "-p", "site.yml", "-i", "proxied", "--process-isolation", "--process-isolation-executable", engine, "--container-image", image, ...more], environment);

describe.each(engines)("a job on %s", (engine) => {
  test("has the proxies that the engine's own command line gives to containers, and no artifact shows their password", async () => {
    const environment = await environmentFor(engine);
    const { exitCode, stdout, stderr } = await run(engine, environment);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("no_proxy=localhost,192.0.2.7");
    expect(stdout).toMatch(/"http_proxy=http:\/\/me:\*+@proxy\.example:3128"/);
    const artifacts = join(dataDir, "artifacts/proxied");
    for (const entry of await readdir(artifacts, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) expect(await readFile(join(entry.parentPath, entry.name), "utf8"), entry.name).not.toContain(password);
    }
    // A second opinion: the names are those that the engine's own command line gives.
    const theirs = await new Promise<string>((resolve, reject) => {
      const before = { ...process.env };
      Object.assign(process.env, environment);
      engineCli(engine, "run", "--rm", image, "env").then(resolve, reject);
      for (const name of Object.keys(environment)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    });
    const names = (text: string): string[] => [...new Set([...text.matchAll(/\b(\w+_proxy)=/gi)].map(([, name]) => name!))].sort();
    expect(names(stdout)).toEqual(names(theirs));
  });

  test("has its own instead, or none when that is asked for", async () => {
    const environment = await environmentFor(engine);
    const own = await run(engine, environment, "--container-option=--env=no_proxy=mine.example");
    expect(own.stdout).toContain("no_proxy=mine.example");
    expect(own.stdout).toContain("http_proxy=");
    await rm(join(dataDir, "artifacts"), { recursive: true });
    const none = await run(engine, environment, "--container-option=--http-proxy=false");
    expect(none.exitCode).toBe(0);
    expect(none.stdout).not.toContain("_proxy=");
  });
});
