import { afterEach, describe, expect, test, vi } from "vitest";

import { encodeCancel, encodeStdin } from "../src/index.ts";
import type { JobDocument, JobPrompt } from "../src/index.ts";
import { endShims, interruptibleJob, python, shellJob, start } from "./shim-process.ts";

// Nothing here depends on how fast the machine is; this only ends what hangs.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

afterEach(endShims);

const tty = { rows: 24, cols: 80 };

function asking(script: string, prompts: JobPrompt[], changes: Partial<JobDocument> = {}): JobDocument {
  return shellJob("", { argv: [python, "-u", "-c", script], tty, prompts, ...changes });
}

describe("a prompt", () => {
  test("is answered each time it comes, and the answers are not in the output", async () => {
    const script = [
      "from getpass import getpass",
      "a = getpass('Password: '); b = getpass('Password: '); c = getpass('Again (y/n)? ')",
      "print(len(a), len(b), repr(c), a == b)",
    ].join("\n");
    const shim = start(asking(script, [{ pattern: "^Password:\\s*?$", answer: "hunter-ü2" }, { pattern: "Again.*\\? $", answer: "" }]));
    expect((await shim.frame("exited")).data.code).toBe(0);
    await shim.frame("end");
    expect(shim.output().toString()).toBe("Password: \r\nPassword: \r\nAgain (y/n)? \r\n9 9 '' True\r\n");
    expect(shim.output().toString()).not.toContain("hunter");
    expect(shim.notices()).toEqual([]);
  });

  test("may be on standard input and output, and be long and come in pieces", async () => {
    const script = [
      "import sys, time",
      "for part in ('Enter passphrase for /', 'long/' * 30, 'path/' * 30, 'key: '):",
      "    sys.stdout.write(part); sys.stdout.flush(); time.sleep(0.15)",
      "print(sys.stdin.readline() == 'open\\n', sys.stdin.isatty())",
    ].join("\n");
    const shim = start(asking(script, [{ pattern: "^Enter passphrase for .*key:\\s*?$", answer: "open" }]));
    await shim.frame("end");
    expect(shim.output().toString()).toMatch(/key: True True\r\n$/);
  });

  test("whose pattern is no regular expression does not take the others along", async () => {
    const prompts = [{ pattern: "(", answer: "bad" }, { pattern: "Name: $", answer: "good" }, { pattern: "", answer: "nothing" }, { pattern: "a{99999999999}", answer: "bad" }];
    const shim = start(asking("print('got', input('Name: '))", prompts));
    expect(await shim.frame("notice")).toMatchObject({ data: { kind: "pattern", details: { pattern: "(" } } });
    await shim.frame("end");
    expect(shim.notices().map((notice) => notice.details?.["pattern"])).toEqual(["(", "a{99999999999}"]);
    expect(shim.output().toString()).toContain("got good\r\n");
  });

  test("is found after much output, in time that grows with the output, whatever the pattern costs", async () => {
    const script = "import sys; sys.stdout.write('x' * 8000000); sys.stdout.write('password ' * 100000 + '\\n'); print(input('The password please: '))";
    const shim = start(asking(script, [{ pattern: ".*[Pp]assword.*:\\s*$", answer: "found" }]));
    await shim.frame("end");
    expect(shim.output().toString().slice(-28)).toBe("The password please: found\r\n");
  });

  test("is found beside the markers of events", async () => {
    const token = "ab".repeat(16);
    const script = `import sys; sys.stdout.write('\\033_${token}E7\\033\\\\Password: '); print(input())`;
    const shim = start(asking(script, [{ pattern: "^Password: $", answer: "found" }], { events: { token } }));
    await shim.frame("end");
    expect(shim.output().toString()).toBe(`\u001B_${token}E7\u001B\\Password: found\r\n`);
  });

  test("that nobody answers is reported once, and can be answered by the owner", async () => {
    const script = "print('Hello:'); a = input('\\033[1mBECOME password:\\033[0m '); b = input('BECOME password: '); c = input('Sure? '); print(a, b, c)";
    const shim = start(asking(script, [{ pattern: "Sure", answer: "yes" }]));
    expect((await shim.frame("notice")).data).toEqual({ kind: "prompt", message: "BECOME password:" });
    shim.write(encodeStdin("one\n"));
    shim.write(encodeStdin("two\n"));
    await shim.printed("one two yes");
    await shim.frame("end");
    expect(shim.notices().length).toBe(1);
  });

  test("is reported on a terminal without prompts of the job, too, and what does not ask is not", async () => {
    const shim = start(shellJob("printf 'What? \\nTASK: '; sleep 0.3; printf 'no\\nworking...'; sleep 2.5; printf '\\nVault password: '; sleep 300", { tty }));
    expect((await shim.frame("notice")).data).toEqual({ kind: "prompt", message: "Vault password:" });
    shim.write(encodeCancel({ grace: 0, why: "canceled" }));
    await shim.frame("end");
  });
});

describe("a notice", () => {
  const clocks = (changes: Partial<JobDocument["clocks"]>): Pick<JobDocument, "clocks"> => ({ clocks: { ...shellJob("").clocks, ...changes } });

  test("says that the job's time is over, and each step of what follows", async () => {
    const shim = start(shellJob("trap '' INT TERM; while :; do sleep 0.1; done", clocks({ job: 0.5, grace: 0.4 })));
    await shim.frame("end");
    expect(shim.notices()).toEqual([
      { kind: "clock", message: "the job's time of 0.5 seconds is over", details: { clock: "job" } },
      { kind: "escalation", message: expect.stringContaining("SIGTERM") as string, details: { signal: "SIGTERM" } },
      { kind: "escalation", message: expect.stringContaining("SIGKILL") as string, details: { signal: "SIGKILL" } },
    ]);
  });

  test.each([["idle", { idle: 1 }, "the job said nothing for 1 second"], ["lease", { lease: 1 }, "the job's owner was gone for 1 second"]])("names the %s clock", async (clock, changes, message) => {
    const shim = start(interruptibleJob(clocks(changes)));
    await shim.printed("up");
    if (clock === "lease") shim.child.stdin?.end();
    await shim.frame("end");
    expect(shim.notices()).toEqual([{ kind: "clock", message, details: { clock } }]);
  });

  test("does not come when a canceled job goes by itself", async () => {
    const shim = start(interruptibleJob());
    await shim.printed("up");
    shim.write(encodeCancel({ grace: 30, why: "canceled" }));
    await shim.frame("end");
    expect(shim.notices()).toEqual([]);
  });
});
