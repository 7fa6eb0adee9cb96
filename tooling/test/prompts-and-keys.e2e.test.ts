import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { executions, image } from "../scenarios/executions.ts";

const run = promisify(execFile);
const answers = { word: "swordfish-and-chips", become: "1234", passphrase: "a pass phrase" };

let dataDir: string;
let keys: string;
beforeEach(async () => {
  keys = await mkdtemp(join(tmpdir(), "distronode-keys-"));
  dataDir = await makeDataDir({
    "project/ask.yml": `- hosts: localhost
  gather_facts: false
  vars_prompt:
    - name: word
      prompt: ${"What is the word that opens this very long gate, ".repeat(8)}please
      private: true
  tasks:
    - name: Keys
      ansible.builtin.command: ssh-add -l
      register: keys
      changed_when: false
      failed_when: false
    - name: Tell
      ansible.builtin.debug:
        msg: "word has {{ word | length }} letters; {{ keys.stdout }}"
`,
    "env/cmdline": "--ask-become-pass\n",
    // A number that YAML does not quote, and a pattern that is no regular expression: neither spoils the rest.
    "env/passwords": `'BECOME password.*:\\s*?$': ${answers.become}\n'please.*:\\s*?$': ${answers.word}\n'(': broken\n'Enter passphrase for .*:\\s*?$': ${answers.passphrase}\n`,
  });
});
afterEach(() => Promise.all([dataDir, keys].map((directory) => rm(directory, { recursive: true, force: true }))));

async function everyArtifact(ident: string): Promise<string> {
  const entries = await readdir(join(dataDir, "artifacts", ident), { recursive: true, withFileTypes: true });
  return (await Promise.all(entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), "utf8")))).join("\n");
}

describe.each(executions)("a job on %s", (execution) => {
  const where = execution === "host" ? [] : ["--process-isolation", "--process-isolation-executable", execution, "--container-image", image];

  test("has its prompts answered from env/passwords, however long they are, and shows no answer [PDD-03] [PDD-04] [STA-16]", async () => {
    const { exitCode, stdout, stderr } = await runCli(["run", dataDir, "-p", "ask.yml", "-i", "ask", ...where]);
    expect(exitCode, stderr + stdout).toBe(0);
    expect(stdout).toContain(`word has ${answers.word.length} letters`);
    expect(stderr.replaceAll(/\s+/g, " ")).toContain("env/passwords: the prompt pattern ( is no regular expression");
    for (const text of [stdout, stderr, await everyArtifact("ask")]) {
      expect(text).not.toContain(answers.word);
      expect(text).not.toContain(answers.passphrase);
    }
  });

  test("finds the key of env/ssh_key in an agent of its own, with its passphrase, and the key is nowhere [PDD-06] [ART-17] [ART-18] [CON-18]", async () => {
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", answers.passphrase, "-C", "the-key", "-f", join(keys, "id")]);
    const key = await readFile(join(keys, "id"), "utf8");
    await writeFile(join(dataDir, "env/ssh_key"), key.trimEnd().replaceAll("\n", "\r\n"), { mode: 0o600 });
    const { exitCode, stdout, stderr } = await runCli(["run", dataDir, "-p", "ask.yml", "-i", "key", ...where]);
    expect(exitCode, stderr + stdout).toBe(0);
    expect(stdout).toMatch(/256 SHA256:\S+ the-key \(ED25519\)/);
    const lines = key.split("\n").filter((line) => line.length > 30);
    const artifacts = await everyArtifact("key");
    for (const line of lines) expect(artifacts).not.toContain(line);
  });

  test("has vaults of several ids opened, and its become password handed over, without prompts or patterns, from env/secrets", async () => {
    await writeFile(join(keys, "one"), "vault-password-one");
    await writeFile(join(keys, "two"), "vault-password-two");
    const encrypted = await Promise.all(["one", "two"].map((id) => run("ansible-vault", ["encrypt_string", "--vault-id", `${id}@${join(keys, id)}`, "--encrypt-vault-id", id, `plain-${id}`, "--name", id])));
    await rm(join(dataDir, "env"), { recursive: true });
    await mkdir(join(dataDir, "env"));
    await writeFile(join(dataDir, "env/secrets"), "vault:\n  one: vault-password-one\n  two: vault-password-two\nbecome: become-password-three\n");
    await writeFile(join(dataDir, "project/vaults.yml"), `- hosts: localhost\n  gather_facts: false\n  vars:\n${encrypted.map(({ stdout }) => stdout.trimEnd().replace(/^/gm, "    ")).join("\n")}\n  tasks:\n    - assert: {that: ["one == 'plain-one'", "two == 'plain-two'"]}\n`);
    const { exitCode, stdout, stderr } = await runCli(["run", dataDir, "-p", "vaults.yml", "-i", "vaults", ...where]);
    expect(exitCode, stdout + stderr).toBe(0);
    const kept = await everyArtifact("vaults");
    expect(kept).toContain("--become-password-file");
    for (const secret of ["vault-password-one", "vault-password-two", "become-password-three"]) expect(kept).not.toContain(secret);
  });

  test("is refused with ssh-add's own words when the key is no key", async () => {
    await writeFile(join(dataDir, "env/ssh_key"), "not a key\n");
    const { exitCode, stdout } = await runCli(["run", dataDir, "-p", "ask.yml", "-i", "bad-key", ...where]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^env\/ssh_key: .*key/i);
    expect(stdout).not.toContain("not a key");
  });
});
