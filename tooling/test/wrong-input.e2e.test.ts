import { access, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { containersOf } from "../scenarios/engine-cli.ts";
import { engines, image } from "../scenarios/executions.ts";

const ident = "wrong-input";
let dataDir: string;
beforeEach(async () => {
  dataDir = await makeDataDir({ "project/site.yml": "- hosts: localhost\n  gather_facts: false\n  tasks: []\n", "env/.keep": "" });
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

interface Wrong {
  readonly what: string;
  readonly argv?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly exitCode: number;
  /** What stderr says, line ends taken for spaces. */
  readonly says: readonly string[];
}

const cases: readonly Wrong[] = [
  { what: "a missing private data directory", argv: ["run", "/does/not/exist", "-p", "site.yml"], exitCode: 1, says: ["/does/not/exist does not exist", "DATA_DIR_INVALID"] },
  { what: "a missing playbook", argv: ["run", "DIR", "-p", "sit.yml"], exitCode: 1, says: ["The playbook sit.yml does not exist", "Did you mean site.yml?"] },
  { what: "an unknown engine", argv: ["run", "DIR", "-p", "site.yml", "--process-isolation", "--process-isolation-executable", "podmn", "--container-image", image], exitCode: 1, says: ["podmn", "Did you mean podman?", "ENGINE_NOT_FOUND"] },
  { what: "no image", argv: ["run", "DIR", "-p", "site.yml", "--process-isolation"], exitCode: 1, says: ["container_image is required"] },
  { what: "a bad flag", argv: ["run", "DIR", "-p", "site.yml", "--contaner-image", "x"], exitCode: 2, says: ["--contaner-image", "--container-image"] },
  { what: "no playbook at all [CLI-14]", argv: ["run", "DIR"], exitCode: 1, says: ["Nothing was named to run", "-p PLAYBOOK"] },
  { what: "broken YAML in env/envvars", files: { "env/envvars": "A: 1\nB: [1\n" }, exitCode: 1, says: ["env/envvars", "is not valid YAML", "env/envvars:"] },
  { what: "a second document in env/settings", files: { "env/settings": "job_timeout: 5\n---\nprocess_isolation: true\n" }, exitCode: 1, says: ["env/settings is not valid YAML", "second document", "env/settings:2"] },
  { what: "a vaulted value in env/envvars", files: { "env/envvars": "A: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n" }, exitCode: 1, says: ["env/envvars has a value that is encrypted by the tool's vault", "env/extravars"] },
  { what: "an alias of nothing in env/secrets", files: { "env/secrets": "become: *hunter\n" }, exitCode: 1, says: ["an alias (*) has no anchor (&) above it", "env/secrets:1"] },
  { what: "broken YAML in env/settings", files: { "env/settings": "a: 'b\n" }, exitCode: 1, says: ["env/settings is not valid YAML"] },
  { what: "broken YAML in env/passwords", files: { "env/passwords": "{a\n" }, exitCode: 1, says: ["env/passwords is not valid YAML"] },
  { what: "an open quote in env/cmdline", files: { "env/cmdline": "--tags 'x" }, exitCode: 1, says: ["env/cmdline has a quote that is never closed", "env/cmdline:1"] },
  { what: "an unknown settings key", files: { "env/settings": "container_imag: x\n" }, exitCode: 1, says: ["env/settings:1", "container_imag", "Did you mean container_image?"] },
  { what: "a setting of the wrong type", files: { "env/settings": "job_timeout: soon\n" }, exitCode: 1, says: ["job_timeout must be a number or null"] },
  { what: "a mount that does not exist", argv: ["run", "DIR", "-p", "site.yml", "--process-isolation", "--container-image", image, "--container-volume-mount", "/no/such:/x"], exitCode: 1, says: ["/no/such, which does not exist"] },
  { what: "an ident that leads elsewhere", argv: ["run", "DIR", "-p", "site.yml", "-i", "../x"], exitCode: 1, says: ['The ident "../x"'] },
];

async function refused({ argv, files, exitCode, says }: Wrong): Promise<void> {
  for (const [path, text] of Object.entries(files ?? {})) await writeFile(join(dataDir, path), text);
  const words = (argv ?? ["run", "DIR", "-p", "site.yml"]).map((word) => (word === "DIR" ? dataDir : word));
  const finished = await runCli(words.includes("-i") ? words : [...words, "-i", ident]);
  const text = finished.stderr.replaceAll(/\s+/g, " ");
  for (const part of says) expect(text).toContain(part);
  expect(finished.exitCode).toBe(exitCode);
  expect(finished.stdout).toBe("");
  expect(text).not.toMatch(/ at .*\.ts:\d+/);
  await expect(access(join(dataDir, "artifacts"))).rejects.toThrow();
}

test.each(cases)("$what is refused with one clear message, and nothing is left", (wrong) => refused(wrong));

describe.each(engines)("on %s", (engine) => {
  const isolated = (name: string): string[] => ["run", "DIR", "-p", "site.yml", "--process-isolation", "--process-isolation-executable", engine, "--container-image", name];

  test("an image that is not there is refused with one clear message, and nothing is left", async () => {
    await refused({ what: "", argv: isolated("localhost/no-such-image:1"), exitCode: 125, says: ["localhost/no-such-image:1 is not present", "IMAGE_NOT_FOUND"] });
    expect(await containersOf(engine, ident)).toEqual([]);
  });

  test("an image without Python ends in an error that says so, with whole artifacts and no container", async () => {
    const bare = process.env["DISTRONODE_RUNNER_TEST_BARE_IMAGE"] ?? "localhost/distronode-runner-bare:bookworm";
    const finished = await runCli([...isolated(bare).map((word) => (word === "DIR" ? dataDir : word)), "-i", ident]);
    expect(finished.stderr).toContain("IMAGE_UNSUITABLE");
    expect(finished.stderr).toMatch(/[Pp]ython/);
    expect(finished.exitCode).toBe(126);
    for (const name of ["status", "rc", "events.ndjson", "record.json", "command"]) await access(join(dataDir, "artifacts", ident, name));
    expect(await containersOf(engine, ident)).toEqual([]);
  });
});
