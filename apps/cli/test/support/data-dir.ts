import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const play = (tasks: string): string => `- hosts: all\n  serial: 1\n  gather_facts: false\n  tasks:\n${tasks}`;

const files: Readonly<Record<string, string>> = {
  "inventory/hosts": "one ansible_connection=local ansible_python_interpreter=/usr/bin/python3\ntwo ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n",
  "project/site.yml": play(`    - name: Greet
      debug:
        msg: "hello {{ inventory_hostname }} \u00e9\u{1f600}"
      loop: [1, 2]
    - name: Count
      command: seq 3
      changed_when: false
`),
  "project/fail.yml": play(`    - name: Break
      fail:
        msg: "broken on purpose"
`),
  "project/wait.yml": play(`    - name: Wait
      pause:
        seconds: 60
`),
  "project/stubborn.yml": play(`    - name: Ignore signals
      shell: "trap '' INT TERM HUP; sleep 61; sleep 62"
`),
  "roles/greet/tasks/main.yml": `- name: Greet by role
  debug:
    msg: "{{ greeting | default('hello') }} / {{ (count | default(0)) + 1 }}"
`,
  "project/touch.yml": play(`    - name: Make a file
      copy:
        content: x
        dest: "{{ playbook_dir }}/made"
`),
  "project/long.yml": play(`    - name: Say much
      debug:
        msg: "{{ 'line ' * 2000 }}"
      loop: "{{ range(0, 40) | list }}"
`),
};

/** A private data directory with a few playbooks, in a fresh temporary directory. */
export async function makeDataDir(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "distronode-runner-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(home, dirname(name)), { recursive: true });
    await writeFile(join(home, name), text);
  }
  return home;
}
