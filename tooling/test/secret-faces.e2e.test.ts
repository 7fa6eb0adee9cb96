import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "@distronode-runner/server";
import { createStandardRunner, nodeHost } from "@distronode-runner/standard";
import { expect, test, vi } from "vitest";
import { forms, ordinary, secrets } from "../../packages/runner/test/secret-corpus/corpus.ts";
import { runCli } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";

vi.setConfig({ testTimeout: 300_000 });

/** Some of each kind, that a reader would find again in a text: none so short that it stands in another word, none of many lines. */
const planted = secrets().filter((secret, at) => secret.length < 200 && secret.length > 7 && !secret.includes("\n") && at % 8 === 0);
const words = ordinary();
const hosts = ["web01", "web02", "web03"];
const printed = planted.flatMap((secret) => forms.filter(({ inWords }) => inWords !== true).map((form) => form.write(secret)));
/** As they stand in a text, and as base64 has their inner part. */
const traces = planted.flatMap((secret) => [secret.slice(1, -1), Buffer.from(secret).toString("base64").slice(2, -4), encodeURIComponent(secret.slice(1, -1)), JSON.stringify(secret).slice(2, -2)]);

const playbook = `- hosts: all
  gather_facts: false
  tasks:
    - command: cat printed.txt
    - debug: {msg: "{{ lookup('file', 'printed.txt') }}"}
      run_once: true
    - debug: {var: words}
      run_once: true
    - debug: {msg: "{{ planted }}"}
      run_once: true
    - debug: {msg: {port: "{{ radius_auth_port }}", env: "{{ passenger_app_env }}", name: "{{ k8s_secret_name }}", big: 9223372036854775807, one: 1.0, ips: "{{ private_ips }}"}}
      run_once: true
    - fail: {msg: "{{ planted | join(' ') }}"}
      ignore_errors: true
      run_once: true
`;

test("no face of a job shows a planted secret; words, hosts, keys and numbers are left alone, and numbers stay as they are", async () => {
  const names = Object.fromEntries(planted.map((secret, at) => [`planted_${at}_password`, secret]));
  const extravars = { ...names, planted: Object.keys(names).map((name) => `{{ ${name} }}`), words: Object.fromEntries(words.map((word, at) => [word, at])), k8s_secret_name: "web01", private_ips: hosts, radius_auth_port: 1812, passenger_app_env: "production" };
  const dataDir = await makeDataDir({
    "project/site.yml": playbook,
    "project/printed.txt": `${printed.join("\n")}\n${words.join("\n")}\n`,
    "inventory/hosts": hosts.map((host) => `${host} ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n`).join(""),
    "env/extravars": JSON.stringify(extravars),
    "env/cmdline": `-v -e command_password='${planted[0]}' -e other_token=w0rd-of-c0mmand`,
  });
  const runtimeDir = await mkdtemp(join(tmpdir(), "distronode-runtime-"));
  const runner = createStandardRunner({ host: { ...nodeHost(), runtimeDir } });
  const server = await createServer({ runner, dataDirs: new Map([["faces", dataDir]]), token: "test-token" });
  const environment = { DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir };
  const seen: Record<string, string> = {};
  try {
    // Library.
    const request = { privateDataDir: dataDir, playbook: "site.yml" };
    const job = await runner.start({ ...request, ident: "faces-library" });
    const entries: unknown[] = [];
    for await (const entry of job.entries()) entries.push(entry);
    seen["library: result"] = JSON.stringify(await job.result);
    expect((await job.result).rc, JSON.stringify(await job.result)).toBe(0);
    seen["library: entries"] = JSON.stringify(entries);
    seen["library: stdout"] = await job.stdout();
    seen["library: plan"] = JSON.stringify([job.plan, await runner.plan(request)]);
    expect(await job.stats()).toMatchObject({ ok: Object.fromEntries(hosts.map((host) => [host, expect.any(Number) as number])) });

    // Command line.
    const plain = await runCli(["run", dataDir, "-p", "site.yml", "-i", "faces-cli"], environment);
    expect(plain.exitCode, plain.stderr).toBe(0);
    const json = await runCli(["run", dataDir, "-p", "site.yml", "-i", "faces-json", "-j"], environment);
    Object.assign(seen, { "run": plain.stdout, "run, stderr": plain.stderr, "run -j": json.stdout });
    for (const command of [["logs"], ["logs", "-j"], ["events"], ["events", "-j"]]) seen[command.join(" ")] = (await runCli([command[0]!, join(dataDir, "artifacts/faces-cli"), ...command.slice(1)], environment)).stdout;
    for (const more of [[], ["--json"]]) seen[`explain ${more.join(" ")}`] = (await runCli(["explain", dataDir, "-p", "site.yml", ...more], environment)).stdout;

    // Server.
    const url = `${await server.listen({ host: "127.0.0.1", port: 0 })}/api/v1/jobs`;
    const headers = { authorization: "Bearer test-token" };
    const get = async (path: string, more: Record<string, string> = {}): Promise<string> => (await fetch(url + path, { headers: { ...headers, ...more } })).text();
    const created = await fetch(url, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify({ dataDir: "faces", playbook: "site.yml", ident: "faces-server" }) });
    seen["POST"] = await created.text();
    expect(created.status, seen["POST"]).toBe(201);
    seen["server: stdout"] = await get("/faces-server/stdout");
    seen["server: events"] = await get("/faces-server/events");
    seen["server: ndjson"] = await get("/faces-server/events", { accept: "application/x-ndjson" });
    seen["server: job"] = await get("/faces-server");
    seen["server: jobs"] = await get("");

    // Artifacts.
    for (const entry of await readdir(join(dataDir, "artifacts"), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) seen[join(entry.parentPath, entry.name).slice(dataDir.length)] = await readFile(join(entry.parentPath, entry.name), "utf8");
    }

    for (const [face, text] of Object.entries(seen)) {
      expect(traces.filter((trace) => text.includes(trace)).slice(0, 5), face).toEqual([]);
      expect(text.includes("w0rd-of-c0mmand"), face).toBe(false);
    }
    for (const face of ["library: stdout", "run", "server: stdout", "/artifacts/faces-cli/stdout"]) {
      expect(words.filter((word, at) => !seen[face]!.includes(`"${word}": ${at}`)).slice(0, 5), face).toEqual([]);
      expect(seen[face], face).toMatch(/"name": "web01"/);
      expect(seen[face], face).toMatch(/web01 +: ok=/);
    }
    for (const face of ["run -j", "events -j", "logs -j", "server: events", "server: ndjson", "/artifacts/faces-server/events.ndjson", "/artifacts/faces-json/stdout"]) {
      expect(seen[face], face).toContain('"big": 9223372036854775807');
      expect(seen[face], face).toContain('"one": 1.0');
      expect(seen[face], face).toMatch(/"(port|radius_auth_port)": "?1812/);
      expect(words.filter((word, at) => !seen[face]!.includes(`"${word}": ${at}`)).slice(0, 5), face).toEqual([]);
    }
  } finally {
    await server.close();
    await runner.close();
    for (const path of [dataDir, runtimeDir]) await rm(path, { recursive: true, force: true });
  }
});
