import { execFile } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { createStandardRunner } from "@distronode-runner/standard";
import { describe, expect, test } from "vitest";
import { startCli } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { containersOf, engineCli } from "../scenarios/engine-cli.ts";
import { executions, image, isolation } from "../scenarios/executions.ts";

const run = promisify(execFile);
const secret = "s3cr3t-4nd-l0ng";
const ordinary = "an-ordinary-name-with-a-secret-inside-9f2";

describe.each(executions)("a secret in env/envvars of a job on %s", (execution) => {
  test("reaches the tool, and is in no argv, not in the engine's inspect output, and in no artifact [CLI-06] [SEC-01] [STA-18]", async () => {
    const ident = `secret-${execution}`;
    const dataDir = await makeDataDir({
      "project/secret.yml": `- hosts: localhost
  gather_facts: false
  tasks:
    - name: The tool has it
      ansible.builtin.assert:
        that:
          - lookup('env', 'MY_PASSWORD') | length == ${secret.length}
          - lookup('env', 'GREETING') | length == ${ordinary.length}
    - name: Wait
      ansible.builtin.pause:
        seconds: 600
`,
      "env/envvars": `MY_PASSWORD: ${secret}\nGREETING: ${ordinary}\nTWO_LINES: "${secret}\\nsecond"\n`,
    });
    try {
      const job = startCli(["run", dataDir, "-p", "secret.yml", "-i", ident, ...(execution === "host" ? [] : ["--process-isolation", "--process-isolation-executable", execution, "--container-image", image])]);
      await job.shows("TASK [Wait]");
      const seen: Record<string, string> = { argv: (await run("ps", ["-eww", "-o", "args"], { maxBuffer: 64 * 1024 * 1024 })).stdout };
      if (execution !== "host") {
        const [name] = await containersOf(execution, ident);
        seen["inspect"] = await engineCli(execution, "inspect", name!);
        seen["logs"] = await engineCli(execution, "logs", name!).catch((error: unknown) => String(error));
      }
      job.child.kill("SIGINT");
      const { exitCode, stdout, stderr } = await job.finished;
      expect(exitCode, stderr).toBe(254);
      Object.assign(seen, { stdout, stderr });
      const directory = join(dataDir, "artifacts", ident);
      for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) seen[entry.name] = await readFile(join(entry.parentPath, entry.name), "utf8");
      }
      expect(Object.keys(seen)).toContain("command");
      for (const [place, text] of Object.entries(seen)) {
        expect(text.includes(secret), place).toBe(false);
        expect(text.includes(ordinary), place).toBe(false);
      }
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

describe.each(executions)("twenty secrets that a job on %s prints in every way", (execution) => {
  const key = ["-----BEGIN OPENSSH PRIVATE KEY-----", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB", "AAAAMwAAAAtzc2gtZWQyNTUxOQAAACDplantedplantedplanted", "-----END OPENSSH PRIVATE KEY-----"].join("\n");
  /** Name of the extra variable -> value. Names are what makes them secrets. */
  const variables: Record<string, unknown> = {
    db_password: "planted-plain-1",
    ansible_become_pass: "planted pass with spaces 2",
    api_token: "planted'quote\"3",
    client_secret: "planted\\back\\slash4",
    private_key: key,
    unicode_password: "plänted-ünicode-5",
    short_pass: "q7Zx",
    pin_password: 739157,
    url_secret: "planted/with?signs&6=%",
    json_token: '{"planted": "json-7"}',
    base64_secret: Buffer.from("planted-base64-8").toString("base64"),
    nested: { deep: { login_password: "planted-deep-9" }, list: [{ vault_token: "planted-list-10" }] },
    passwords: { one: "planted-one-11", two: "planted-two-12" },
    markup_secret: "<planted>&13;",
    dollar_token: "$planted$(14)",
    regex_secret: "planted.*[15]+",
    long_token: `planted-long-16-${"x1Y2".repeat(200)}`,
  };
  const envvars = { APP_TOKEN: "planted-env-17", HTTP_PROXY: "http://u:planted-proxy-18@localhost:1" };
  const planted = [
    "planted-plain-1", "planted pass with spaces 2", "planted'quote", "back\\\\slash4", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB", "AAAAMwAAAAtzc2gtZWQyNTUxOQAAACDplantedplantedplanted",
    "nted-ünicode-5", "nted-\\u00fcnicode-5", "planted/with?signs", "json-7", "planted-base64-8", Buffer.from("planted-base64-8").toString("base64"),
    "planted-deep-9", "planted-list-10", "planted-one-11", "planted-two-12", "<planted>", "$planted$(14)", "planted.*[15]", "planted-long-16", "planted-env-17", "planted-proxy-18", "planted-prompt-19", "planted-argument-20",
    ...["planted-plain-1", "planted-env-17", "planted-deep-9"].map((text) => Buffer.from(text).toString("base64").replace(/=+$/, "").slice(0, -1)),
  ];
  const names = ["db_password", "ansible_become_pass", "api_token", "client_secret", "private_key", "unicode_password", "short_pass", "pin_password", "url_secret", "json_token", "base64_secret", "nested", "passwords", "markup_secret", "dollar_token", "regex_secret", "long_token"];
  const playbook = `- hosts: localhost
  gather_facts: false
  tasks:
    - debug: {msg: "an ordinary text about a password, a token, 1739157 and q7Zxy"}
    - debug: {var: "{{ item }}"}
      loop: [${names.join(", ")}]
    - debug: {msg: "{{ db_password }} {{ db_password | b64encode }} {{ ('u:' ~ nested.deep.login_password) | b64encode }} {{ api_token | urlencode }} {{ passwords | to_json }}"}
    - command: cat
      args: {stdin: "{{ private_key }}\n{{ client_secret }}\n{{ nested | to_json }}\n{{ lookup('env', 'APP_TOKEN') | b64encode }} {{ cli_token }}"}
    - shell: env | grep -e APP_TOKEN -e PROXY
    - fail: {msg: "{{ vars | to_nice_json | length }} {{ url_secret }} {{ lookup('env', 'HTTP_PROXY') }}"}
      ignore_errors: true
    - set_stats: {data: {kept: "{{ db_password }}"}}
`;

  test("are in none of the journal, the artifacts, the events, the engine's words and the process list, and ordinary text is not masked [CLI-06]", async () => {
    const dataDir = await makeDataDir({ "project/site.yml": playbook, "env/passwords": "'^no such prompt:': planted-prompt-19\n" });
    const runner = createStandardRunner();
    try {
      const job = await runner.start({ privateDataDir: dataDir, playbook: "site.yml", extravars: variables, envvars, cmdline: "-v -e cli_token=planted-argument-20", ...isolation(execution) });
      const seen: Record<string, string> = {};
      for await (const entry of job.entries()) {
        if (entry.type !== "event" || entry.event.event !== "playbook_on_task_start" || seen["argv"] !== undefined) continue;
        seen["argv"] = (await run("ps", ["-eww", "-o", "args"], { maxBuffer: 64 * 1024 * 1024 })).stdout.split("\n").filter((line) => !line.includes("cli_token=")).join("\n");
        if (execution !== "host") seen["inspect"] = await engineCli(execution, "inspect", (await containersOf(execution, job.ident))[0]!);
      }
      const { artifactDir, rc } = await job.result;
      expect(rc).toBe(0);
      for (const entry of await readdir(artifactDir, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) seen[join(entry.parentPath, entry.name)] = await readFile(join(entry.parentPath, entry.name), "utf8");
      }
      for (const [place, text] of Object.entries(seen)) {
        expect(planted.filter((secret) => text.includes(secret)), place).toEqual([]);
        expect(text, place).not.toMatch(/\b(q7Zx|739157)\b/);
        if (/job_events.*\.json$|events\.ndjson$/.test(place)) for (const line of text.trim().split("\n")) JSON.parse(line);
      }
      expect(await job.stdout()).toContain("an ordinary text about a password, a token, 1739157 and q7Zxy");
    } finally {
      await runner.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
