import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { JobRequest, JobResult } from "@distronode-runner/contract";
import { createStandardRunner } from "@distronode-runner/standard";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { executions, isolation } from "../scenarios/executions.ts";

let places: string[] = [];

async function place<T extends string>(made: Promise<T>): Promise<T> {
  places.push(await made);
  return made;
}

beforeEach(() => (places = []));
afterEach(() => Promise.all(places.map((path) => rm(path, { recursive: true, force: true }))));

async function run(request: JobRequest): Promise<JobResult & { readonly stdout: string }> {
  const runner = createStandardRunner();
  try {
    const job = await runner.start(request);
    return { ...(await job.result), stdout: await job.stdout() };
  } finally {
    await runner.close();
  }
}

const sandbox = { processIsolation: true, processIsolationExecutable: "bwrap" } as const;
const shell = (script: string): string => `- hosts: localhost\n  gather_facts: false\n  tasks:\n    - shell: |\n        ${script.split("\n").join("\n        ")}\n      register: r\n    - debug: {var: r.stdout_lines}\n`;
const lines = (stdout: string): string[] => [...stdout.matchAll(/^\s+"(.*)",?$/gm)].map(([, line]) => line!);

describe("a job in a sandbox", () => {
  test("sees its own directory, the system read-only, and nothing of the home directory; its events and artifacts are complete [BWR-01] [BWR-02] [BWR-03] [SET-07]", async () => {
    const secret = await place(mkdtemp(join(homedir(), ".isolation-test-")));
    await writeFile(join(secret, "id"), "private");
    const data = await place(makeDataDir({
      "project/site.yml": shell(`pwd\ntest -e ${secret} || echo unseen\ntouch /usr/x 2>/dev/null || echo read-only\nls -A /dev/shm | grep -v distronode | wc -l\ntouch "{{ playbook_dir }}/written"\necho pids $(ls /proc | grep -c '^[0-9]')`),
      "env/settings": "process_isolation: true\nprocess_isolation_executable: bwrap\n",
      "env/extravars": "x: 1\n",
    }));
    const result = await run({ privateDataDir: data, playbook: "site.yml" });
    expect(result).toMatchObject({ status: "successful", rc: 0 });
    const [cwd, unseen, readOnly, shm, pids] = lines(result.stdout);
    expect([cwd, unseen, readOnly, shm]).toEqual([join(data, "project"), "unseen", "read-only", "0"]);
    expect(Number(pids!.split(" ")[1])).toBeLessThan(20);
    expect(await readdir(join(data, "project"))).toContain("written");
    expect((await readdir(join(result.artifactDir, "job_events"))).length).toBe(result.events);
    expect(JSON.parse(await readFile(join(result.artifactDir, "command"), "utf8"))).toMatchObject({ command: expect.arrayContaining(["site.yml"]), cwd: join(data, "project") });
  });

  test("hides, shows read-only and shows what the settings name, also a path that the arguments name elsewhere; the staging directory is gone afterwards [BWR-02] [BWR-04] [SET-07]", async () => {
    const outside = await place(mkdtemp(join(homedir(), ".isolation-test-")));
    const staging = await place(mkdtemp(join(tmpdir(), "isolation-staging-")));
    for (const name of ["ro", "rw"]) await mkdir(join(outside, name));
    await writeFile(join(outside, "hosts"), "localhost ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n");
    const data = await place(makeDataDir({ "project/site.yml": shell(`wc -c < /etc/hostname\ntouch ${outside}/ro/x 2>/dev/null || echo read-only\ntouch ${outside}/rw/x && echo written`) }));
    const settings = { process_isolation_path: staging, process_isolation_hide_paths: ["/etc/hostname"], process_isolation_ro_paths: join(outside, "ro"), process_isolation_show_paths: [join(outside, "rw")] };
    const result = await run({ privateDataDir: data, playbook: "site.yml", inventory: join(outside, "hosts"), ...sandbox, settings });
    expect({ rc: result.rc, lines: lines(result.stdout) }).toEqual({ rc: 0, lines: ["0", "read-only", "written"] });
    expect(await readdir(staging)).toEqual([]);
  });

  test("runs modules and raw commands, and dies with everything in it when it is canceled", async () => {
    const data = await place(makeDataDir({ "args": "/bin/sh -c 'pwd; sleep 1000 & echo started; wait'\n" }));
    const runner = createStandardRunner();
    try {
      const job = await runner.start({ privateDataDir: data, ...sandbox, settings: { cancel_grace: 1 } });
      for await (const event of job.events()) if (event.stdout.includes("started")) void job.cancel();
      expect(await job.result).toMatchObject({ status: "canceled", rc: 254 });
      expect(await job.stdout()).toBe(`${data}\nstarted\n`);
    } finally {
      await runner.close();
    }
    await rm(join(data, "args"));
    expect(await run({ privateDataDir: data, module: "ping", hosts: "localhost", ...sandbox })).toMatchObject({ status: "successful" });
  });

  test("is refused before anything is written when its program is not there", async () => {
    const data = await place(makeDataDir({ "project/site.yml": shell("true") }));
    await expect(run({ privateDataDir: data, playbook: "site.yml", processIsolation: true, processIsolationExecutable: "/opt/none/bwrap" })).rejects.toMatchObject({ code: "ENGINE_NOT_FOUND", message: expect.stringContaining("/opt/none/bwrap") });
    expect(await readdir(data)).not.toContain("artifacts");
  });

  test("that does not show the tool fails with what the program said", async () => {
    const data = await place(makeDataDir({ "project/site.yml": shell("true") }));
    const result = await run({ privateDataDir: data, playbook: "site.yml", processIsolation: true, processIsolationExecutable: "/bin/false" });
    expect(result).toMatchObject({ status: "error", rc: 125, error: { code: "ENGINE_FAILED", message: expect.stringContaining("/bin/false ended with exit code 1") } });
  });
});

describe("directory isolation", () => {
  const writing = shell('echo changed > "{{ playbook_dir }}/data.txt"\npwd\nreadlink link\ncat data.txt');
  const project = { "project/site.yml": writing, "project/data.txt": "original\n", "project/roles/r/tasks/main.yml": "- debug: {msg: in the role}\n" };

  test.each([...executions, "bwrap"])("on %s lets the job change a copy that is gone afterwards; project and base directory stay as they were [PDD-23] [PDD-24] [BWR-05]", async (execution) => {
    const base = await place(mkdtemp(join(tmpdir(), "isolation-base-")));
    await writeFile(join(base, "precious"), "kept");
    const data = await place(makeDataDir(project));
    await symlink("data.txt", join(data, "project/link"));
    const where = execution === "bwrap" ? sandbox : isolation(execution);
    const result = await run({ privateDataDir: data, playbook: "site.yml", ...where, settings: { directory_isolation_base_path: base } });
    const [cwd, link, text] = lines(result.stdout);
    expect({ rc: result.rc, link, text }).toEqual({ rc: 0, link: "data.txt", text: "changed" });
    expect(cwd).toMatch(execution === "host" || execution === "bwrap" ? new RegExp(`^${base}/distronode_runner_di_`) : /^\/runner\/project$/);
    expect(await readFile(join(data, "project/data.txt"), "utf8")).toBe("original\n");
    expect(await readdir(base)).toEqual(["precious"]);
  });

  test("keeps the copy where the settings ask for it, and runs roles beside it [PDD-23]", async () => {
    const base = await place(mkdtemp(join(tmpdir(), "isolation-base-")));
    const data = await place(makeDataDir(project));
    const result = await run({ privateDataDir: data, role: "r", hosts: "localhost", roleSkipFacts: true, settings: { directory_isolation_base_path: base, directory_isolation_cleanup: false } });
    expect(result.stdout).toContain("in the role");
    const [copy, ...more] = await readdir(base);
    expect(more).toEqual([]);
    expect((await readdir(join(base, copy!))).sort()).toEqual(["data.txt", "roles", "site.yml"]);
    expect((await stat(join(base, copy!))).mode & 0o777).toBe(0o700);
  });
});
