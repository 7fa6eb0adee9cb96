import type { JournalEntry } from "@distronode-runner/contract";
import { expect, test, vi } from "vitest";
import { observe } from "../scenarios/observe.ts";

vi.setConfig({ testTimeout: 120_000 });

const terse = `from ansible.plugins.callback import CallbackBase
DOCUMENTATION = """
    name: terse_site
    type: stdout
    short_description: x
    description: [x]
"""
class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "terse_site"
    def v2_runner_on_ok(self, result):
        self._display.display("TERSE " + result._host.get_name())
`;
const play = "- hosts: all\n  gather_facts: false\n  tasks:\n    - debug: {msg: hello}\n";

test("callback plug-ins of ansible.cfg are found, beside ours: output is theirs, events come", async () => {
  const { rc, stdout, events } = await observe({ "project/site.yml": play, "project/ansible.cfg": "[defaults]\ncallback_plugins = ./plugins/cb\nstdout_callback = terse_site\n", "project/plugins/cb/terse_site.py": terse });
  expect(stdout).toBe("TERSE localhost\n");
  expect(rc).toBe(0);
  expect(events.map(({ event }) => event)).toContain("runner_on_ok");
});

test("so are those of env/envvars", async () => {
  const { rc, stdout, events } = await observe({ "project/site.yml": play, "env/envvars": "ANSIBLE_CALLBACK_PLUGINS: plugins/cb\nANSIBLE_STDOUT_CALLBACK: terse_site\n", "project/plugins/cb/terse_site.py": terse });
  expect([rc, stdout]).toEqual([0, "TERSE localhost\n"]);
  expect(events.map(({ event }) => event)).toContain("runner_on_ok");
});

test("roles of ansible.cfg are found beside those that a request names; facts that are kept elsewhere are not touched", async () => {
  const files = {
    "project/site.yml": "- hosts: all\n  roles: [theirs]\n",
    "project/ansible.cfg": "[defaults]\nroles_path = shared\ngathering = smart\n",
    "project/shared/theirs/tasks/main.yml": "- debug: {msg: \"{{ ansible_env.HOME }}\"}\n",
    "env/settings": "fact_cache: ../../facts\n",
    "facts/another": '{"ansible_env": {"big": 9223372036854775807}}',
  };
  const { rc, stdout, kept } = await observe(files, { rolesPath: "/nowhere" }, { keep: ["facts/another"] });
  expect(rc, stdout).toBe(0);
  expect(kept["facts/another"]).toBe(files["facts/another"]);
});

test("env/extravars is read by the tool alone: what it takes arrives, and what it refuses it refuses itself", async () => {
  const show = "- hosts: all\n  gather_facts: false\n  tasks:\n    - debug: {msg: \"{{ port is string }} {{ list | length }} {{ pasted.b }} {{ db_password | length }}\"}\n";
  const taken = await observe({ "project/site.yml": show, "env/extravars": 'port: !!str 8080\nlist: [\n1,\n2\n]\npasted: {\n"b": true\n}\ndb_password: hunter22\n' });
  expect(taken.rc, taken.stdout).toBe(0);
  expect(taken.stdout).toContain('"msg": "True 2 True 8"');

  const entries: JournalEntry[] = [];
  const refused = await observe({ "project/site.yml": show, "env/extravars": "a: {b\ndb_password: hunter22\n" }, {}, { during: async (entry) => void entries.push(entry) });
  expect(refused.status).toBe("failed");
  expect(refused.stdout).toMatch(/YAML|extra/i);
  expect(JSON.stringify(entries)).toContain("is handed to the tool as it is");
  expect(JSON.stringify(entries)).not.toContain("hunter22");
});
