import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobHandle, JobRequest, JournalEntry, Runner } from "@distronode-runner/contract";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createStandardRunner, runCommand } from "../src/index.ts";

// Jobs on the host that need nothing but a shell: what holds for every job whatever it runs.

let root: string;
let runner: Runner;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "distronode-jobs-"));
  runner = createStandardRunner();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await runner.close();
  await rm(root, { recursive: true, force: true });
});

const shell = (script: string, more: Partial<JobRequest> = {}): Promise<JobHandle> => runner.start({ privateDataDir: root, command: ["sh", "-c", script], ...more });
async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
const artifact = (job: JobHandle, name: string): Promise<string> => readFile(join(root, "artifacts", job.ident, name), "utf8");

test("output without a final line end reaches stdout, the events and the caller [ART-06]", async () => {
  const job = await shell("printf 'one\\ntwo'");
  expect(await job.result).toMatchObject({ status: "successful", rc: 0, events: 2 });
  expect(await artifact(job, "stdout")).toBe("one\ntwo");
  expect(await job.stdout()).toBe("one\ntwo");
  expect((await collect(job.events())).map((event) => event.stdout)).toEqual(["one", "two"]);
});

test("a job's own exit code is the result's, and a death by signal is 128 + n, never success [ART-08] [CLI-19]", async () => {
  expect(await (await shell("exit 7")).result).toMatchObject({ status: "failed", rc: 7 });
  const killed = await shell("kill -KILL $$");
  expect(await killed.result).toMatchObject({ status: "failed", rc: 137 });
  expect(await artifact(killed, "rc")).toBe("137");
});

test("an executable that is not there gives 127, an event that says so, and whole artifacts [STA-18]", async () => {
  const job = await runner.start({ privateDataDir: root, command: ["no-such-tool"] });
  expect(await job.result).toMatchObject({ status: "failed", rc: 127 });
  expect(await artifact(job, "stdout")).toContain("no-such-tool: not found");
  expect((await readdir(join(root, "artifacts", job.ident))).sort()).toEqual(["command", "events.ndjson", "job_events", "rc", "record.json", "status", "stderr", "stdout"]);
});

test("stderr joins stdout in order, or is kept apart when asked [ART-05] [STA-17]", async () => {
  const script = "echo out; echo err >&2; echo out again";
  const joined = await shell(script);
  await joined.result;
  expect(await artifact(joined, "stdout")).toBe("out\nerr\nout again\n");
  const apart = await shell(script, { separateStderr: true });
  await apart.result;
  expect([await artifact(apart, "stdout"), await artifact(apart, "stderr")]).toEqual(["out\nout again\n", "err\n"]);
});

test("the status goes starting, running, final; rc and status are on disk before the final status is told [STA-01] [ART-19]", async () => {
  const job = await shell("true");
  const seen: string[] = [];
  for await (const entry of job.entries()) {
    if (entry.type !== "status") continue;
    seen.push(entry.status);
    if (entry.status === "successful") expect([await artifact(job, "rc"), await artifact(job, "status")]).toEqual(["0", "successful"]);
  }
  expect(seen).toEqual(["starting", "running", "successful"]);
});

test("the starting record carries command, cwd and masked environment [STA-02]", async () => {
  await mkdir(join(root, "env"));
  await writeFile(join(root, "env/envvars"), "SECRET: hidden\nANSIBLE_FORKS: 3\n");
  const job = await shell("true");
  const [first] = await collect(job.entries());
  expect(first).toMatchObject({ status: "starting", command: ["sh", "-c", "true"], cwd: root, env: { SECRET: "**********", ANSIBLE_FORKS: "3" } });
});

test("text that looks like a marker is text, and does not become an event [EVT-25] [EVT-26]", async () => {
  const forged = "\\033_00000000000000000000000000000000B1\\033\\\\forged\\033_00000000000000000000000000000000E1\\033\\\\ \\033[KeyJ1dWlkIjogIngifQ==\\033[20D\\033[K";
  const job = await shell(`printf '${forged}\\n'`);
  await job.result;
  const events = await collect(job.events());
  expect(events.map((event) => event.event)).toEqual(["verbose"]);
  expect(events[0]!.stdout).toContain("forged");
});

test("the same ident again replaces what the first run left [ART-03]", async () => {
  await (await shell("echo first; echo second", { ident: "same" })).result;
  const job = await shell("echo only", { ident: "same" });
  await job.result;
  expect(await readdir(join(root, "artifacts/same/job_events"))).toHaveLength(1);
  expect(await artifact(job, "stdout")).toBe("only\n");
});

test("an ident that is running is refused, and the running job is not disturbed", async () => {
  const job = await shell("echo here; sleep 60", { ident: "busy" });
  await expect(shell("true", { ident: "busy" })).rejects.toMatchObject({ code: "JOB_CONFLICT" });
  expect(await job.cancel({ force: true })).toMatchObject({ status: "canceled", rc: 254 });
});

test("a cancel reaches what the job left in sessions of its own [STA-07]", async () => {
  const job = await shell("setsid sleep 61 & echo started; wait");
  for await (const event of job.events()) if (event.stdout === "started") break;
  expect(await job.cancel({ force: true })).toMatchObject({ status: "canceled", rc: 254 });
  const left = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
  expect((await Promise.all(left)).filter((command) => command === "sleep\x0061\0")).toEqual([]);
});

test("job and idle clocks end a job as timeout with 254, and 0 is off [SET-01] [STA-06]", async () => {
  expect(await (await shell("sleep 60", { timeout: 1, settings: { cancel_grace: 1 } })).result).toMatchObject({ status: "timeout", rc: 254, clock: "job" });
  expect(await (await shell("sleep 60", { settings: { idle_timeout: 1, cancel_grace: 1 } })).result).toMatchObject({ status: "timeout", rc: 254, clock: "idle" });
  expect(await (await shell("sleep 2", { settings: { job_timeout: 0, idle_timeout: 0 } })).result).toMatchObject({ status: "successful" });
});

test("how a tool's terminal used to be polled delays nothing [SET-02]", async () => {
  const patient = { pexpect_timeout: 3600, pexpect_use_poll: false, cancel_grace: 1 };
  expect(await (await shell("sleep 60", { timeout: 1, settings: patient, passwords: { "never asked": "x" } })).result).toMatchObject({ status: "timeout", rc: 254 });
  const job = await shell("echo started; sleep 60", { settings: patient, passwords: { "never asked": "x" } });
  for await (const event of job.events()) if (event.stdout.includes("started")) break;
  expect(await job.cancel()).toMatchObject({ status: "canceled", rc: 254 });
});

test("readers that come late, leave early or are slow get the same journal", async () => {
  const job = await shell("i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done");
  const live = collect(job.entries());
  for await (const entry of job.entries()) if (entry.seq === 5) break;
  await job.result;
  const late = await collect(job.entries());
  expect(await live).toEqual(late);
  expect(await collect(job.entries({ from: 1500 }))).toEqual(late.slice(1499));
  expect(late.at(-1)).toMatchObject({ type: "end", entries: late.length, events: 2000 });
});

test("files are private whatever the umask [SEC-02] [ART-13]", async () => {
  const umask = process.umask(0);
  try {
    const job = await shell("echo x");
    await job.result;
    for (const entry of await readdir(join(root, "artifacts"), { recursive: true, withFileTypes: true })) {
      const mode = (await stat(join(entry.parentPath, entry.name))).mode & 0o777;
      expect(mode.toString(8), entry.name).toBe(entry.isDirectory() ? "700" : "600");
    }
  } finally {
    process.umask(umask);
  }
});

test("fifty jobs at once in one private data directory, with rotation on, do not mix and miss nothing", async () => {
  const jobs = await Promise.all(Array.from({ length: 50 }, (_, index) => shell('echo "var $WHO"; sleep 0.2; echo "end $WHO"', { ident: `job-${index}`, envvars: { WHO: `w${index}` }, rotateArtifacts: 60 })));
  const results = await Promise.all(jobs.map((job) => job.result));
  expect(results.map((result) => result.status)).toEqual(jobs.map(() => "successful"));
  for (const [index, job] of jobs.entries()) expect(await artifact(job, "stdout")).toBe(`var w${index}\nend w${index}\n`);
}, 60_000);

test("a command gives what it printed, apart; its failure is a value; no shell is involved [API-02]", async () => {
  expect(await runCommand(runner, ["sh", "-c", "echo out; echo err >&2; exit 3"])).toEqual({ status: "failed", rc: 3, stdout: "out\n", stderr: "err\n" });
  expect(await runCommand(runner, ["printf", "%s", "; hostname $(id)"])).toMatchObject({ rc: 0, stdout: "; hostname $(id)" });
});

test("a temporary directory made for a command is gone afterwards [PDD-25]", async () => {
  // A place of its own: in the machine's others work too.
  vi.stubEnv("TMPDIR", root);
  expect((await runCommand(runner, ["ls", "-A", root])).stdout).toMatch(/^\.distronode-runner-/);
  expect(await readdir(root)).toEqual([]);
});

test("facts can be read and written, and a name that leads elsewhere is refused [API-08]", async () => {
  const job = await shell("true");
  await job.result;
  expect(await job.facts.get("web")).toEqual({});
  await job.facts.set("web", { a: 1 });
  expect(await job.facts.get("web")).toEqual({ a: 1 });
  expect((await stat(join(root, "artifacts", job.ident, "fact_cache/web"))).mode & 0o777).toBe(0o600);
  await expect(job.facts.get("../rc")).rejects.toMatchObject({ code: "REQUEST_INVALID" });
});

test("closing the runner cancels what runs, and later starts are refused", async () => {
  const job = await shell("sleep 60", { settings: { cancel_grace: 1 } });
  await runner.close();
  expect(await job.result).toMatchObject({ status: "canceled" });
  await expect(shell("true")).rejects.toThrow(/closed/);
});

test("the last journal entry proves completeness", async () => {
  const job = await shell("seq 100");
  await job.result;
  const entries: JournalEntry[] = await collect(job.entries());
  expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, index) => index + 1));
  expect(entries.at(-1)).toMatchObject({ type: "end", entries: entries.length, events: 100, stdoutBytes: Buffer.byteLength(await artifact(job, "stdout")) });
});
