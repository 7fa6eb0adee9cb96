import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { commands } from "../src/commands.ts";
import { groupsOf } from "../src/help/command-groups.ts";
import { renderCommandHelp } from "../src/help/command-help.ts";

const visible = Object.entries(commands).filter(([, command]) => command.hidden !== true);
const dev = fileURLToPath(new URL("../bin/dev.js", import.meta.url));
const say = (...words: readonly string[]): { readonly code: number | null; readonly stdout: string; readonly stderr: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--conditions=@distronode-runner/source", dev, ...words], { encoding: "utf8" });
  return { code: status, stdout, stderr };
};

test.each(visible)("the help of %s fits into 80 columns, its flags stand below each other, and a default is said once", (id, command) => {
  const text = renderCommandHelp(command, id, "distronode-runner");
  for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(text).not.toMatch(/\.{4}/);
  const [flags = ""] = text.split("\nDESCRIPTION\n");
  for (const line of flags.split("\n").filter((shown) => /^ +-{1,2}[a-z]/.test(shown) && !/^ {10}/.test(shown))) expect(line).toMatch(/^ {2}(-\w,|-v| {3}) /);
  for (const part of flags.split(/\n(?= {2,6}-)/)) expect(part.match(/default/g) ?? []).toHaveLength(/default/.test(part) ? 1 : 0);
});

test("every command is in a group of the front page", () => {
  const others = groupsOf(visible.map(([id]) => ({ id, summary: "" }))).find(({ title }) => title === "others")!.commands;
  expect(others.map(({ id }) => id)).toEqual(["serve", "completion"]);
});

test.each([["images", "--help"], ["images"], ["help", "images"], ["config", "--help"], ["config"], ["worker", "-h"]])("%s %s shows the commands of the topic, which alone is no command", (...words) => {
  const { code, stdout, stderr } = say(...words);
  const topic = words.find((word) => word !== "help")!;
  if (words.length === 1) expect([code, stderr]).toEqual([2, expect.stringContaining(`${topic} needs a second word.`)]);
  else expect([code, stderr]).toEqual([0, ""]);
  for (const id of Object.keys(commands).filter((name) => name.startsWith(`${topic}:`))) expect(stdout).toContain(`  ${id.replace(":", " ")}  `);
});

test.each([
  [["images", "lst"], "Unknown command images lst.", "Did you mean images list?"],
  [["run", "x", "-p", "y", "--tags", "web"], "Unknown flag --tags.", "--cmdline '--tags ...'"],
  [["run", "x", "-p", "y", "-e", "a=1"], "Unknown flag -e.", "--cmdline '-e ...'"],
  [["run", "x", "-p", "y", "--extra-vars=a=1"], "Unknown flag --extra-vars.", "--cmdline '--extra-vars=a=1'"],
  [["events", "x", "--kind", "[z-a]"], '"[z-a]" is no pattern', "In [a-z]"],
  [["worker", "cleanup", "--file-pattern", "/tmp/[z-a]"], '"[z-a]" is no pattern', "In [a-z]"],
])("%j is told what to write", (words, message, hint) => {
  const { code, stderr } = say(...words);
  const text = stderr.replaceAll(/\s+/g, " ");
  expect([code, text]).toEqual([2, expect.stringContaining(message)]);
  expect(text).toContain(hint);
});
