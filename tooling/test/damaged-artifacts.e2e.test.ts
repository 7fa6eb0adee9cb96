import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { JobResult, Runner } from "@distronode-runner/contract";
import { createStandardRunner, nodeHost } from "@distronode-runner/standard";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli, startCli } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { processes } from "../faults/victims.ts";

/** What may become of a file. */
const harms: Readonly<Record<string, (path: string) => Promise<void>>> = {
  "cut to half": async (path) => truncate(path, Math.floor((await stat(path)).size / 2)),
  "cut by a byte": async (path) => truncate(path, Math.max(0, (await stat(path)).size - 1)),
  "zeroed": async (path) => writeFile(path, Buffer.alloc((await stat(path)).size)),
  "zeroed in the middle": async (path) => change(path, (bytes) => bytes.fill(0, Math.floor(bytes.length / 3), Math.ceil((bytes.length * 2) / 3))),
  "emptied": async (path) => truncate(path, 0),
  "removed": async (path) => rm(path),
  "edited": async (path) => change(path, (bytes) => void (bytes[Math.floor(bytes.length / 2)]! ^= 1)),
  "filled with other words": async (path) => writeFile(path, "null\n"),
};

async function change(path: string, edit: (bytes: Buffer) => void): Promise<void> {
  const bytes = await readFile(path);
  edit(bytes);
  await writeFile(path, bytes);
}

/** A time in which everything has long happened, or never will. */
const never = 60_000;

let root: string;
let runtimeDir: string;
let runner: Runner;
/** Artifacts of a job that has ended, and those of one whose runner was killed when the tool had. */
const phases = { ended: "", killed: "" };
const output = "one\ntwo\nthree\n";

beforeAll(async () => {
  root = await makeDataDir({ "project/.keep": "" });
  runtimeDir = await mkdtemp(join(tmpdir(), "distronode-damaged-"));
  runner = createStandardRunner({ host: { ...nodeHost(), runtimeDir } });
  const job = await runner.start({ privateDataDir: root, command: ["sh", "-c", "echo one; echo two; echo three"], ident: "damaged-origin" });
  const { status } = await job.result;
  if (status !== "successful") throw new Error(`The job that is to be damaged ended ${status}.`);
  phases.ended = job.artifactDir;
  phases.killed = join(root, "artifacts/damaged-killed-origin");
  await cp(phases.ended, phases.killed, { recursive: true });
  const journal = (await readFile(join(phases.killed, "events.ndjson"), "utf8")).split("\n").slice(0, -3);
  await writeFile(join(phases.killed, "events.ndjson"), journal.map((line) => `${line}\n`).join(""));
  const kept = { code: 0, signal: null, why: null, entries: journal.length, chain: Number.parseInt((JSON.parse(journal.at(-1)!) as { sum: string }).sum, 16) };
  await writeFile(join(phases.killed, "exit.json"), JSON.stringify({ ...kept, sum: crc32(JSON.stringify(kept)) }));
  await Promise.all(["rc", "status", "record.json"].map((name) => rm(join(phases.killed, name))));
});
afterAll(async () => {
  await runner.close();
  await rm(root, { recursive: true, force: true });
  await rm(runtimeDir, { recursive: true, force: true });
});

let count = 0;
/** A copy of its own, in which one file is not as it was. */
async function damagedCopy(phase: keyof typeof phases, file: string, harm: string): Promise<string> {
  const directory = join(root, "artifacts", `damaged-${phase}-${(count += 1)}`);
  await cp(phases[phase], directory, { recursive: true });
  await harms[harm]!(join(directory, file));
  return directory;
}

interface Told {
  readonly result?: JobResult;
  readonly error?: unknown;
  readonly text: string;
  readonly textError?: unknown;
}

/** What library and commands make of it: the result, and what there is of the output. */
async function tell(directory: string): Promise<Told> {
  const job = await runner.attach(directory);
  let text = "";
  const textError = await (async () => {
    for await (const piece of job.output({ follow: false })) text += Buffer.from(piece).toString();
  })().catch((error: unknown) => error);
  try {
    return { result: await job.result, text, textError };
  } catch (error) {
    return { error, text, textError };
  }
}

const files = async (phase: keyof typeof phases): Promise<readonly string[]> => {
  const entries = await readdir(phases[phase], { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(phases[phase].length + 1));
};
const damage = (file: string): unknown => expect.objectContaining({ code: "ARTIFACTS_DAMAGED", location: expect.objectContaining({ file }) as unknown });

describe("of a job that has ended", () => {
  test("every file but the journal may be damaged in every way, and who asks is told how the job ended", async () => {
    const names = (await files("ended")).filter((name) => name !== "events.ndjson");
    expect(names).toEqual(expect.arrayContaining(["stdout", "stderr", "rc", "status", "command", "record.json"]));
    expect(names.some((name) => name.startsWith("job_events/"))).toBe(true);
    await Promise.all(
      names.flatMap((file) =>
        Object.keys(harms).map(async (harm) => {
          const directory = await damagedCopy("ended", file, harm);
          const { result, text, error, textError } = await tell(directory);
          expect([error, textError], `${file} ${harm}`).toEqual([undefined, undefined]);
          expect(result, `${file} ${harm}`).toMatchObject({ status: "successful", rc: 0, artifactDir: directory });
          expect(text, `${file} ${harm}`).toBe(output);
        }),
      ),
    );
  }, never);

  test("a journal that is damaged in whatever way is told with file and line, behind what is as it was, and nobody waits for more", async () => {
    await Promise.all(
      Object.keys(harms).map(async (harm) => {
        const directory = await damagedCopy("ended", "events.ndjson", harm);
        const { result, error, text, textError } = await tell(directory);
        expect(result, harm).toBeUndefined();
        for (const one of [error, textError]) expect(one, harm).toEqual(damage(join(directory, "events.ndjson")));
        expect(output.startsWith(text), harm).toBe(true);
        // Nobody writes a verdict over the one that stands.
        expect([await readFile(join(directory, "status"), "utf8"), await readFile(join(directory, "rc"), "utf8")]).toEqual(["successful", "0"]);
      }),
    );
  }, never);

  test("lost files are written again from the journal when somebody settles what was left", async () => {
    const known = createStandardRunner({ host: { ...nodeHost(), runtimeDir } });
    try {
      const job = await known.start({ privateDataDir: root, command: ["sh", "-c", "exit 3"], ident: "damaged-settled" });
      await job.result;
      for (const name of ["status", "rc", "record.json"]) await truncate(join(job.artifactDir, name), 0);
      expect(await known.jobs({ ended: true })).toContainEqual(expect.objectContaining({ ident: "damaged-settled", status: "failed", runner: "ended" }));
      expect(await known.reconcile()).toContainEqual({ ident: "damaged-settled", artifactDir: job.artifactDir, action: "completed" });
      expect(await readFile(join(job.artifactDir, "status"), "utf8")).toBe("failed");
      expect(await readFile(join(job.artifactDir, "rc"), "utf8")).toBe("3");
      expect(JSON.parse(await readFile(join(job.artifactDir, "record.json"), "utf8"))).toMatchObject({ status: "failed", rc: 3 });
    } finally {
      await known.close();
    }
  }, never);

  test("last entries that the journal lacks, because its runner was killed before them, are written when somebody settles what was left", async () => {
    const job = await runner.start({ privateDataDir: root, command: ["sh", "-c", "echo one; exit 3"], ident: "damaged-window" });
    await job.result;
    const journal = join(job.artifactDir, "events.ndjson");
    await writeFile(journal, (await readFile(journal, "utf8")).split("\n").slice(0, -3).map((line) => `${line}\n`).join(""));
    expect((await tell(job.artifactDir)).error).toEqual(damage(journal));
    expect(await runner.reconcile()).toContainEqual({ ident: "damaged-window", artifactDir: job.artifactDir, action: "completed" });
    expect((await tell(job.artifactDir)).result).toMatchObject({ status: "failed", rc: 3 });
    // One of which an event is missing is damaged, and stays so.
    await writeFile(journal, (await readFile(journal, "utf8")).split("\n").slice(0, 2).map((line) => `${line}\n`).join(""));
    expect((await runner.reconcile()).filter(({ ident }) => ident === "damaged-window")).toEqual([]);
    expect((await tell(job.artifactDir)).error).toEqual(damage(journal));
  }, never);

  test("a name that is none among those of jobs does not keep ps from listing the others", async () => {
    await mkdir(join(runtimeDir, "jobs"), { recursive: true });
    await writeFile(join(runtimeDir, "jobs/%zz"), "");
    expect(await runner.jobs({ ended: true })).toContainEqual(expect.objectContaining({ ident: "damaged-origin", status: "successful" }));
  });

  test("each command that reads a damaged journal ends with 74, names the file and the line, and shows what is there", async () => {
    const directory = await damagedCopy("ended", "events.ndjson", "cut by a byte");
    const commands = [["logs"], ["events"], ["wait"], ["attach"], ["logs", "--follow"]];
    const said = await Promise.all(commands.map(async ([name, ...flags]) => ({ name, ...(await runCli([name!, directory, ...flags], { DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir })) })));
    for (const { name, exitCode, stdout, stderr } of said) {
      expect(exitCode, `${name}: ${stderr}`).toBe(74);
      expect(stderr.replaceAll(/\s+/g, ""), name).toContain(`${directory}/events.ndjson`);
      expect(stderr, name).toContain("ARTIFACTS_DAMAGED");
      if (name === "logs" || name === "attach") expect(stdout).toContain(output);
    }
    const canceled = await runCli(["cancel", directory], { DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir });
    expect(canceled.exitCode, canceled.stderr).not.toBe(70);
    const listed = await runCli(["ps", "--all"], { DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir });
    expect(listed.exitCode, listed.stderr).toBe(0);
  }, never);
});

describe("of a job whose runner was killed when its tool had ended", () => {
  test("every file but journal and exit.json may be damaged in every way, and the job ends as its tool did", async () => {
    const names = (await files("killed")).filter((name) => name !== "events.ndjson" && name !== "exit.json");
    await Promise.all(
      names.flatMap((file) =>
        Object.keys(harms).map(async (harm) => {
          const directory = await damagedCopy("killed", file, harm);
          const { result, text, error, textError } = await tell(directory);
          expect([error, textError], `${file} ${harm}`).toEqual([undefined, undefined]);
          expect(result, `${file} ${harm}`).toMatchObject({ status: "successful", rc: 0 });
          expect(text, `${file} ${harm}`).toBe(output);
        }),
      ),
    );
  }, never);

  test("a damaged journal is the job's end: an error, in all that tells of it", async () => {
    await Promise.all(
      Object.keys(harms).filter((harm) => harm !== "removed").map(async (harm) => {
        const directory = await damagedCopy("killed", "events.ndjson", harm);
        const { result, error } = await tell(directory);
        const journal = join(directory, "events.ndjson");
        // A journal of which less is there than had to be ends where it ends; one that was changed can not be read.
        if (result === undefined) expect(error, harm).toEqual(damage(journal));
        else expect(result, harm).toMatchObject({ status: "error", rc: 74, error: { code: "ARTIFACTS_DAMAGED", location: { file: journal } } });
        expect([await readFile(join(directory, "status"), "utf8"), await readFile(join(directory, "rc"), "utf8")], harm).toEqual(["error", "74"]);
      }),
    );
    const directory = await damagedCopy("killed", "events.ndjson", "removed");
    await expect(runner.attach(directory)).rejects.toMatchObject({ code: "JOB_NOT_FOUND", location: { file: directory } });
    // Something that keeps for ever who opens it.
    execFileSync("mkfifo", [join(directory, "events.ndjson")]);
    const { error } = await tell(directory);
    expect(error).toEqual(damage(join(directory, "events.ndjson")));
  }, never);

  test("an exit.json that is damaged is no verdict", async () => {
    for (const harm of Object.keys(harms)) {
      const directory = await damagedCopy("killed", "exit.json", harm);
      const { result, text } = await tell(directory);
      const error = harm === "removed" ? { code: "JOB_LOST" } : { code: "ARTIFACTS_DAMAGED", location: { file: join(directory, "exit.json") } };
      expect(result, harm).toMatchObject({ status: "error", error });
      expect(text, harm).toBe(output);
    }
  }, never);

  test("a rest of zeros behind the journal's last line, as a disk without power leaves it, is no damage", async () => {
    const directory = await damagedCopy("killed", "stdout", "edited");
    await writeFile(join(directory, "events.ndjson"), Buffer.concat([await readFile(join(directory, "events.ndjson")), Buffer.from('{"seq":'), Buffer.alloc(5000)]));
    expect((await tell(directory)).result).toMatchObject({ status: "successful", rc: 0 });
  });
});

/** The script does `harm` when its first line is in the journal, whose path it has as $J. */
const tampering = async (ident: string, harm: string): Promise<{ readonly result: JobResult; readonly kinds: readonly string[]; readonly told: Told }> => {
  const script = `J=${root}/artifacts/${ident}/events.ndjson; echo first; until grep -q first "$J"; do sleep 0.1; done; ${harm}; echo last`;
  const job = await runner.start({ privateDataDir: root, command: ["sh", "-c", script], ident });
  const result = await job.result;
  const told = await tell(job.artifactDir);
  const text = await readFile(join(job.artifactDir, "events.ndjson"), "utf8");
  return { result, told, kinds: [...text.matchAll(/"kind":"(\w+)"/g)].map(([, kind]) => kind!) };
};

describe("a job on the host that gets at its own journal", () => {
  test.each([
    ["sed -i", 'sed -i /first/d "$J"'],
    ["rm", 'rm "$J"'],
    ["mv", 'mv "$J" "$J.gone"'],
    ["a new file in its place", 'rm "$J"; echo forged > "$J"'],
    ["a link to it", 'mv "$J" "$J.away"; ln -s "$J.away" "$J"'],
    ["a FIFO in its place", 'rm "$J"; mkfifo "$J"'],
  ])("by %s: what was written is there again, and the journal says so", async (name, harm) => {
    const { result, kinds, told } = await tampering(`damaged-replace-${name.replaceAll(/\W/g, "")}`, harm);
    expect(result).toMatchObject({ status: "successful", rc: 0 });
    expect(kinds).toContain("journal_restored");
    expect(told).toMatchObject({ result: { status: "successful" }, text: "first\nlast\n" });
  }, never);

  test.each([
    ["cutting it", 'truncate -s 40 "$J"'],
    ["emptying it", ': > "$J"'],
    ["editing a byte of it", `printf X | dd of="$J" bs=1 seek=60 conv=notrunc 2>/dev/null`],
  ])("by %s: the job ends with the error, and nobody is told that it was successful", async (name, harm) => {
    const { result, told } = await tampering(`damaged-inplace-${name.replaceAll(/\W/g, "")}`, harm);
    expect(result).toMatchObject({ status: "error", rc: 74, error: { code: "ARTIFACTS_DAMAGED", location: { file: expect.stringContaining("events.ndjson") as unknown } } });
    expect(told.error).toMatchObject({ code: "ARTIFACTS_DAMAGED" });
    expect(await readFile(join(result.artifactDir, "status"), "utf8")).toBe("error");
  }, never);
});

describe("a job on the host that adds to its own journal", () => {
  test("has that overwritten by what the runner writes next", async () => {
    const { result, told } = await tampering("damaged-added", 'echo forged >> "$J"');
    expect(result).toMatchObject({ status: "successful", rc: 0 });
    expect(told).toMatchObject({ result: { status: "successful" }, text: "first\nlast\n" });
  }, never);
});

describe("a job that runs, without a runner, and whose journal was changed", () => {
  test("is ended by who attaches, and its end is the error", async () => {
    const dataDir = await makeDataDir({ "project/.keep": "", "env/settings": "cancel_grace: 1\nowner_gone: continue\n", "env/cmdline": "" });
    try {
      await writeFile(join(dataDir, "project/site.yml"), `- hosts: localhost\n  gather_facts: false\n  tasks:\n    - {name: Before, debug: {msg: before}}\n    - {name: Wait, wait_for: {path: ${dataDir}/never, timeout: 600}}\n`);
      const job = startCli(["run", dataDir, "-p", "site.yml", "-i", "damaged-running"], { DISTRONODE_RUNNER_RUNTIME_DIR: runtimeDir });
      await job.shows("TASK [Wait]");
      const journal = join(dataDir, "artifacts/damaged-running/events.ndjson");
      await expect.poll(async () => (await readFile(journal, "utf8")).includes("TASK [Wait]"), { timeout: never }).toBe(true);
      job.child.kill("SIGKILL");
      await job.finished;
      await change(journal, (bytes) => void (bytes[bytes.indexOf("Before")]! ^= 1));
      const attached = await runner.attach(join(dataDir, "artifacts/damaged-running"));
      await expect(attached.result).rejects.toEqual(damage(journal));
      expect(await readFile(join(dataDir, "artifacts/damaged-running/status"), "utf8")).toBe("error");
      expect(JSON.parse(await readFile(join(dataDir, "artifacts/damaged-running/record.json"), "utf8"))).toMatchObject({ error: { code: "ARTIFACTS_DAMAGED" } });
      await expect.poll(() => processes().filter(({ command }) => command.includes(`${dataDir}`)), { timeout: never }).toEqual([]);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  }, never * 2);
});
