// What `start`, `stop`, `is-alive` and `worker cleanup` make of a private data directory that a job had its way in.
import { execFileSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli } from "../../scenarios/cli.ts";
import { makeArena, type Arena } from "./arena.ts";

const things: Readonly<Record<string, (arena: Arena, place: string) => void>> = {
  "a link to a file outside": (arena, place) => symlinkSync(join(arena.canary, "secret"), place),
  "a link to nothing outside": (arena, place) => symlinkSync(join(arena.canary, "made"), place),
  "a second name of a file outside": (arena, place) => linkSync(join(arena.canary, "secret"), place),
  "a named pipe": (_arena, place) => void execFileSync("mkfifo", [place]),
  "a directory": (_arena, place) => mkdirSync(place),
};
const play = { "project/site.yml": "- hosts: localhost\n  gather_facts: false\n  tasks: []\n" };

async function inArena(work: (arena: Arena) => Promise<void>): Promise<void> {
  const arena = await makeArena("", play);
  await rm(join(arena.dataDir, "args"));
  const before = arena.canaryState();
  try {
    await work(arena);
    expect(arena.canaryState()).toEqual(before);
  } finally {
    await arena.remove();
  }
}

describe.each(Object.entries(things))("with %s", (_words, put) => {
  test("in place of daemon.log, start is refused and the file is not written", () =>
    inArena(async (arena) => {
      put(arena, join(arena.dataDir, "daemon.log"));
      const { exitCode, stderr } = await runCli(["start", arena.dataDir, "-p", "site.yml", "-i", "hostile-daemon"]);
      expect(exitCode, stderr).not.toBe(0);
      expect(stderr).toContain("daemon.log");
      expect(existsSync(join(arena.dataDir, "pid"))).toBe(false);
    }));

  test("in place of pid, start, stop and is-alive come back, and nothing is written there or ended", () =>
    inArena(async (arena) => {
      put(arena, join(arena.dataDir, "pid"));
      for (const argv of [["start", arena.dataDir, "-p", "site.yml", "-i", "hostile-pid"], ["is-alive", arena.dataDir], ["stop", arena.dataDir]]) {
        const { exitCode, stderr } = await runCli(argv);
        expect(exitCode, `${argv[0]}: ${stderr}`).not.toBe(0);
      }
    }));
});

test("worker cleanup removes directories with links, pipes, names that are no text and trees that are deeper than paths, and nothing behind a link", () =>
  inArena(async (arena) => {
    const left = join(arena.dataDir, "left");
    mkdirSync(join(left, "project"), { recursive: true });
    for (const [index, put] of Object.values(things).entries()) put(arena, join(left, "project", String(index)));
    symlinkSync(arena.canary, join(left, "inventory"));
    writeFileSync(Buffer.concat([Buffer.from(`${left}/`), Buffer.from([0xff])]), "");
    execFileSync("python3", ["-c", "import os, sys\nos.chdir(sys.argv[1])\nfor _ in range(500):\n    os.mkdir('d' * 100); os.chdir('d' * 100)", left]);
    const { exitCode, stderr } = await runCli(["worker", "cleanup", "--file-pattern", `${arena.dataDir}/lef*`, "--grace-period", "0"]);
    expect(exitCode, stderr).toBe(0);
    expect(existsSync(left)).toBe(false);
  }));
