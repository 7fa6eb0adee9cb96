import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobHandle, JobResult, Runner } from "@distronode-runner/contract";
import { createStandardRunner } from "@distronode-runner/standard";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../scenarios/cli.ts";
import { localInventory, makeDataDir } from "../scenarios/data-dir.ts";

let keys: string;
let key: string;
beforeAll(async () => {
  keys = await mkdtemp(join(tmpdir(), "distronode-keys-"));
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "the-key", "-f", join(keys, "id")]);
  key = await readFile(join(keys, "id"), "utf8");
});
afterAll(() => rm(keys, { recursive: true, force: true }));

/** Path -> kind, mode, time of change and content of everything below a directory. */
async function portrait(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    await Promise.all(
      entries.map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const { mode, mtimeMs } = await stat(path);
        const content = entry.isFile() ? createHash("sha256").update(await readFile(path)).digest("hex") : "";
        return [path.slice(directory.length + 1), `${mode.toString(8)} ${mtimeMs} ${content}`];
      }),
    ),
  );
}

describe("a job whose arguments are many", () => {
  let dataDir: string;
  let runner: Runner;
  let job: JobHandle;
  let result: JobResult;
  let before: Record<string, string>;
  const secrets = ["variable-s3cret", "environment-s3cret", "answer-s3cret"] as const;

  beforeAll(async () => {
    dataDir = await makeDataDir({ "env/envvars": "FROM_FILE: 1\n", "project/roles/greet/tasks/main.yml": "- debug: {msg: hi}\n", "project/other.yml": "[]\n" });
    before = await portrait(dataDir);
    runner = createStandardRunner();
    job = await runner.start({
      privateDataDir: dataDir,
      ident: "many",
      playbook: {
        hosts: "all",
        gather_facts: false,
        vars_prompt: [{ name: "word", prompt: "The word", private: true }],
        roles: ["greet"],
        tasks: [
          { command: "ssh-add -l", changed_when: false },
          { set_fact: { remembered: "{{ 40 + 2 }}", cacheable: true } },
          { debug: { msg: "{{ [token, lookup('env', 'GIVEN'), word] | map('length') | join(' ') }} {{ lookup('env', 'FROM_FILE') }} {{ query('ansible.builtin.varnames', '^tagged') }}" } },
        ],
      },
      inventory: ["inventory/hosts"].map((name) => join(dataDir, name)),
      extravars: { token: secrets[0] },
      envvars: { GIVEN: secrets[1] },
      passwords: { "The word.*:": secrets[2] },
      sshKey: key,
      cmdline: "-e tagged=1",
      settings: { fact_cache: "my/facts", idle_timeout: 60 },
    });
    result = await job.result;
  });
  afterAll(async () => {
    await runner.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  test("has them all, and env/, inventory/ and project/ stay as they were, byte for byte: they are in memory alone [PDD-13]", async () => {
    const stdout = await job.stdout();
    expect(result, stdout).toMatchObject({ status: "successful", rc: 0 });
    expect(stdout).toContain(`${secrets.map((secret) => secret.length).join(" ")} 1 ['tagged']`);
    expect(await readFile(join(dataDir, "artifacts/many/events.ndjson"), "utf8")).toContain("the-key (ED25519)");
    const after = await portrait(dataDir);
    expect(Object.fromEntries(Object.entries(after).filter(([path]) => path !== "artifacts" && !path.startsWith("artifacts/")))).toEqual(before);
    for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
      const text = entry.isFile() ? await readFile(join(entry.parentPath, entry.name), "utf8") : "";
      for (const secret of [...secrets, key.split("\n")[2]!]) expect(text.includes(secret), entry.name).toBe(false);
    }
  });

  test("has its facts in the directory that fact_cache names, where a program finds them too [SET-05]", async () => {
    expect(await readdir(join(dataDir, "artifacts/many/my/facts"))).toEqual(["localhost"]);
    expect(await job.facts.get("localhost")).toEqual({ remembered: "42" });
    expect(await readdir(join(dataDir, "artifacts/many"))).not.toContain("fact_cache");
  });
});

test("every file of env/ may be a named pipe, which its writer writes once [PDD-09]", async () => {
  const dataDir = await makeDataDir({
    "env/.keep": "",
    "inventory/hosts": `${localInventory}other\n`,
    "project/site.yml": `- hosts: all
  gather_facts: false
  vars_prompt: [{name: word, prompt: The word, private: true}]
  tasks:
    - command: ssh-add -l
      changed_when: false
    - debug: {msg: "{{ word | length }} {{ number + 1 }} {{ lookup('env', 'GREETING') | length }}"}
`,
  });
  const texts = { envvars: "GREETING: hello\n", extravars: "number: 41\n", passwords: "'The word.*:': gate\n", cmdline: "--limit localhost\n", settings: "suppress_output_file: true\n", ssh_key: key };
  const writers = Object.entries(texts).map(([name, text]) => {
    execFileSync("mkfifo", [join(dataDir, "env", name)]);
    return new Promise<string>((resolve) => execFile("sh", ["-c", 'printf "%s" "$1" > "$0"', join(dataDir, "env", name), text], (error) => resolve(error === null ? "written" : error.message)));
  });
  try {
    const { exitCode, stdout, stderr } = await runCli(["run", dataDir, "-p", "site.yml", "-i", "pipes"]);
    expect(exitCode, stderr + stdout).toBe(0);
    expect(stdout).toContain("4 42 5");
    expect(await readFile(join(dataDir, "artifacts/pipes/events.ndjson"), "utf8")).toContain("the-key (ED25519)");
    expect(stdout).not.toContain("other");
    expect(await readdir(join(dataDir, "artifacts/pipes"))).not.toContain("stdout");
    expect(new Set(await Promise.all(writers))).toEqual(new Set(["written"]));
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
