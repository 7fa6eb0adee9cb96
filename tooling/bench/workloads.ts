import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { EngineName } from "../engines/prepare.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";

/** Where a job runs. */
export type Place = "host" | EngineName;

/** A private data directory and what is run in it. */
export interface Workload {
  readonly dataDir: string;
  readonly playbook: string;
  /** Words for the tool, and for the command lines of both runners. */
  readonly words: readonly string[];
}

const play = (hosts: string, ...tasks: readonly string[]): string => `- hosts: ${hosts}\n  gather_facts: false\n  tasks:\n${tasks.map((task) => `    ${task}\n`).join("")}`;

const workload = async (files: Readonly<Record<string, string>>, words: readonly string[] = []): Promise<Workload> => ({ dataDir: await makeDataDir(files), playbook: "site.yml", words });

export const hello = (): Promise<Workload> => workload({ "project/site.yml": play("localhost", "- debug: {msg: hello}") });

export const items = (count: number): Promise<Workload> =>
  workload({ "project/site.yml": play("localhost", `- {debug: {msg: "item {{ item }}"}, loop: "{{ range(0, ${count}) | list }}"}`) });

export const hosts = (count: number): Promise<Workload> =>
  workload({
    "project/site.yml": play("all", "- debug: {msg: one}", "- debug: {msg: two}", "- debug: {msg: three}"),
    "inventory/hosts": Array.from({ length: count }, (_, index) => `host${index} ansible_connection=local\n`).join(""),
  });

/** Many items, then a wait for the file `go` in the project. Nobody who leaves ends it. */
export const waiting = (): Promise<Workload> =>
  workload({
    "project/site.yml": play("localhost", `- {debug: {msg: "item {{ item }}"}, loop: "{{ range(0, 200) | list }}"}`, `- {name: Wait, command: "sh -c 'while [ ! -e {{ playbook_dir }}/go ]; do sleep 0.05; done'"}`),
    "env/settings": "owner_gone: continue\n",
  });

/** One result of so many megabytes, shown by the tool. */
export const bigResult = (megabytes: number): Promise<Workload> =>
  workload({ "project/site.yml": play("localhost", `- {debug: {msg: "{{ ('x' * 99 + '\\n') * ${Math.round((megabytes * 1e6) / 101)} }}"}}`) }, ["-v"]);

/** So many bytes in lines of `line` bytes, from a program in the tool's place. */
export const output = (bytes: number, line: number, place: Place): Promise<Workload> => standIn("talker.py", { BYTES: bytes, LINE: line }, place);

/** So many events, from a program in the tool's place that speaks as our event plugin does. `files`: whether each gets a file of its own. */
export const events = (count: number, files: boolean, place: Place): Promise<Workload> => standIn("event-source.py", { EVENTS: count }, place, files ? {} : { "env/settings": "job_events: false\n" });

/** A data directory whose PATH has a program in place of the tool. A container sees it at /runner and inherits no PATH. */
async function standIn(program: string, values: Readonly<Record<string, number>>, place: Place, files: Readonly<Record<string, string>> = {}): Promise<Workload> {
  let source = await readFile(join(import.meta.dirname, "programs", program), "utf8");
  for (const [name, value] of Object.entries(values)) source = source.replaceAll(`@${name}@`, String(value));
  const made = await workload({
    ...files,
    "project/site.yml": play("localhost"),
    "project/bin/ansible-playbook": source,
    ...(place === "host" ? {} : { "env/envvars": `PATH: ${toolPath("/runner")}\n` }),
  });
  await chmod(join(made.dataDir, "project/bin/ansible-playbook"), 0o755);
  return made;
}

/** Finds the tool, and a stand-in before it. `root`: the data directory as the job sees it. */
export const toolPath = (root: string): string => `${root}/project/bin:/usr/local/bin:/usr/bin:/bin`;
