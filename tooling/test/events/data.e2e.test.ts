import { beforeAll, describe, expect, test } from "vitest";
import type { JobEvent } from "@distronode-runner/contract";
import { dataOf, observe, resOf, type Observed } from "../../scenarios/observe.ts";

const censored = "the output has been hidden due to the fact that 'no_log: true' was specified for this result";

const hidden = `
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Hidden
      command: echo s3cr3t-one
      no_log: true
      register: kept
    - name: Hidden items
      command: echo {{ item }}
      loop: [s3cr3t-two, s3cr3t-three]
      no_log: true
      register: items
    - name: Hidden difference
      copy: {content: s3cr3t-four, dest: "{{ playbook_dir }}/hidden"}
      diff: true
      no_log: true
    - name: Hidden failure
      fail: {msg: s3cr3t-five}
      no_log: true
      ignore_errors: true
    - name: Hidden argument
      masks: {password: s3cr3t-six}
    - name: Still whole
      copy:
        content: "{{ kept.stdout }} {{ items.results | map(attribute='stdout') | join(' ') }}"
        dest: "{{ playbook_dir }}/kept"
      no_log: true
    - name: Environment by its short name
      setup: {gather_subset: ['!all', '!min', env]}
    - name: Environment by its full name
      ansible.builtin.setup: {gather_subset: ['!all', '!min', env]}
    - name: Environment item by item
      setup: {gather_subset: ['!all', '!min', '{{ item }}']}
      loop: [env, date_time]
    - name: Still known
      copy: {content: "{{ ansible_env.IN_THE_ENVIRONMENT }}", dest: "{{ playbook_dir }}/environment"}
      diff: false
      no_log: true
    - name: No facts of the environment
      debug: {msg: "{{ {'ansible_env': 'mine'} }}"}
`;

const masks = `
from ansible.module_utils.basic import AnsibleModule
m = AnsibleModule(argument_spec=dict(password=dict(no_log=True)))
m.exit_json(said="it is %s" % m.params["password"])
`;

/** Values that a plugin may return and JSON has no form for. */
const strange = `
import datetime
import decimal
import uuid
from ansible.parsing.yaml.objects import AnsibleVaultEncryptedUnicode
from ansible.plugins.action import ActionBase
from ansible.utils.unsafe_proxy import AnsibleUnsafeText


class Unshowable(object):
    def __str__(self):
        raise RuntimeError("not to be shown")
    __repr__ = __str__


class Items(object):
    def items(self):
        raise RuntimeError("no mapping")


def deep(depth):
    value = "bottom"
    for _ in range(depth):
        value = [value]
    return value


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        return dict(changed=False, value=dict(
            vault=AnsibleVaultEncryptedUnicode("$ANSIBLE_VAULT;1.1;AES256\\n3332"),
            unsafe=AnsibleUnsafeText("{{ raw }}"),
            dates=[datetime.date(2020, 1, 2), datetime.datetime(2020, 1, 2, 3, 4, 5), datetime.time(6, 7)],
            bytes=b"bytes", set=set([1]), tuple=(1, (2,)), decimal=decimal.Decimal("1.5"), uuid=uuid.UUID(int=5),
            numbers=[float("nan"), float("inf"), 10 ** 30], none=None, type=dict, unshowable=Unshowable(), items=Items(),
            surrogate=u"a\\udcffb", controls=u"\\x00\\x1b\\u2028", deep=deep(300),
            keys={1: "number", (1, 2): "pair", None: "none", b"b": "bytes", u"ü": "letter"},
        ))
`;

/** Encrypted with the password \`pw\`. */
const values = `
- hosts: localhost
  gather_facts: false
  vars:
    day: 2020-01-02
    at: 2020-01-02 03:04:05
    raw: !unsafe 'a {{ b }}'
  tasks:
    - name: Strange
      strange:
    - name: Of a playbook
      debug: {msg: ["{{ day }}", "{{ at }}", "{{ raw }}"]}
    - name: Locked
      debug: {msg: x}
      loop:
        - !vault |
          $ANSIBLE_VAULT;1.1;AES256
          62613761666437336162386239386262323236646663613636353032633563393365373533666532
          6230333132613537323165636161363331373137363063630a633963353038356463666363646139
          66643665313433383265363762336435636366613530306239333266386665386633333830303438
          6530633535316365640a613038623665623636616435336665646239323734326165653430313431
          3365
`;

const small = `
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Short
      debug: {msg: short}
    - name: Long
      debug: {msg: "{{ 'x' * 400 }}"}
    - name: Waited for
      command: 'false'
      async: 10
      poll: 1
      ignore_errors: true
    - name: Collected
      set_stats: {data: {answer: "{{ 'y' * 400 }}"}}
    - name: Items
      debug: {msg: "{{ item }}"}
      loop: [good, bad]
      failed_when: item == 'bad'
      ignore_errors: true
- hosts: away
  gather_facts: false
  tasks:
    - name: Far away
      ping:
`;

let seen: Observed;
let omitted: Observed;
let failures: Observed;
let shortened: Observed;

beforeAll(async () => {
  const inventory = "localhost ansible_connection=local ansible_python_interpreter=/usr/bin/python3\naway ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=1\n";
  const sized = { "project/site.yml": small, "inventory/hosts": inventory };
  const files = { "project/site.yml": hidden + values, "project/library/masks.py": masks, "project/action_plugins/strange.py": strange, "project/pw": "pw\n", "env/envvars": "IN_THE_ENVIRONMENT: environmental\n" };
  seen = await observe(files, { cmdline: "--vault-password-file pw" }, { keep: ["project/kept", "project/environment"] });
  [omitted, failures, shortened] = await Promise.all([observe(sized, { omitEventData: true }), observe(sized, { onlyFailedEventData: true }), observe(sized, { envvars: { MAX_EVENT_RES: "300" } })]);
}, 300_000);

const of = (job: Observed, kind: string, task?: string): readonly JobEvent[] => job.events.filter((event) => event.event === kind && (task === undefined || dataOf(event)["task"] === task));

describe("what is secret", () => {
  test("results, items and differences under no_log are censored in events, and later tasks still have the values [EVT-17]", () => {
    expect(seen.status).toBe("successful");
    expect(resOf(of(seen, "runner_on_ok", "Hidden")[0])).toMatchObject({ censored });
    for (const item of of(seen, "runner_item_on_ok", "Hidden items")) expect(resOf(item)).toMatchObject({ censored });
    expect(of(seen, "runner_item_on_ok", "Hidden items")).toHaveLength(2);
    expect(JSON.stringify(resOf(of(seen, "runner_on_ok", "Hidden items")[0]))).toContain("censored");
    expect(resOf(of(seen, "runner_on_failed", "Hidden failure")[0])).toMatchObject({ censored });
    expect(resOf(of(seen, "runner_on_ok", "Hidden argument")[0])["said"]).toBe("it is ********");
    expect(JSON.stringify(seen.events)).not.toContain("s3cr3t");
    expect(seen.stdout).not.toContain("s3cr3t");
    expect(seen.kept["project/kept"]).toBe("s3cr3t-one s3cr3t-two s3cr3t-three");
  });

  test("facts lose the environment in events and text, whatever setup is called by, and the play still has it [EVT-18]", () => {
    for (const name of ["Environment by its short name", "Environment by its full name"]) {
      const [event] = of(seen, "runner_on_ok", name);
      expect(Object.keys(resOf(event))).toContain("ansible_facts");
      expect(resOf(event)["ansible_facts"]).not.toHaveProperty("ansible_env");
    }
    const items = of(seen, "runner_item_on_ok", "Environment item by item");
    expect(items.map((event) => Object.keys(resOf(event)["ansible_facts"] as object).includes("ansible_env"))).toEqual([false, false]);
    expect(resOf(items[1])["ansible_facts"]).toHaveProperty("ansible_date_time");
    expect(JSON.stringify(seen.events)).not.toContain("environmental");
    expect(seen.stdout).not.toContain("environmental");
    expect(seen.kept["project/environment"]).toBe("environmental");
    // Others may use the name.
    expect(resOf(of(seen, "runner_on_ok", "No facts of the environment")[0])["msg"]).toEqual({ ansible_env: "mine" });
  });
});

test("vaulted, unsafe and dated values have a form in JSON, and no value of any kind costs an event its data [EVT-27]", () => {
  expect(seen.status).toBe("successful");
  const [strangeOne] = of(seen, "runner_on_ok", "Strange");
  const { deep, ...others } = resOf(strangeOne)["value"] as Record<string, unknown>;
  expect(others).toEqual({
    vault: { __ansible_vault: "$ANSIBLE_VAULT;1.1;AES256\n3332" },
    unsafe: "{{ raw }}",
    dates: ["2020-01-02", "2020-01-02T03:04:05", "06:07:00"],
    bytes: "bytes",
    set: [1],
    tuple: [1, [2]],
    decimal: "1.5",
    uuid: "00000000-0000-0000-0000-000000000005",
    numbers: [null, null, 1e30],
    none: null,
    type: "<class 'dict'>",
    unshowable: "<Unshowable>",
    surrogate: "a\udcffb",
    controls: "\u0000\u001b\u2028",
    items: expect.stringContaining("Items object") as string,
    keys: { 1: "number", "(1, 2)": "pair", null: "none", b: "bytes", ü: "letter" },
  });
  expect(JSON.stringify(deep)).toMatch(/^\[{90,}null/);
  expect(resOf(of(seen, "runner_on_ok", "Of a playbook")[0])["msg"]).toEqual(["2020-01-02", expect.stringContaining("03:04:05"), "a {{ b }}"]);
  expect(resOf(of(seen, "runner_item_on_ok", "Locked")[0])["item"]).toEqual({ __ansible_vault: expect.stringMatching(/^\$ANSIBLE_VAULT;1\.1;AES256\n[0-9a-f\n]+$/) as string });
});

describe("what is left out on request", () => {
  const told = (job: Observed): readonly JobEvent[] => job.events.filter((event) => event.pid !== undefined);
  const full = (job: Observed): readonly string[] => told(job).filter((event) => Object.keys(dataOf(event)).length > 0).map((event) => event.event);

  test("a result longer than MAX_EVENT_RES is emptied, shorter ones and statistics are not [EVT-20]", () => {
    expect(of(shortened, "runner_on_ok", "Long").map(resOf)).toEqual([{}]);
    expect(of(shortened, "runner_on_ok", "Long")[0]?.stdout).toContain("x".repeat(400));
    expect(of(shortened, "runner_on_ok", "Short").map((event) => resOf(event)["msg"])).toEqual(["short"]);
    expect(of(shortened, "runner_item_on_ok", "Items").map((event) => resOf(event)["msg"])).toEqual(["good"]);
    expect(dataOf(of(shortened, "playbook_on_stats")[0])["artifact_data"]).toEqual({ answer: "y".repeat(400) });
    expect(of(omitted, "runner_on_ok")).not.toEqual([]);
  });

  test("without event data every event keeps uuid, parent and text; with that of failures only, these alone keep theirs [EVT-21]", () => {
    expect(full(omitted)).toEqual([]);
    expect(told(omitted).map((event) => event.event)).toEqual(told(shortened).map((event) => event.event));
    const [start, play] = told(omitted);
    expect(play).toMatchObject({ event: "playbook_on_play_start", parent_uuid: start!.uuid, event_data: {} });
    expect(omitted.events.find((event) => event.event === "runner_on_ok")?.stdout).toContain("ok: [");
    expect(told(failures).map((event) => event.event)).toEqual(told(shortened).map((event) => event.event));
    expect(new Set(full(failures))).toEqual(new Set(["runner_on_failed", "runner_on_unreachable", "runner_on_async_failed", "runner_item_on_failed"]));
  });

  test("with data of failures only, failed items and hosts out of reach keep theirs [EVT-22]", () => {
    expect(of(failures, "runner_item_on_failed", "Items").map((event) => resOf(event)["item"])).toEqual(["bad"]);
    expect(of(failures, "runner_on_unreachable", "Far away").map((event) => dataOf(event)["host"])).toEqual(["away"]);
    expect(of(failures, "runner_on_async_failed", "Waited for").map((event) => dataOf(event)["host"])).toEqual(["localhost"]);
    expect(of(failures, "runner_on_failed", "Items").map((event) => dataOf(event)["host"])).toEqual(["localhost"]);
  });
});
