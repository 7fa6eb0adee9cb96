import { mkdtempSync, readdirSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";

import { createDecoder, encodeAttach, encodeCancel, isFromShim } from "../src/index.ts";
import type { Frame, JobDocument } from "../src/index.ts";
import { reporter } from "./reporter.ts";
import { endShims, python, shellJob, start, type ShimProcess } from "./shim-process.ts";

// Nothing here depends on how fast the machine is; this only ends what hangs.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const dir = mkdtempSync(join(tmpdir(), "shim-fights-"));
afterEach(endShims);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const key = "0123456789abcdef".repeat(4);
const token = "ab".repeat(16);
const program = (text: string, changes: Partial<JobDocument> = {}): JobDocument => shellJob("", { argv: [python, "-c", `${reporter}\n${text}`], events: { token }, ...changes });
const notices = (shim: ShimProcess): string[] => shim.frames.flatMap((frame) => (frame.type === "notice" ? [frame.data.kind] : []));

interface Answer {
  readonly frames: readonly Frame[];
  readonly types: readonly string[];
}

/** What somebody hears at the door who gives this key; all of it, to the end of the connection or the first frame after the challenge. */
function knock(path: string, as: string, force: boolean, answer = true): Promise<Answer> {
  return new Promise((resolve) => {
    const frames: Frame[] = [];
    const decoder = createDecoder(() => ({ sequence: 0, checksum: 0, stdout: 0, stderr: 0, event: 0 }));
    const socket = connect(path);
    const done = (): void => {
      socket.destroy();
      resolve({ frames, types: frames.map((frame) => frame.type) });
    };
    socket.on("error", done).on("close", done).on("data", (bytes: Buffer) => {
      frames.push(...decoder.push(bytes));
      const [challenge] = frames;
      if (frames.length > 1) done();
      else if (answer && challenge?.type === "challenge") socket.write(encodeAttach({ jobId: "job-2", key: as, challenge: challenge.data.nonce, own: "own" }, { force }));
    });
  });
}

const withDoor = (script: string): JobDocument => shellJob(script, { id: "job-2", attachKey: key });
const doorOf = async (shim: ShimProcess): Promise<string> => join((await shim.frame("ready")).data.jobDir, "job-2.sock");

describe("the door", () => {
  test("opens to nobody who does not know the job's key, whatever it insists on", async () => {
    const shim = start(withDoor("echo up; sleep 300"));
    await shim.printed("up");
    const door = await doorOf(shim);
    expect((await knock(door, "f".repeat(64), true)).types).toEqual(["challenge"]);
    const owned = await knock(door, key, false);
    expect(owned.types).toEqual(["challenge", "failed"]);
    const [challenge, failed] = owned.frames;
    const secret = { jobId: "job-2", key, challenge: challenge?.type === "challenge" ? challenge.data.nonce : "", own: "own" };
    expect(isFromShim(secret, failed?.type === "failed" ? failed.data.mac : "")).toBe(true);
    expect(isFromShim({ ...secret, key: "f".repeat(64) }, failed?.type === "failed" ? failed.data.mac : "")).toBe(false);
    expect((await knock(door, key, true)).types.slice(0, 2)).toEqual(["challenge", "context"]);
  });

  test("is not there for a job that has no key", async () => {
    const shim = start(shellJob("echo up; sleep 300", { id: "job-2" }));
    await shim.printed("up");
    expect(readdirSync((await shim.frame("ready")).data.jobDir).filter((name) => name.endsWith(".sock"))).toEqual([]);
  });

  test("is free again soon for others when many come and say nothing", async () => {
    const shim = start(withDoor("echo up; sleep 300"));
    await shim.printed("up");
    const door = await doorOf(shim);
    const silent = Array.from({ length: 8 }, () => knock(door, key, true, false));
    await expect.poll(async () => (await knock(door, key, false)).types, { timeout: 30_000, interval: 500 }).toEqual(["challenge", "failed"]);
    await Promise.all(silent);
  });

  test("stands again when somebody has removed it, or put something else in its place", async () => {
    const shim = start(withDoor("echo up; sleep 300"));
    await shim.printed("up");
    const door = await doorOf(shim);
    unlinkSync(door);
    await expect.poll(async () => (await knock(door, key, false)).types, { timeout: 30_000, interval: 500 }).toEqual(["challenge", "failed"]);
    unlinkSync(door);
    const other = createServer((socket) => socket.on("error", () => {}).end("me")).listen(door);
    await new Promise((resolve) => other.once("listening", resolve));
    await expect.poll(async () => (await knock(door, key, false).catch(() => ({ types: [] as readonly string[] }))).types, { timeout: 30_000, interval: 500 }).toEqual(["challenge", "failed"]);
    other.close();
  });
});

describe("events", () => {
  test("come from the tool's child behind any wrapper, from several at once, each with numbers of its own", async () => {
    const one = `${reporter}\nend, token, source = report()\ntell(end, 1, b'{"a":%d}' % source)\ntime.sleep(0.5)`;
    const shim = start(shellJob("", { argv: ["sh", "-c", `"$0" -c "$1" & "$0" -c "$1" & wait; "$0" -c "$1"`, python, one], events: { token } }));
    await shim.frame("exited");
    const events = shim.frames.flatMap((frame) => (frame.type === "event" ? [`${frame.id} ${frame.json.toString()}`] : []));
    expect(new Set(events)).toEqual(new Set([1, 2 ** 32 + 1, 2 ** 33 + 1].map((id, source) => `${id} {"a":${source}}`)));
    expect((await shim.frame("exited")).data.sources).toBe(3);
    expect(notices(shim)).toEqual([]);
  });

  test("come from none of those that the tool starts when it reports itself, and from no orphan", async () => {
    const shim = start(program("end, token, source = report()\nif os.fork() == 0:\n    print('child', report()[1], flush=True)\n    os._exit(0)\nos.wait()\nif os.fork() == 0:\n    if os.fork() == 0:\n        time.sleep(0.5)\n        print('orphan', report()[1], flush=True)\n    os._exit(0)\nos.wait()\ntime.sleep(2)"));
    await shim.frame("exited");
    expect(shim.output().toString()).toBe("child refused\norphan refused\n");
    expect(notices(shim)).toEqual(["events_refused"]);
  });

  test("do not come over a connection that somebody else has made, who is gone", async () => {
    const text = "path = os.environ['DISTRONODE_RUNNER_EVENTS']\nend = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)\nend.settimeout(20)\nif os.fork() == 0:\n    end.connect(path)\n    os._exit(0)\nos.wait()\ntry:\n    end.sendall(end.recv(16))\n    print('heir', end.recv(64) or 'refused', flush=True)\nexcept OSError:\n    print('heir refused', flush=True)";
    const shim = start(program(text));
    await shim.frame("exited");
    expect(shim.output().toString()).toBe("heir refused\n");
  });

  test("do not come over a connection that one process makes and another answers on", async () => {
    const text = "end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)\nend.settimeout(20)\nend.connect(os.environ['DISTRONODE_RUNNER_EVENTS'])\nnonce = end.recv(16)\nif os.fork() == 0:\n    end.sendall(nonce)\n    os._exit(0)\nos.wait()\ntry:\n    print('other', end.recv(64) or 'refused', flush=True)\nexcept OSError:\n    print('other refused', flush=True)";
    const shim = start(program(text));
    await shim.frame("exited");
    expect(shim.output().toString()).toMatch(/other (b'')?refused|other refused/);
    expect(shim.frames.filter((frame) => frame.type === "event")).toEqual([]);
  });

  test("of what the tool has started before it reports itself are told of", async () => {
    const shim = start(program("if os.fork() == 0:\n    end, token, source = report()\n    tell(end, 1, b'{}')\n    os._exit(0)\nos.wait()\nend, token, source = report()\ntell(end, 1, b'{}')\nprint(source, flush=True)"));
    await shim.frame("exited");
    expect(notices(shim)).toEqual(["events_forged"]);
  });

  test("of a tool that never stops reporting do not keep its clocks from ending it", async () => {
    const shim = start(program("end, token, source = report()\nnumber = 0\nwhile True:\n    number += 1\n    tell(end, number, b'x' * 100000)", { clocks: { ...shellJob("").clocks, job: 1, grace: 1 }, limits: { memoryBytes: 1e6, spillBytes: 64e6 } }));
    expect((await shim.frame("exited")).data.why).toBe("job_timeout");
  });

  test("that are none, or too long, end the connection and nothing else", async () => {
    const shim = start(program("for bad in (b'\\xff' * 64, struct.pack('>II', 1, 67108865), struct.pack('>II', 0, 1)):\n    end = report()[0]\n    end.sendall(bad)\n    print(end.recv(1), flush=True)"));
    expect((await shim.frame("exited")).data.code).toBe(0);
    expect(shim.output().toString()).toBe("b''\n".repeat(3));
    expect(notices(shim)).toEqual(["events_broken"]);
  });

  test("do not wait for those who connect and say nothing", async () => {
    const shim = start(program("ends = []\nfor _ in range(100):\n    end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)\n    end.settimeout(5)\n    try:\n        end.connect(os.environ['DISTRONODE_RUNNER_EVENTS'])\n    except OSError:\n        pass\n    ends.append(end)\nprint('up', flush=True)"));
    expect((await shim.frame("exited")).data.code).toBe(0);
  });
});

describe("what a cancel ends", () => {
  const beat = join(dir, "beat");
  const size = (): number => statSync(beat, { throwIfNoEntry: false })?.size ?? 0;

  test("is everything, also what is never where it was seen", async () => {
    const chain = "import os\ndef beat():\n    fd = os.open(os.environ['BEAT'], os.O_WRONLY | os.O_CREAT | os.O_APPEND)\n    os.write(fd, b'x' * 10)\n    os.close(fd)\nfor _ in range(3):\n    if os.fork() == 0:\n        while True:\n            beat()\n            if os.fork():\n                os._exit(0)\n            os.setsid()\nimport time\ntime.sleep(600)";
    writeFileSync(beat, "");
    const shim = start(shellJob("", { argv: [python, "-c", chain], env: { BEAT: beat } }));
    await expect.poll(size, { timeout: 30_000 }).toBeGreaterThan(100);
    shim.write(encodeCancel({ grace: 0, why: "canceled" }));
    await shim.frame("end");
    const before = size();
    await sleep(500);
    expect(size()).toBe(before);
  });
});

test.runIf(process.getuid?.() === 0)("no process of the same user looks into the shim, or into a tool that reports and has hidden itself", async () => {
  const text = "import ctypes\nsupervisor = os.getppid()\ntool = os.getpid()\nend = report()[0]\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\nif os.fork() == 0:\n    os.execv(sys.executable, [sys.executable, '-c', '''\nimport os, sys\nfor pid in sys.argv[1:]:\n    for name in (\"environ\", \"mem\", \"fd\", \"maps\"):\n        try:\n            os.listdir(\"/proc/%s/fd\" % pid) if name == \"fd\" else open(\"/proc/%s/%s\" % (pid, name), \"rb\").read(1)\n            print(name, \"seen\", flush=True)\n        except PermissionError:\n            print(name, \"denied\", flush=True)\n''', str(supervisor), str(tool)])\nos.wait()";
  const shim = start(program(text), process.env, 65534);
  await shim.frame("exited");
  expect(shim.output().toString()).toBe("environ denied\nmem denied\nfd denied\nmaps denied\n".repeat(2));
});
