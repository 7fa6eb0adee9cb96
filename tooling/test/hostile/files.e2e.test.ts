// A job that puts something else in place of the files and directories that the runner writes or reads among its artifacts.
import { lstatSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { attacking, everywhere, fight, kinds, makeArena } from "./arena.ts";

const names = ["stdout", "stderr", "rc", "status", "record.json", "job_events", "fact_cache", "exit.json", "exit.json.tmp", "command", "events.ndjson", "sinks.ndjson", "daemon.log", "pid", "args", "attach.key", ".job", "owner", "lock"];

/** What is put there: words -> Python, `place` is where. `fact_cache` and `job_events` get the directory of the canary. */
const things: Readonly<Record<string, string>> = {
  "links to a file outside": `os.symlink(canary + ("/facts" if name in ("fact_cache", "job_events") else "/secret"), place)`,
  "links to nothing outside": `os.symlink(canary + "/made-by-a-link-" + name, place)`,
  "second names of other files": `own = mine + "/own-" + name; put(own); tried(lambda: os.link(canary + "/secret", place)); os.path.lexists(place) or os.link(own, place)`,
  "named pipes": "os.mkfifo(place)",
  "sockets": "socket.socket(socket.AF_UNIX).bind(place) if len(place) < 108 else os.mkfifo(place)",
  "directories": `os.makedirs(place + "/inner"); put(place + "/inner/file")`,
  "devices": "os.mknod(place, stat.S_IFCHR | 0o666, os.makedev(1, 8))",
};

const attack = (thing: string): string => `
os.makedirs(mine, exist_ok=True)
failed = {}
for name in ${JSON.stringify(names)}:
    place = os.path.join(mine, name)
    gone(place)
    try:
        ${thing}
    except OSError as error:
        failed[name] = str(error)
print("failed " + json.dumps(failed), flush=True)
`;

describe.each(everywhere)("a job on %s", (where) => {
  test.each(Object.entries(things))("that puts %s in place of every file of the runner's touches nothing outside, and keeps no other job from running", async (words, thing) => {
    const arena = await makeArena(attack(thing));
    try {
      const before = arena.canaryState();
      const ident = `hostile-files-${where}-${Object.keys(things).indexOf(words)}`;
      const first = await fight(attacking(arena, where, ident));
      expect(arena.canaryState()).toEqual(before);
      const artifacts = join(arena.dataDir, "artifacts", ident);
      if (where !== "host") {
        expect(first, JSON.stringify(first.error)).toMatchObject({ status: "successful", rc: 0 });
        if (words !== "devices") expect(first.stdout.trim()).toBe("failed {}");
        const found = kinds(artifacts);
        expect(Object.keys(found)).not.toContain(".job");
        for (const name of ["stdout", "stderr", "rc", "status", "record.json", "command", "events.ndjson"]) expect(found[name], name).toBe("file 600");
        expect(found["job_events"]).toBe("directory 700");
        expect(Object.values(found).filter((kind) => kind !== "file 600" && kind !== "directory 700")).toEqual([]);
        expect([readFileSync(join(artifacts, "rc"), "utf8"), readFileSync(join(artifacts, "status"), "utf8")]).toEqual(["0", "successful"]);
        expect(lstatSync(join(artifacts, "stdout")).nlink).toBe(1);
        // What it left under names of the runner's own is nowhere in the private data directory.
        expect(readdirSync(arena.dataDir).sort()).toEqual(["args", "artifacts", "env", "inventory", "project"]);
      }
      // Another job rotates, and finds what the first one left.
      const second = await fight(attacking(arena, where, `${ident}-2`, { rotateArtifacts: 1 }));
      expect(second.status).toBe(where === "host" ? second.status : "successful");
      if (where !== "host") expect(readdirSync(join(arena.dataDir, "artifacts"))).toEqual([`${ident}-2`]);
      expect(arena.canaryState()).toEqual(before);
    } finally {
      await arena.remove();
    }
  });
});
