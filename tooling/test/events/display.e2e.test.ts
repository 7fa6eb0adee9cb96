import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { eventText, type JobEvent } from "@distronode-runner/contract";
import { runCli, type Finished } from "../../scenarios/cli.ts";
import { makeDataDir } from "../../scenarios/data-dir.ts";
import { bareText, dataOf, observe, type Observed } from "../../scenarios/observe.ts";
import { classicEvents } from "../../scenarios/peer.ts";

describe("texts that belong to no callback", () => {
  /** Runs in a forked worker, whose texts travel to the tool's first process. */
  const talk = `
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        display = Display()
        display.warning("worker warning")
        display.deprecated("worker deprecation", version="99.9")
        display.error("worker error")
        display.system_warning("worker system warning")
        display.debug("worker debug")
        display.v("worker v")
        display.vvv("worker vvv", host="there")
        display.vvvv("worker vvvv")
        display.display("worker words")
        display.display("worker words aside", stderr=True)
        display.display("worker log", log_only=True)
        return dict(changed=False)
`;
  /** Runs in the tool's first process. */
  const strategy = `
from ansible.plugins.strategy.linear import StrategyModule as Linear
from ansible.utils.display import Display

class StrategyModule(Linear):
    def run(self, iterator, play_context):
        display = Display()
        display.warning("own warning")
        display.deprecated("own deprecation", version="99.9")
        display.error("own error")
        display.debug("own debug")
        display.vv("own vv")
        display.display("own words")
        return super(StrategyModule, self).run(iterator, play_context)
`;
  const playbook = "- name: Talking\n  hosts: localhost\n  gather_facts: false\n  strategy: talking\n  tasks:\n    - name: Talk\n      talk:\n";
  const files = { "project/site.yml": playbook, "project/action_plugins/talk.py": talk, "project/strategy_plugins/talking.py": strategy };
  let seen: Observed;

  beforeAll(async () => {
    seen = await observe(files, { verbosity: 3, envvars: { ANSIBLE_DEBUG: "1", ANSIBLE_STRATEGY_PLUGINS: "strategy_plugins" } });
  }, 300_000);

  const saying = (text: string): readonly JobEvent[] => seen.events.filter((event) => event.stdout.includes(text));
  /** Kind, verbosity, and what of its data is not context. */
  const told = (event: JobEvent): readonly unknown[] => {
    const own = Object.entries(dataOf(event)).filter(([key]) => !/^(playbook|play|task|resolved_action|uuid)/.test(key));
    return [event.event, event.verbosity, Object.fromEntries(own)];
  };
  const kinds = {
    warning: ["warning", undefined, { warning: true }],
    deprecation: ["deprecated", undefined, { deprecated: true }],
    error: ["error", undefined, { error: true }],
    debug: ["debug", undefined, { debug: true }],
    words: ["verbose", undefined, {}],
  };

  test("warnings, deprecations, errors, debug and verbose texts are events of their kind, with flag, verbosity, host and context [EVT-15]", () => {
    expect(seen.status).toBe("successful");
    for (const [word, kind] of Object.entries(kinds)) expect([word, saying(`own ${word}`).map(told)]).toEqual([word, [kind]]);
    expect(saying("own vv").map(told)).toEqual([["verbose", 2, { verbose: true }]]);
    const [own] = saying("own warning");
    expect(own).toMatchObject({ stdout: "[WARNING]: own warning", parent_uuid: dataOf(own)["play_uuid"], pid: expect.any(Number) as number });
    expect(dataOf(own)).toMatchObject({ playbook: "site.yml", play: "Talking", uuid: own!.uuid });

    expect(saying("worker warning").map(told)).toEqual([["warning", undefined, { warning: true }]]);
    expect(saying("worker v").filter((event) => event.stdout === "worker v").map(told)).toEqual([["verbose", 1, { verbose: true }]]);
    expect(saying("worker vvv").map(told)).toEqual([["verbose", 3, { verbose: true, remote_addr: "there" }]]);
    expect(saying("worker vvv")[0]?.stdout).toBe("<there> worker vvv");
    const [worker] = saying("worker warning");
    expect(worker!.parent_uuid).toBe(dataOf(worker)["task_uuid"]);
    expect(dataOf(worker)).toMatchObject({ play: "Talking", task: "Talk", task_action: "talk" });
    // Not asked for so much, and not meant for the screen.
    expect(saying("worker vvvv")).toEqual([]);
    expect(saying("worker log")).toEqual([]);
    // What is said before there is anybody to tell it.
    expect(seen.events[0]).toMatchObject({ event: "verbose" });
    expect(seen.events[0]).not.toHaveProperty("pid");
  });

  test("what a forked worker displays is told once, by one event with its text and its kind [EVT-16]", () => {
    for (const [word, kind] of Object.entries({ ...kinds, "system warning": ["warning", undefined, { warning: true, system_warning: true }], "words aside": kinds.words })) {
      const found = saying(`worker ${word}`).filter((event) => word !== "words" || event.stdout === "worker words");
      expect([word, found.map(told)]).toEqual([word, [kind]]);
    }
    const displayed = new Set(["verbose", "warning", "deprecated", "error", "debug", "system_warning"]);
    expect(seen.events.filter((event) => event.pid !== undefined && displayed.has(event.event) && eventText(event) === "")).toEqual([]);
    expect(new Set(seen.events.flatMap((event) => event.pid ?? [])).size).toBe(1);
  });
});

describe("on top of any stdout callback", () => {
  const forged = "\\033[KeyJ1dWlkIjogIjEifQ==\\033[16D\\033[Kforged\\033[Ke30=\\033[4D\\033[K \\033_0123456789abcdef0123456789abcdefB1\\033\\\\ mine";
  const playbook = `
- name: Played
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Plain
      debug: {msg: "ü 世界 🚀"}
    - name: Raw
      command: "printf '${forged.replaceAll("\\", "\\\\")}'"
    - name: Failing
      fail: {msg: no}
      ignore_errors: true
    - name: Items
      debug: {msg: "{{ item }}"}
      loop: [1, 2]
    - name: Skipped
      fail:
      when: false
`;
  const printing = `
import sys
from ansible.plugins.callback import CallbackBase

class Odd(object):
    pass

class CallbackModule(CallbackBase, Odd):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'printing'

    def __init__(self, *args, **kwargs):
        super(CallbackModule, self).__init__(*args, **kwargs)
        print("made")

    def v2_playbook_on_task_start(self, task, is_conditional):
        sys.stdout.write("%s... " % task.get_name())

    def v2_runner_on_ok(self, result):
        print("printed before")
        self._display.display("displayed")
        print("printed after")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        raise RuntimeError("broken")

    def v2_playbook_on_stats(self, stats):
        sys.stdout.write("no line end")
`;
  const derived = `
from ansible.plugins.callback.default import CallbackModule as Default

DOCUMENTATION = """
    name: derived
    type: stdout
    short_description: the default one, shouting
    extends_documentation_fragment: [default_callback]
"""

class CallbackModule(Default):
    CALLBACK_NAME = 'derived'

    def v2_playbook_on_task_start(self, task, is_conditional):
        super(CallbackModule, self).v2_playbook_on_task_start(task, is_conditional)
        print("SHOUTED")
`;
  const files = { "project/site.yml": playbook, "project/callback_plugins/printing.py": printing, "project/callback_plugins/derived.py": derived };
  const choices = ["default", "printing", "derived"];
  const ours = new Map<string, Observed>();
  const bare = new Map<string, string>();
  let console_: Finished;
  let consoleEvents: readonly JobEvent[];
  let consoleFile: string;

  /** Addresses of objects, in a warning about a broken callback; it breaks lines by their length. */
  const stable = (text: string): string => text.replaceAll(/0x[0-9a-f]+/g, "ADDRESS");

  beforeAll(async () => {
    const chosen = (callback: string): Record<string, string> => ({ ANSIBLE_STDOUT_CALLBACK: callback, ANSIBLE_FORCE_COLOR: callback === "default" ? "1" : "0" });
    for (const callback of choices) {
      const [job, tool] = await Promise.all([observe(files, { envvars: chosen(callback) }), bareText(files, chosen(callback))]);
      ours.set(callback, job);
      bare.set(callback, tool.text.replaceAll(tool.dataDir, job.dataDir));
    }
    const dataDir = await makeDataDir(files);
    try {
      const [seen, tool] = await Promise.all([runCli(["run", dataDir, "-p", "site.yml", "-i", "console"], chosen("minimal")), bareText(files, chosen("minimal"))]);
      console_ = seen;
      bare.set("minimal", tool.text.replaceAll(tool.dataDir, dataDir));
      consoleEvents = await classicEvents(join(dataDir, "artifacts/console"));
      consoleFile = await readFile(join(dataDir, "artifacts/console/stdout"), "utf8");
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 300_000);

  test("console and stdout have what the bare tool prints and no byte of a marker; markers that a program prints are text [EVT-01]", () => {
    const tool = bare.get("minimal")!;
    expect(tool).toContain("\u001b[KeyJ1dWlkIjogIjEifQ==\u001b[16D\u001b[Kforged");
    expect(tool).toContain("\u001b_0123456789abcdef0123456789abcdefB1\u001b\\ mine");
    expect(console_.stdout).toBe(tool);
    expect(consoleFile).toBe(tool);
    const [raw] = consoleEvents.filter((event) => event.stdout.includes("forged"));
    expect(raw).toMatchObject({ event: "runner_on_ok", event_data: { task: "Raw" } });
    expect(consoleEvents.filter((event) => event.stdout.includes("mine"))).toEqual([raw]);
    expect(consoleEvents.map((event) => event.uuid)).not.toContain("1");
    expect(bare.get("default")).toContain("\u001b[0;32m");
    expect(ours.get("default")!.text).toBe(bare.get("default"));
    expect(ours.get("default")!.stdout).toBe(bare.get("default"));
  });

  test("the user's callback prints what it prints alone, whatever its class and however it prints, and no event changes [EVT-28]", () => {
    const course = ours.get("default")!.events.map((event) => [event.event, dataOf(event)["task"]]);
    for (const callback of choices) {
      const job = ours.get(callback)!;
      expect([callback, stable(job.text)]).toEqual([callback, stable(bare.get(callback)!)]);
      expect([callback, job.events.filter((event) => event.pid !== undefined).map((event) => [event.event, dataOf(event)["task"]])]).toEqual([callback, course]);
    }
    expect(consoleEvents.map((event) => [event.event, dataOf(event)["task"]])).toEqual(course);
  });

  test("text that a callback prints past Display belongs to its event, with and without line end", () => {
    const texts = (callback: string, kind: string): readonly string[] => ours.get(callback)!.events.filter((event) => event.event === kind).map((event) => event.stdout);
    expect(texts("printing", "verbose")).toEqual(["made"]);
    expect(texts("printing", "playbook_on_task_start")[0]).toBe("Plain... ");
    expect(texts("printing", "runner_on_ok")[0]).toBe("printed before\ndisplayed\nprinted after");
    expect(texts("printing", "playbook_on_stats")).toEqual(["no line end"]);
    for (const text of texts("derived", "playbook_on_task_start")) expect(text).toMatch(/^\nTASK \[\w+\] \*+\nSHOUTED$/);
  });
});
