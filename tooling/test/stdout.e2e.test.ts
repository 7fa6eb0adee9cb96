import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { createStandardRunner } from "@distronode-runner/standard";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { engineCli } from "../scenarios/engine-cli.ts";
import { engines, isolation, otherImages } from "../scenarios/executions.ts";

const playbook = `
- name: Zürich
  hosts: a
  gather_facts: false
  vars: {long: "{{ 'word ' * 60 }}"}
  tasks:
    - debug: {msg: "äöü ☃ {{ long }}"}
    - name: A task with a name that is rather longer than the eighty columns that a terminal without a width has
      command: printf 'one\\n\\ntwo'
      changed_when: true
      notify: Handled
    - debug: {msg: "{{ item }}"}
      loop: [1, {a: [b]}, "x\\ty"]
      loop_control: {label: "<{{ item }}>"}
      changed_when: item == 1
    - debug: {msg: never}
      when: inventory_hostname == 'nobody'
    - assert: {that: 1 == 2, fail_msg: "no\\nway"}
      ignore_errors: true
    - block:
        - fail: {msg: broken}
      rescue:
        - set_stats: {data: {n: 1}}
    - debug: {msg: secret}
      no_log: true
    - include_tasks: more.yml
  handlers:
    - name: Handled
      debug: {msg: handled}
- hosts: nobody
- hosts: all
  gather_facts: false
  tasks:
    - debug: {var: undefined_thing}
    - fail: {msg: the end}
      when: inventory_hostname == 'b'
`;
const files = {
  "inventory/hosts": "a\nb\n[all:vars]\nansible_connection=local\nansible_python_interpreter=/usr/bin/python3\n",
  "project/site.yml": playbook,
  "project/more.yml": "- debug: {msg: included}\n",
};

interface Shown {
  readonly text: string;
  /** What the \`tree\` callback wrote: host -> last result. */
  readonly tree: Readonly<Record<string, string>>;
}

/** `tree` shows nothing and writes files. */
const own = ["default", "minimal", "oneline", "tree"];
/** Debian's ansible 2.10 brings the collections along. */
const places: readonly (readonly [string, readonly string[]])[] = [
  ["host", own],
  ...otherImages.map((image) => [image, ["default", ...(image.endsWith("bullseye") ? ["community.general.yaml", "community.general.unixy"] : [])]] as const),
];

function environment(callback: string, outside: string): Record<string, string> {
  // The second name is that of ansible-base 2.10.
  if (callback === "tree") return { ANSIBLE_CALLBACKS_ENABLED: "tree", ANSIBLE_CALLBACK_WHITELIST: "tree", ANSIBLE_CALLBACK_TREE_DIR: `${outside}/tree` };
  return { ANSIBLE_STDOUT_CALLBACK: callback };
}

describe.each(places)("with the automation tool of %s", (place, names) => {
  const onHost = place === "host";
  let data: string;
  /** The private data directory as the tool sees it. */
  let seen: string;

  beforeAll(async () => {
    data = await makeDataDir(files);
    seen = onHost ? data : "/runner";
    await mkdir(join(data, "callback"));
    await mkdir(join(data, "bare"));
    await copyFile(join(import.meta.dirname, "../../packages/shim/python/events.py"), join(data, "callback/distronode_runner.py"));
    const lines = names.flatMap((name) =>
      // Outside of a job ours does nothing at all, whichever callback prints: once is enough.
      (name === "default" ? [false, true] : [false]).map((ours) => {
        // Unbuffered, so that warnings, which go to stderr, stand where they were said.
        const variables = { ...environment(name, seen), PYTHONUNBUFFERED: "1", ANSIBLE_HOST_KEY_CHECKING: "False", ...(ours ? { ANSIBLE_CALLBACK_PLUGINS: `${seen}/callback` } : {}) };
        const words = Object.entries(variables).map(([key, value]) => `${key}=${value}`);
        const kind = ours ? "ours" : "bare";
        return `env ${words.join(" ")} ansible-playbook -i ${seen}/inventory --forks 1 site.yml >${seen}/bare/${name}.${kind} 2>&1; test ! -d ${seen}/tree || mv ${seen}/tree ${seen}/bare/tree.${kind}.d`;
      }),
    );
    const script = `cd ${seen}/project\n${lines.join("\n")}\n`;
    if (onHost) await promisify(execFile)("/bin/sh", ["-c", script]);
    else await engineCli(engines[0]!, "run", "--rm", "--volume", `${data}:/runner:Z`, "--env", "ANSIBLE_UNSAFE_WRITES=1", place, "sh", "-c", script);
  });

  afterAll(() => rm(data, { recursive: true, force: true }));

  const tree = async (directory: string): Promise<Record<string, string>> =>
    Object.fromEntries(await Promise.all((await readdir(directory).catch(() => [])).map(async (name) => [name, (await readFile(join(directory, name), "utf8")).replace(/"(start|end|delta)": "[^"]*"/g, '"$1": ""')])));

  const bare = async (callback: string, kind: string): Promise<Shown> => ({ text: await readFile(join(data, "bare", `${callback}.${kind}`), "utf8"), tree: await tree(join(data, "bare", `tree.${kind}.d`)) });

  test.each(names)("the callback %s prints byte for byte in a job what it prints of the bare tool [EVT-28]", async (callback) => {
    const plain = await bare(callback, "bare");
    expect(plain.text).not.toBe("");
    if (callback === "default") expect((await bare(callback, "ours")).text, "our callback outside of a job").toBe(plain.text);
    const runner = createStandardRunner();
    try {
      const where = onHost ? {} : isolation(engines[0]!, place);
      const job = await runner.start({ privateDataDir: data, playbook: "site.yml", forks: 1, envvars: environment(callback, seen), ...where });
      const { artifactDir, rc } = await job.result;
      expect(rc).toBe(2);
      expect(await readFile(join(artifactDir, "stdout"), "utf8")).toBe(plain.text);
      if (callback === "tree") expect(await tree(join(data, "tree"))).toEqual((await bare("tree", "bare")).tree);
    } finally {
      await runner.close();
    }
  });
});
