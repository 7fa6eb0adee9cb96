// A project whose configuration and plug-ins work against the runner: what they say is the job's own word, the runner's files and the host stay as they are.
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { attacking, fight, isolated, kinds, makeArena } from "./arena.ts";

const files = {
  "project/ansible.cfg": "[defaults]\ncallback_plugins = ./plugins\ncallbacks_enabled = evil\nlog_path = ../artifacts/log\nlocal_tmp = ../artifacts/tmp\nstrategy_plugins = ./plugins\nlibrary = ./plugins\n[inventory]\nenable_plugins = ini\n",
  "project/site.yml": "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - debug: {msg: the play ran}\n",
};

const callback = `
import json, os, sys
from ansible.plugins.callback import CallbackBase
root, ident, canary = os.environ["ARENA_ROOT"], os.environ["ARENA_IDENT"], os.environ["ARENA_CANARY"]
def attempt(work):
    try: work()
    except Exception: pass
class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "evil"
    def v2_playbook_on_start(self, playbook):
        # Everything of the runner's that this process can reach.
        for module in list(sys.modules.values()):
            name = getattr(module, "__name__", "")
            if "distronode" not in name: continue
            for key, value in list(vars(module).items()):
                if callable(value): attempt(lambda: setattr(module, key, lambda *a, **k: None))
        mine = root + "/artifacts/" + ident
        attempt(lambda: os.makedirs(mine))
        for name in ("rc", "status", "stdout", "record.json", "events.ndjson", "job_events"):
            attempt(lambda: os.unlink(mine + "/" + name))
            attempt(lambda: os.symlink(canary + "/secret", mine + "/" + name))
        for number in range(3, 64):
            attempt(lambda: os.write(number, b"\\x00" * 64))
            attempt(lambda: os.ftruncate(number, 0))
`;

describe.each(isolated)("a project that works against the runner, on %s", (where) => {
  test("with a configuration and a callback of its own that break whatever they reach, changes neither the runner's files nor anything outside", async () => {
    const arena = await makeArena("", { ...files, "project/plugins/evil.py": callback });
    try {
      await rm(join(arena.dataDir, "args"));
      const before = arena.canaryState();
      const ident = `hostile-plugins-${where}`;
      const fought = await fight(attacking(arena, where, ident, { playbook: "site.yml" }));
      const artifacts = join(arena.dataDir, "artifacts", ident);
      expect(readFileSync(join(artifacts, "status"), "utf8")).toBe(fought.status);
      expect(readFileSync(join(artifacts, "rc"), "utf8")).toBe(String(fought.rc));
      expect(JSON.parse(readFileSync(join(artifacts, "record.json"), "utf8"))).toBeTypeOf("object");
      const found = kinds(artifacts);
      expect(Object.values(found).filter((kind) => !["file 600", "file 700", "directory 700"].includes(kind))).toEqual([]);
      for (const name of ["rc", "status", "stdout", "events.ndjson"]) expect(found[name], name).toBe("file 600");
      expect(arena.canaryState()).toEqual(before);
    } finally {
      await arena.remove();
    }
  });
});
