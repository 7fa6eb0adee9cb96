// Jobs that change files and links back and forth while the runner writes, ends, is killed, or copies.
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createStandardRunner } from "@distronode-runner/standard";
import { describe, expect, test } from "vitest";
import { startCli } from "../../scenarios/cli.ts";
import { engines, image } from "../../scenarios/executions.ts";
import { attacking, everywhere, fight, isolated, kinds, makeArena } from "./arena.ts";

/** Turns every file of the runner's into a link and back, as fast as it can, until time is up or it is ended. */
const flipping = (seconds: number): string => `
names = ["stdout", "stderr", "rc", "status", "record.json", "job_events", "fact_cache", "exit.json", "command", "sinks.ndjson", "x"]
os.makedirs(mine, exist_ok=True)
if os.fork() == 0:
    os.setsid()
    for number in range(3): os.close(number)
    end, turn = time.time() + ${seconds}, 0
    while time.time() < end and not os.path.exists(root + "/project/stop"):
        turn += 1
        for name in names:
            place = mine + "/" + name
            try:
                if turn % 2: os.rename(place, place + ".away"); os.symlink(canary + ("/facts" if name in ("job_events", "fact_cache") else "/secret"), place)
                else: os.unlink(place); os.rename(place + ".away", place)
            except OSError: pass
    put(root + "/project/stopped")
    os._exit(0)
for number in range(200): print("line", number, flush=True)
`;

async function appears(directory: string, name: string): Promise<void> {
  for (let tries = 0; tries < 2000 && !(await readdir(directory)).some((each) => each.startsWith(name)); tries += 1) await sleep(20);
}

describe.each(everywhere)("a job on %s", (where) => {
  test("with a process that turns its artifacts into links and back, while the runner writes and finishes them, changes nothing outside", async () => {
    const arena = await makeArena(flipping(60));
    try {
      const before = arena.canaryState();
      const ident = `hostile-races-${where}`;
      const fought = await fight(attacking(arena, where, ident));
      if (where !== "host") {
        expect(fought, JSON.stringify(fought.error)).toMatchObject({ status: "successful", rc: 0 });
        expect(fought.stdout.trimEnd().split("\n").length).toBe(200);
        const found = kinds(join(arena.dataDir, "artifacts", ident));
        expect(Object.values(found).filter((kind) => !["file 600", "directory 700"].includes(kind))).toEqual([]);
      }
      expect(arena.canaryState()).toEqual(before);
    } finally {
      await writeFile(join(arena.dataDir, "project/stop"), "");
      if (where === "host") await appears(join(arena.dataDir, "project"), "stopped");
      await arena.remove();
    }
  });
});

describe.each(["host", ...engines])("a job on %s whose runner is killed", (where) => {
  test("finds no use for links that it puts in place of everything before another runner goes on", async () => {
    const arena = await makeArena(`
for _ in range(3000):
    if os.path.exists(root + "/project/go"): break
    time.sleep(0.05)
os.makedirs(mine, exist_ok=True)
for name in ["stdout", "stderr", "rc", "status", "record.json", "job_events", "fact_cache", "exit.json", "exit.json.tmp", "command", "sinks.ndjson"] + ${where === "host" ? "[]" : '["events.ndjson", ".job"]'}:
    gone(mine + "/" + name); os.symlink(canary + ("/facts" if name in ("job_events", "fact_cache") else "/secret"), mine + "/" + name)
put(root + "/project/linked")
for _ in range(3000):
    if os.path.exists(root + "/project/attached"): break
    time.sleep(0.05)
print("after", flush=True)
`, { "env/settings": "owner_gone: continue\n" });
    const ident = `hostile-attach-${where}`;
    const { envvars } = attacking(arena, where, ident);
    await writeFile(join(arena.dataDir, "env/envvars"), JSON.stringify(envvars));
    await writeFile(join(arena.dataDir, "project/site.yml"), "- hosts: localhost\n  gather_facts: false\n  tasks: [{name: Attack, command: python3 attack.py}]\n");
    await rm(join(arena.dataDir, "args"));
    const runner = createStandardRunner();
    try {
      const before = arena.canaryState();
      const job = startCli(["run", arena.dataDir, "-p", "site.yml", "-i", ident, ...(where === "host" ? [] : ["--process-isolation", "--process-isolation-executable", where, "--container-image", image])]);
      await job.shows("TASK [Attack]");
      job.child.kill("SIGKILL");
      await job.finished;
      await writeFile(join(arena.dataDir, "project/go"), "");
      await appears(join(arena.dataDir, "project"), "linked");
      const attaching = runner.attach(ident).then((attached) => attached.result);
      await writeFile(join(arena.dataDir, "project/attached"), "");
      const end = await attaching.then(({ status, error }) => error?.code ?? status, (error: { code?: string }) => error.code);
      // On the host its own files are links now, and the runner says so instead of following them.
      expect(end).toBe(where === "host" ? "ARTIFACTS_DAMAGED" : "successful");
      expect(arena.canaryState()).toEqual(before);
    } finally {
      await runner.close();
      await arena.remove();
    }
  });
});

describe.each(isolated)("two jobs at once on %s in one private data directory", (where) => {
  test("of which one turns a directory of the project into a link and back while the project is copied for the other: the copy has nothing from outside", async () => {
    const flip = `
if os.environ.get("ARENA_TRAP"):
    place = root + "/project/flip"; os.mkdir(place); put(place + "/own")
    print("begun", flush=True)
    end = time.time() + 60
    while time.time() < end and not os.path.exists(root + "/project/stop"):
        os.rename(place, place + ".away"); os.symlink(canary, place)
        os.unlink(place); os.rename(place + ".away", place)
`;
    const arena = await makeArena(flip);
    const base = await mkdtemp(join(tmpdir(), "hostile-base-"));
    try {
      const before = arena.canaryState();
      const first = attacking(arena, where, `hostile-two-${where}-1`);
      const flipper = fight({ ...first, envvars: { ...(first.envvars as Record<string, string>), ARENA_TRAP: "1" } });
      await appears(join(arena.dataDir, "project"), "flip");
      const seen: string[] = [];
      for (let round = 0; round < 4; round += 1) {
        // A copy during which something is moved may be refused; it is never of what is outside.
        const request = attacking(arena, where, `hostile-two-${where}-copy-${round}`, { settings: { directory_isolation_base_path: base, directory_isolation_cleanup: false } });
        seen.push(await fight(request).then(({ status, error }) => error?.code ?? status));
      }
      await writeFile(join(arena.dataDir, "project/stop"), "");
      expect((await flipper).status).toBe("successful");
      expect(seen.filter((text) => !["successful", "STORE_FAILED"].includes(text))).toEqual([]);
      const copied = kinds(base);
      expect(Object.keys(copied).filter((path) => /secret|localhost/.test(path))).toEqual([]);
      expect(Object.keys(copied).some((path) => path.endsWith("/attack.py")) || !seen.includes("successful")).toBe(true);
      expect(arena.canaryState()).toEqual(before);
    } finally {
      await rm(base, { recursive: true, force: true });
      await arena.remove();
    }
  });
});
