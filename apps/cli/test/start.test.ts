import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { commands } from "../src/commands.ts";

const file = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { version } = JSON.parse(readFileSync(file("package.json"), "utf8")) as { version: string };

const start = (script: string, ...args: string[]) =>
  spawnSync(process.execPath, ["--conditions=@distronode-runner/source", file(script), ...args], { encoding: "utf8" });

describe("the command line", () => {
  test("answers --version with the bare version, before anything is built or loaded", () => {
    expect(start("bin/run.js", "--version")).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("runs from its sources and lists every command", () => {
    const { status, stdout, stderr } = start("bin/dev.js", "--help");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const topics = Object.entries(commands).flatMap(([name, { hidden }]) => (hidden === true ? [] : [name.split(":")[0]]));
    for (const topic of topics) expect(stdout).toContain(topic);
  });
});
