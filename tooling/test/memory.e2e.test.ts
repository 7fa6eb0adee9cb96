import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { measure } from "../bench/measure.ts";
import { events, hello, hosts, output, toolPath, type Workload } from "../bench/workloads.ts";
import { cliCommand } from "../scenarios/cli.ts";
import { ROOT } from "../repository.ts";

const mebibyte = 1024 * 1024;
/** How much more a large job may take than a small one: far less than what went through. */
const slack = 64 * mebibyte;
/** What the published program's first lines give to Node. */
const options = /exec node (.*) "\$0"/.exec(readFileSync(join(ROOT, "apps/cli/bin/run.js"), "utf8"))![1]!.split(" ");

let scratch: string;
const made: string[] = [];
beforeEach(async () => void (scratch = await mkdtemp(join(tmpdir(), "distronode-memory-"))));
afterEach(() => Promise.all([scratch, ...made.splice(0)].map((path) => rm(path, { recursive: true, force: true }))));

/** The most memory that our own process had during a job. */
async function peak(work: Workload, words: readonly string[] = [], shown = join(scratch, "shown")): Promise<number> {
  made.push(work.dataDir);
  const [node, ...program] = cliCommand as [string, ...string[]];
  const argv = [node, ...options, ...program, "run", work.dataDir, "-i", "job", "-p", work.playbook, ...words];
  const { ownPeak } = await measure({ argv, env: { PATH: `${toolPath(work.dataDir)}:${process.env["PATH"]}` } }, shown);
  return ownPeak;
}

const keptStdout = async (work: Workload): Promise<number> => (await stat(join(work.dataDir, "artifacts/job/stdout"))).size;

test("two hundred megabytes of output take no more memory than two, and all of it is kept and shown", async () => {
  const small = await peak(await output(2e6, 16_384, "host"));
  const large = await output(2e8, 16_384, "host");
  expect(await peak(large)).toBeLessThan(small + slack);
  expect(await keptStdout(large)).toBe(2e8);
  expect((await stat(join(scratch, "shown"))).size).toBe(2e8);
});

test("a line of a hundred megabytes takes no more memory than a short one", async () => {
  const small = await peak(await output(2e6, 16_384, "host"));
  const large = await output(1e8, 1e8, "host");
  expect(await peak(large)).toBeLessThan(small + slack);
  expect(await keptStdout(large)).toBe(1e8);
});

test("a hundred thousand events take no more memory than a thousand", async () => {
  const small = await peak(await events(1000, false, "host"));
  const large = await events(100_000, false, "host");
  expect(await peak(large)).toBeLessThan(small + slack);
  expect(readFileSync(join(scratch, "shown"), "utf8").trimEnd().split("\n").at(-1)).toBe('ok: [localhost] => (item=100000) => {"msg": "item 100000"}');
});

test("files for ten thousand events wait for the disk, not in memory", async () => {
  const small = await peak(await events(1000, true, "host"));
  expect(await peak(await events(10_000, true, "host"))).toBeLessThan(small + slack);
});

test("a reader that does not read for a while makes the job neither stop nor grow", async () => {
  const small = await peak(await output(2e6, 16_384, "host"));
  const fifo = join(scratch, "fifo");
  const reader = spawn("/bin/sh", ["-c", 'mkfifo "$1" && exec 3<"$1" && sleep 3 && wc -c <&3', "sh", fifo], { stdio: ["ignore", "pipe", "inherit"] });
  const counted = new Promise<string>((resolve) => reader.stdout.setEncoding("utf8").once("data", resolve));
  await expect.poll(() => stat(fifo).then((file) => file.isFIFO(), () => false), { timeout: 60_000 }).toBe(true);
  expect(await peak(await output(1e8, 16_384, "host"), [], fifo)).toBeLessThan(small + slack);
  expect(Number(await counted)).toBe(1e8);
});

test("an inventory of eight thousand hosts is the tool's to hold", async () => {
  const small = await peak(await hello());
  expect(await peak(await hosts(8000), ["--limit", "host0"])).toBeLessThan(small + slack);
});
