import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { discard, eventsOf, noticesOf, places, run, seen, where } from "./hostile/hostile-job.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";

const hello = (word: string): string => `- hosts: localhost\n  gather_facts: false\n  tasks: [{debug: {msg: hello ${word}}}]\n`;
const course = ["playbook_on_start", "playbook_on_play_start", "playbook_on_task_start", "runner_on_start", "runner_on_ok", "playbook_on_stats"];

/** Parts of events, of frames and of marks. */
const ours = ['"uuid"', "\0", "\u001b_"];

/** A job whose command is a shell script around the tool; `play NAME` in it runs a playbook. */
async function wrapped(place: string, script: string, prepare: (dataDir: string) => void = () => {}) {
  const dataDir = await makeDataDir({ "project/one.yml": hello("one"), "project/two.yml": hello("two") });
  try {
    const inventory = join(seen(place, dataDir, ".."), "inventory");
    await writeFile(join(dataDir, "project/wrap.sh"), `cd ${seen(place, dataDir, "")}\nplay() { ansible-playbook -i ${inventory} "$1.yml"; }\n${script}\n`);
    await writeFile(join(dataDir, "args"), `/bin/sh ${seen(place, dataDir, "wrap.sh")}\n`);
    prepare(dataDir);
    const ended = await run({ privateDataDir: dataDir, ...where(place) });
    const file = (name: string): Promise<string> => readFile(join(dataDir, "project", name), "utf8").catch(() => "");
    return { ...ended, events: eventsOf(ended.entries).filter((event) => event !== "verbose"), lock: await file("lock"), log: await file("log") };
  } finally {
    await discard(dataDir);
  }
}

describe.each(places)("on %s the tool reports its events behind a wrapper", (place) => {
  test.each([
    ["that keeps a lock on descriptor 3", "exec 3>lock; flock 3; play one"],
    ["that shows the output and keeps it in a file", "exec 3>&1; play one | tee log >&3"],
    ["that closes all descriptors", `exec python3 -c 'import subprocess, sys; sys.exit(subprocess.call(["sh", "-c", "ansible-playbook -i $(dirname $PWD)/inventory one.yml"]))'`],
    ["that is replaced by it", "exec 3>&-; exec ansible-playbook -i $(dirname $PWD)/inventory one.yml"],
    ["that runs it in a session of its own", "setsid -w ansible-playbook -i $(dirname $PWD)/inventory one.yml"],
  ])("%s", async (_what, script) => {
    const { result, stdout, events, lock, log, entries } = await wrapped(place, script);
    expect(result, stdout).toMatchObject({ status: "successful" });
    expect(events).toEqual(course);
    expect(stdout).toContain('"msg": "hello one"');
    for (const text of [stdout, lock]) for (const part of ours) expect(text).not.toContain(part);
    if (log !== "") expect(log).toContain('"msg": "hello one"');
    expect(noticesOf(entries)).toEqual([]);
  });

  test("that runs several, one after the other", async () => {
    const { result, events, entries } = await wrapped(place, "play one && play two && play one");
    expect(result).toMatchObject({ status: "successful" });
    expect(events).toEqual([...course, ...course, ...course]);
    expect(noticesOf(entries)).toEqual([]);
  });

  test("that runs several side by side", async () => {
    const { result, stdout, events, entries } = await wrapped(place, "play one & play two & wait");
    expect(result, stdout).toMatchObject({ status: "successful" });
    expect(events.toSorted()).toEqual([...course, ...course].toSorted());
    expect(stdout).toContain('"msg": "hello one"');
    expect(stdout).toContain('"msg": "hello two"');
    for (const part of ours) expect(stdout).not.toContain(part);
    expect(noticesOf(entries)).toEqual([]);
  });
});

test("the tool reports its events when ansible-pull starts it", async ({ skip }) => {
  try {
    execFileSync("git", ["--version"]);
  } catch {
    skip("there is no git here");
  }
  const { result, stdout, events } = await wrapped("host", 'exec ansible-pull -U "file://$PWD/repository" -d "$PWD/checkout" -i localhost, one.yml', (dataDir) => {
    const git = (...words: string[]): void => void execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...words], { cwd: join(dataDir, "project/repository"), stdio: "ignore" });
    execFileSync("mkdir", [join(dataDir, "project/repository")]);
    execFileSync("cp", [join(dataDir, "project/one.yml"), join(dataDir, "project/repository/one.yml")]);
    git("init");
    git("add", ".");
    git("commit", "-m", "one");
  });
  expect(result, stdout).toMatchObject({ status: "successful" });
  expect(events.filter((event) => event === "playbook_on_stats").length).toBeGreaterThan(0);
});

test("a tool that is kept from reporting is told of, and one that was used wrongly is not", async () => {
  const dataDir = await makeDataDir({ "project/one.yml": hello("one"), "bin/ansible-playbook": '#!/bin/sh\nunset DISTRONODE_RUNNER_EVENTS\nexec /usr/bin/ansible-playbook "$@"\n' });
  try {
    await mkdir(join(dataDir, "env"));
    await writeFile(join(dataDir, "env/envvars"), JSON.stringify({ PATH: `${join(dataDir, "bin")}:${process.env["PATH"]}` }));
    await chmod(join(dataDir, "bin/ansible-playbook"), 0o755);
    const kept = await run({ privateDataDir: dataDir, playbook: "one.yml" });
    expect(kept.result).toMatchObject({ status: "successful" });
    expect(noticesOf(kept.entries)).toEqual(["no_events"]);
    await writeFile(join(dataDir, "project/three.yml"), "- hosts: [\n");
    const wrong = await run({ privateDataDir: dataDir, playbook: "three.yml" });
    expect(wrong.result).toMatchObject({ status: "failed" });
    expect(noticesOf(wrong.entries)).toEqual([]);
  } finally {
    await discard(dataDir);
  }
});
