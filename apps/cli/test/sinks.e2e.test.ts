import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run, runIn } from "./support/command-line.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "distronode-cli-sinks-"));
  await mkdir(join(dataDir, "env"));
  await writeFile(join(dataDir, "args"), "sh -c 'seq 3'");
  await writeFile(join(dataDir, "env/settings"), `runner_teller_file: ${join(dataDir, "told")}\n`);
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const teller = `
import { appendFile } from "node:fs/promises";
export const teller = {
  contract: 1,
  name: "teller",
  settingsKeys: ["runner_teller_file"],
  open: ({ runner_teller_file: file }, { ident }) => ({
    name: "teller",
    deliver: (entries) => appendFile(file, entries.map((entry) => JSON.stringify({ ident, ...entry }) + "\\n").join("")),
    close: async () => {},
  }),
};
`;

test("a sink that the environment names gets every status and every event of a job, and its settings, without a line of code [PLG-01]", async () => {
  await writeFile(join(dataDir, "teller.mjs"), teller);
  const { code, stderr } = await runIn({ env: { DISTRONODE_RUNNER_SINKS: join(dataDir, "teller.mjs") } }, "run", dataDir, "-m", "any", "--hosts", "all", "-i", "job");
  expect([code, stderr]).toEqual([0, ""]);
  const told = (await readFile(join(dataDir, "told"), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as { ident: string; type: string; status?: string; event?: { counter: number } });
  expect(told.map((entry) => entry.status ?? entry.event?.counter ?? entry.type)).toEqual(["starting", "running", 1, 2, 3, "successful", "end"]);
  expect(new Set(told.map(({ ident }) => ident))).toEqual(new Set(["job"]));
});

test("a sink that is not there is refused before anything is done", async () => {
  const { code, stderr } = await runIn({ env: { DISTRONODE_RUNNER_SINKS: "./nothing.mjs" } }, "run", dataDir, "-m", "any", "--hosts", "all");
  expect(code).toBe(1);
  expect(stderr).toContain("The event sink ./nothing.mjs can not be loaded");
  expect(await readdir(dataDir)).not.toContain("artifacts");
  expect((await run("run", dataDir, "-m", "any", "--hosts", "all")).code).toBe(0);
});
