import { existsSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, describe, expect, test, vi } from "vitest";

import { encodeAck, encodeCancel, encodeDetach, encodeResize, encodeSignal, encodeStdin, encodeStdinEof } from "../src/index.ts";
import type { JobDocument } from "../src/index.ts";
import { reporter } from "./reporter.ts";
import { endShims, interruptibleJob, isAlive, python, shellJob, start } from "./shim-process.ts";

// Nothing here depends on how fast the machine is; this only ends what hangs.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const clocks = (changes: Partial<JobDocument["clocks"]>): Pick<JobDocument, "clocks"> => ({ clocks: { ...shellJob("").clocks, ...changes } });

/** Waits for something that has no message of its own. */
async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await sleep(20);
}

afterEach(endShims);

describe("a job", () => {
  test("gives its output, its exit code and its use of the machine, and its directory is gone", async () => {
    const shim = start(shellJob("echo out; echo err >&2; echo @JOB_DIR@ $NAME; cat @JOB_DIR@/a/b; exit 3", { env: { NAME: "@JOB_DIR@/x" }, files: { "a/b": { base64: "aMOp" } }, mergeStderr: false }));
    const ready = await shim.frame("ready");
    expect(ready.data.shim).toBe(1);
    expect((await shim.frame("started")).data.argv.slice(0, 2)).toEqual(["sh", "-c"]);
    expect((await shim.frame("exited")).data).toMatchObject({ code: 3, signal: null, why: null });
    await shim.frame("end");
    expect(await shim.exit).toBe(0);
    expect(shim.decoder.ended).toBe(true);
    expect(shim.output().toString()).toBe(`out\n${ready.data.jobDir} ${ready.data.jobDir}/x\nhé`);
    expect(shim.output("stderr").toString()).toBe("err\n");
    expect(existsSync(ready.data.jobDir)).toBe(false);
  });

  test("that dies of a signal says which", async () => {
    const shim = start(shellJob("kill -SEGV $$"));
    expect((await shim.frame("exited")).data).toMatchObject({ code: null, signal: "SIGSEGV" });
  });

  test("may print 50 MB, and all of it arrives", async () => {
    const shim = start(shellJob("head -c 50000000 /dev/zero"));
    expect((await shim.frame("end")).data.bytes.stdout).toBe(50_000_000);
    expect(shim.output().length).toBe(50_000_000);
  });

  test("may print a megabyte and exit at once, every time", async () => {
    for (let i = 0; i < 5; i++) {
      const shims = Array.from({ length: 4 }, () => start(shellJob("exec head -c 1000000 /dev/zero")));
      for (const shim of shims) expect((await shim.frame("end")).data.bytes.stdout).toBe(1_000_000);
    }
  });

  test("has two streams in one order when they are merged", async () => {
    const shim = start(shellJob("for i in 1 2 3; do echo o$i; echo e$i >&2; done"));
    await shim.frame("end");
    expect(shim.output().toString()).toBe("o1\ne1\no2\ne2\no3\ne3\n");
  });

  test("is over although something it left holds its output open", async () => {
    const shim = start(shellJob("sleep 30 & echo $!"));
    expect((await shim.frame("exited")).data.code).toBe(0);
    process.kill(Number(shim.output().toString()), "SIGKILL");
  });

  test("gets a home of its own when there is none to write to", async () => {
    const shim = start(shellJob('echo "$HOME"; touch "$HOME/x"', { env: { HOME: "/" } }));
    expect((await shim.frame("exited")).data.code).toBe(0);
    expect(shim.output().toString()).toMatch(/^\/\S+\/distronode-runner-\w+\n$/);
  });

  test("gets no descriptor that is not its own", async () => {
    const shim = start(shellJob("ls /proc/self/fd", { events: { token: "a".repeat(32) } }));
    await shim.frame("end");
    // ls itself opens 3 for the directory.
    expect(shim.output().toString().trim().split("\n")).toEqual(["0", "1", "2", "3"]);
  });

  test("starts with an empty environment unless it asks for more", async () => {
    const shim = start(shellJob("env", { inheritEnvironment: false, env: { ONLY: "this" } }), { ...process.env, LEAK: "1" });
    await shim.frame("end");
    expect(shim.output().toString()).toContain("ONLY=this");
    expect(shim.output().toString()).not.toContain("LEAK");
  });

  test("is the first of its candidates that is on PATH", async () => {
    const shim = start(shellJob("echo $0", { candidates: ["no-such-tool-here", "sh"] }));
    expect((await shim.frame("started")).data.argv[0]).toBe("sh");
  });

  test("reads what the owner sends until the owner ends it", async () => {
    const shim = start(shellJob("cat; echo done", { stdin: "pipe" }));
    await shim.frame("started");
    const data = Buffer.alloc(3_000_000, "abc\n");
    shim.write(encodeStdin(data));
    shim.write(encodeStdin("end\n"));
    shim.write(encodeStdinEof());
    await shim.frame("end");
    expect(shim.output().equals(Buffer.concat([data, Buffer.from("end\ndone\n")]))).toBe(true);
  });

  test("on a terminal sees its size, is not echoed, and keeps its line ends", async () => {
    const shim = start(shellJob("tty >/dev/null && stty size; read a; echo got $a; read b; stty size; cat", { stdin: "pipe", tty: { rows: 30, cols: 101 } }));
    await shim.printed("30 101\r\n");
    shim.write(encodeStdin("secret\n"));
    await shim.printed("got secret\r\n");
    shim.write(encodeResize({ rows: 7, cols: 9 }));
    shim.write(encodeStdin("\n"));
    shim.write(encodeStdinEof());
    expect((await shim.frame("exited")).data.code).toBe(0);
    expect(shim.output().toString()).toBe("30 101\r\ngot secret\r\n7 9\r\n");
  });

  test("is kept out of the shim's own command line and environment", async () => {
    const shim = start(shellJob("echo up; read x", { stdin: "pipe", env: { PASSWORD: "hunter-2" } }));
    await shim.printed("up");
    for (const file of ["cmdline", "environ"]) expect(readFileSync(`/proc/${shim.child.pid}/${file}`, "latin1")).not.toContain("hunter-2");
    shim.write(encodeStdinEof());
    await shim.frame("end");
  });
});

describe("a job that cannot start", () => {
  const cases: [string, Partial<JobDocument>, string, number][] = [
    ["a tool that does not exist", { argv: ["no-such-tool-here"] }, "TOOL_NOT_FOUND", 127],
    ["a tool that may not be run", { argv: ["/etc/passwd"] }, "TOOL_NOT_EXECUTABLE", 126],
    ["a working directory that does not exist", { cwd: "/no/such/place" }, "CWD_MISSING", 1],
    ["a job that makes no sense", { argv: [] }, "JOB_INVALID", 1],
    ["a file that leaves the job's directory", { files: { "../x": { text: "" } } }, "JOB_INVALID", 1],
    ["a mirror that leaves the job's directory", { mirrors: { "a/../../x": "/" } }, "JOB_INVALID", 1],
    ["a mirror of somewhere or other", { mirrors: { a: "b" } }, "JOB_INVALID", 1],
    ["a file where a mirror is", { mirrors: { "a/b": "/" }, files: { a: { text: "" } } }, "JOB_INVALID", 1],
    ["a file of no possible mode", { files: { a: { text: "", mode: 0o1000 } } }, "JOB_INVALID", 1],
    ["a prompt without an answer", { prompts: [{ pattern: "x" }] as never }, "JOB_INVALID", 1],
  ];
  test.each(cases)("because of %s says so, with an exit code", async (_what, changes, code, exit) => {
    const shim = start(shellJob("true", changes));
    const { jobDir } = (await shim.frame("ready")).data;
    expect((await shim.frame("failed")).data.code).toBe(code);
    expect((await shim.frame("exited")).data.code).toBe(exit);
    await shim.frame("end");
    expect(await shim.exit).toBe(0);
    expect(existsSync(jobDir)).toBe(false);
  });

  test("because the owner left before it was sent ends without one", async () => {
    const shim = start();
    shim.child.stdin?.end();
    expect((await shim.frame("failed")).data.code).toBe("JOB_INVALID");
  });
});

describe("ending a job", () => {
  test("interrupts it, and what exits in time is not killed", async () => {
    const shim = start(shellJob("trap 'echo stopping; exit 5' INT; echo up; while :; do sleep 0.05; done"));
    await shim.printed("up");
    shim.write(encodeCancel({ grace: 30, why: "canceled" }));
    expect((await shim.frame("exited")).data).toMatchObject({ code: 5, why: "canceled" });
    expect(shim.output().toString()).toContain("stopping");
  });

  test("kills what ignores every polite signal when the grace is over, also grandchildren in sessions of their own", async () => {
    const shim = start(shellJob("trap '' INT TERM; (setsid sh -c 'sleep 300 & echo $!; wait' &) ; sleep 300 & echo $!; echo up; while :; do sleep 0.1; done"));
    await shim.printed("up");
    await until(() => shim.output().toString().split("\n").filter((line) => /^\d+$/.test(line)).length === 2);
    shim.write(encodeCancel({ grace: 0.4, why: "canceled" }));
    expect((await shim.frame("exited")).data).toMatchObject({ signal: "SIGKILL", why: "canceled" });
    for (const pid of shim.output().toString().match(/^\d+$/gm) ?? []) expect(await isAlive(Number(pid))).toBe(false);
  });

  test("leaves nothing of a canceled job behind although the tool itself went at once", async () => {
    const shim = start(shellJob("setsid sleep 300 & echo $!; trap 'exit 0' INT; echo up; while :; do sleep 0.05; done"));
    await shim.printed("up");
    shim.write(encodeCancel({ grace: 30, why: "canceled" }));
    await shim.frame("exited");
    expect(await isAlive(Number.parseInt(shim.output().toString(), 10))).toBe(false);
  });

  test("a second cancel can shorten the first", async () => {
    const shim = start(shellJob("trap '' INT TERM; echo up; while :; do sleep 0.1; done"));
    await shim.printed("up");
    shim.write(encodeCancel({ grace: 300, why: "canceled" }));
    shim.write(encodeCancel({ grace: 0, why: "job_timeout" }));
    expect((await shim.frame("exited")).data).toMatchObject({ signal: "SIGKILL", why: "canceled" });
  });

  test("a signal reaches the tool's group", async () => {
    const shim = start(shellJob("trap 'echo usr1; exit 0' USR1; echo up; while :; do sleep 0.05; done"));
    await shim.printed("up");
    shim.write(encodeSignal("SIGUSR1"));
    expect((await shim.frame("exited")).data).toMatchObject({ code: 0, why: null });
  });

  test("happens when the job's time is over", async () => {
    const shim = start(interruptibleJob(clocks({ job: 0.3, grace: 5 })));
    expect((await shim.frame("exited")).data).toMatchObject({ signal: "SIGINT", why: "job_timeout" });
  });

  test("happens when it is idle, and output keeps it from being so", async () => {
    const shim = start(shellJob("for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.1; done; sleep 300", clocks({ idle: 0.7 })));
    expect((await shim.frame("exited")).data.why).toBe("idle_timeout");
    expect(shim.output().toString()).toContain("8\n");
  });

  test("happens when its owner is gone for longer than the lease", async () => {
    const shim = start(interruptibleJob(clocks({ lease: 0.2, linger: 0.2 })));
    await shim.printed("up");
    shim.child.stdin?.end();
    expect((await shim.frame("exited")).data.why).toBe("owner_gone");
    expect(await shim.exit).toBe(0);
  });

  test.each([["that detached", {}, true], ["that nobody waits for", { ownerGone: "continue" as const }, false]])(
    "does not happen to a job %s",
    async (_what, changes, detach) => {
      const shim = start(shellJob("echo up; sleep 0.6; echo over", { ...clocks({ lease: 0.1, linger: 0.1 }), ...changes }));
      await shim.printed("up");
      if (detach) shim.write(encodeDetach());
      shim.child.stdin?.end();
      expect((await shim.frame("exited")).data).toMatchObject({ code: 0, why: null });
      expect(shim.output().toString()).toContain("over");
    },
  );

  test("is what a SIGTERM to the shim does", async () => {
    const shim = start(interruptibleJob());
    await shim.printed("up");
    shim.child.kill("SIGTERM");
    expect((await shim.frame("exited")).data).toMatchObject({ signal: "SIGINT", why: "canceled" });
  });

  test("kills the tool of a shim that was killed", async () => {
    const shim = start(shellJob("echo up; exec sleep 300"));
    const { pid } = (await shim.frame("started")).data;
    const { jobDir } = (await shim.frame("ready")).data;
    await shim.printed("up");
    shim.child.kill("SIGKILL");
    await shim.exit;
    await until(async () => !(await isAlive(pid)));
    expect(shim.decoder.ended).toBe(false);
    // Nobody was left to do it.
    rmSync(jobDir, { recursive: true, force: true });
  });
});

describe("frames", () => {
  test("are kept until the owner has stored them, and the shim stays as long", async () => {
    const shim = start(shellJob("echo x", clocks({ linger: 600 })));
    shim.acknowledge = false;
    const end = await shim.frame("end");
    await sleep(150);
    expect(shim.child.exitCode).toBe(null);
    shim.write(encodeAck(end.sequence));
    expect(await shim.exit).toBe(0);
  });

  test("are not waited for longer than the shim lingers", async () => {
    const shim = start(shellJob("echo x", clocks({ linger: 0.1 })));
    shim.acknowledge = false;
    await shim.frame("end");
    expect(await shim.exit).toBe(0);
  });

  test("that nobody reads go to a file and do not slow the job down", async () => {
    const shim = start(shellJob("head -c 30000000 /dev/zero; echo over > @JOB_DIR@/over; read x", { stdin: "pipe", limits: { memoryBytes: 100_000, spillBytes: 100_000_000 } }));
    const { jobDir } = (await shim.frame("ready")).data;
    shim.child.stdout?.pause();
    await until(() => existsSync(`${jobDir}/over`));
    shim.child.stdout?.resume();
    shim.write(encodeStdinEof());
    await shim.frame("end");
    expect(shim.output().length).toBe(30_000_000);
  });

  test("hold the job back when memory and file are full, and nothing is lost", async () => {
    const shim = start(shellJob("head -c 20000000 /dev/zero; echo over > @JOB_DIR@/over", { limits: { memoryBytes: 100_000, spillBytes: 1_000_000 } }));
    const { jobDir } = (await shim.frame("ready")).data;
    shim.child.stdout?.pause();
    await sleep(400);
    expect(existsSync(`${jobDir}/over`)).toBe(false);
    shim.child.stdout?.resume();
    await shim.frame("end");
    expect(shim.output().length).toBe(20_000_000);
  });

  test("tell now and then that the job lives, and what it uses", async () => {
    const shim = start(shellJob("sleep 300", clocks({ heartbeat: 0.1 })));
    const beat = await shim.frame("heartbeat");
    expect(beat.sequence).toBe(0);
    expect(beat.data.rssKiB).toBeGreaterThan(0);
    shim.write(encodeCancel({ grace: 0, why: "canceled" }));
    await shim.frame("end");
  });

  test("carry what a plugin writes to its channel, before the output that follows it", async () => {
    const shim = start(shellJob("", { argv: [python, "-c", `${reporter}\nend, token, source = report()\ntell(end, 1, b'{"a":1}')\nprint(token, source, flush=True)`], events: { token: "b".repeat(32) } }));
    expect(await shim.frame("event")).toMatchObject({ id: 1, json: Buffer.from('{"a":1}') });
    await shim.frame("end");
    expect(shim.output().toString()).toBe(`${"b".repeat(32)} 0\n`);
    expect(shim.frames.findIndex((f) => f.type === "event")).toBeLessThan(shim.frames.findIndex((f) => f.type === "stdout"));
  });
});
