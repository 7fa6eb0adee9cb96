import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./support/command-line.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "distronode-cli-images-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test("an engine that is not known and an archive that is not there are refused by name", async () => {
  const [list, load] = await Promise.all([run("images", "list", "--engine", "podmann"), run("images", "load", "-i", join(directory, "absent"))]);
  expect(list).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("Did you mean podman?") as string });
  expect(load).toMatchObject({ code: 1, stderr: expect.stringContaining("no such file") as string });
});

/** Engines that the caller asks to be tested; one that does not work fails its tests. */
const engines = (process.env["DISTRONODE_RUNNER_TEST_ENGINES"] ?? "").split(",").filter((name) => name !== "");

test.runIf(engines.includes("podman"))("on a terminal the error of a failed pull stands on a line of its own, not behind the progress", () => {
  const script = process.env["DISTRONODE_RUNNER_TEST_CLI"] ?? fileURLToPath(new URL("../bin/dev.js", import.meta.url));
  const command = `'${process.execPath}' --conditions=@distronode-runner/source '${script}' images pull 127.0.0.1:9/absent:1 --engine podman`;
  const { stdout } = spawnSync("script", ["-qec", command, "/dev/null"], { encoding: "utf8" });
  expect(stdout).toContain("\u001b[KTrying to pull");
  // Each time the line was emptied before.
  expect(stdout.split("Error: ").slice(0, -1).filter((before) => !before.endsWith("\u001b[K"))).toEqual([]);
  expect(stdout).toContain("\u001b[KError: ");
});

test.each(engines)("an image of %s is listed, saved to a file, removed and loaded again", async (engine) => {
  const name = `localhost/distronode-runner-images-${engine}:1`;
  const file = join(directory, `${engine}.tar`);
  const images = (...words: string[]): ReturnType<typeof run> => run("images", ...words, "--engine", engine);
  execFileSync(engine, ["tag", "localhost/distronode-runner-bare:bookworm", name]);

  const [list, json, save, absent] = await Promise.all([images("list"), images("list", "--json"), images("save", name, "-o", file), images("save", "localhost/distronode-runner-absent:1", "-o", join(directory, "none"))]);
  const { id } = (JSON.parse(json.stdout) as { images: { id: string; references: string[] }[] }).images.find(({ references }) => references.includes(name))!;
  expect(list).toMatchObject({ code: 0, stdout: expect.stringMatching(new RegExp(`^${name} +${id.slice(7, 19)} +[\\d.]+ MB +\\w+$`, "m")) as string, stderr: "" });
  expect(save).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
  expect(absent).toMatchObject({ code: 125, stderr: expect.stringContaining("[IMAGE_NOT_FOUND]") as string });
  expect(await readdir(directory)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^none|part$/)]));

  expect(await images("remove", name)).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
  expect(execFileSync(engine, ["images", "--quiet", name], { encoding: "utf8" })).toBe("");
  expect(await images("load", "-i", file)).toMatchObject({ code: 0, stdout: expect.stringContaining(`${name}\n`) as string });
  expect(execFileSync(engine, ["images", "--quiet", name], { encoding: "utf8" })).not.toBe("");
  execFileSync(engine, ["rmi", name]);
});
