/** One job that ours and the peer both do; whatever they leave must be the same. */
export interface Case {
  readonly name: string;
  /** Tasks of a play on localhost, as YAML at the depth of a list of tasks; or `playbook` for whole plays. */
  readonly tasks?: string;
  readonly playbook?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Instead of `-p site.yml`. */
  readonly argv?: readonly string[];
  /** Besides the target. */
  readonly more?: readonly string[];
  /** What differs on purpose: the decision, in words. Compared are then only exit code and status. */
  readonly decision?: string;
}

const two = "a ansible_connection=local\nb ansible_connection=local\n[all:vars]\nansible_python_interpreter=/usr/bin/python3\n";
const role = {
  "project/roles/r/tasks/main.yml": "- name: In the role\n  ansible.builtin.debug: {msg: '{{ v | default(0) }}'}\n- name: Change\n  ansible.builtin.command: 'true'\n  notify: H\n",
  "project/roles/r/handlers/main.yml": "- name: H\n  ansible.builtin.debug: {msg: handled}\n",
};

export const cases: readonly Case[] = [
  { name: "debug", tasks: "- debug: {msg: hi}" },
  { name: "command changed", tasks: "- command: echo hi" },
  { name: "command not changed", tasks: "- command: echo hi\n  changed_when: false" },
  { name: "failing", tasks: "- command: 'false'" },
  { name: "failing with stderr", tasks: "- shell: echo out; echo err >&2; exit 3" },
  { name: "ignored failure", tasks: "- command: 'false'\n  ignore_errors: true\n- debug: {msg: on}" },
  { name: "failed_when", tasks: "- command: echo x\n  failed_when: true" },
  { name: "skipped", tasks: "- debug: {msg: hi}\n  when: false" },
  { name: "skipped by a condition with a reason", tasks: "- command: echo\n  when: 1 == 2" },
  { name: "assert", tasks: "- assert: {that: 1 == 2, fail_msg: not so}" },
  { name: "fail", tasks: "- fail: {msg: 'no \"quotes\" <&> \\\\'}" },
  { name: "loop", tasks: "- debug: {msg: '{{ item }}'}\n  loop: [1, two, [3], {k: 4}]" },
  { name: "loop with a failing item", tasks: "- command: '{{ item }}'\n  loop: ['true', 'false', 'true']" },
  { name: "loop with a skipped item", tasks: "- command: echo {{ item }}\n  loop: [1, 2]\n  when: item == 2" },
  { name: "loop with a label", tasks: "- debug: {msg: x}\n  loop: [{n: 1, s: 2}]\n  loop_control: {label: '{{ item.n }}'}" },
  { name: "with_items", tasks: "- debug: {msg: '{{ item }}'}\n  with_items: [1, 2]" },
  { name: "empty loop", tasks: "- debug: {msg: '{{ item }}'}\n  loop: []" },
  { name: "retries that succeed", tasks: "- command: 'true'\n  register: r\n  until: r.attempts == 2\n  retries: 3\n  delay: 0" },
  { name: "retries that fail", tasks: "- command: 'false'\n  register: r\n  until: r.rc == 0\n  retries: 2\n  delay: 0" },
  { name: "block and rescue", tasks: "- block:\n    - command: 'false'\n  rescue:\n    - debug: {msg: rescued}\n  always:\n    - debug: {msg: always}" },
  { name: "rescue that fails", tasks: "- block:\n    - command: 'false'\n  rescue:\n    - command: 'false'" },
  { name: "include_tasks", tasks: "- include_tasks: more.yml", files: { "project/more.yml": "- debug: {msg: more}\n" } },
  { name: "include_tasks in a loop", tasks: "- include_tasks: more.yml\n  loop: [1, 2]", files: { "project/more.yml": "- debug: {msg: 'more {{ item }}'}\n" } },
  { name: "include_tasks that is not there", tasks: "- include_tasks: none.yml" },
  { name: "import_tasks", tasks: "- import_tasks: more.yml", files: { "project/more.yml": "- debug: {msg: more}\n" } },
  { name: "import_playbook", playbook: "- import_playbook: other.yml\n", files: { "project/other.yml": "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - debug: {msg: other}\n" } },
  { name: "role with handler", playbook: "- hosts: localhost\n  gather_facts: false\n  roles: [r]\n", files: role },
  { name: "include_role", tasks: "- include_role: {name: r}\n  vars: {v: 7}", files: role },
  { name: "role that is not there", playbook: "- hosts: localhost\n  gather_facts: false\n  roles: [nope]\n" },
  { name: "handlers flushed", playbook: "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - command: 'true'\n      notify: H\n    - meta: flush_handlers\n    - debug: {msg: after}\n  handlers:\n    - name: H\n      debug: {msg: handled}\n" },
  { name: "handler that listens", playbook: "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - command: 'true'\n      notify: topic\n  handlers:\n    - name: H\n      listen: topic\n      debug: {msg: handled}\n" },
  { name: "several plays", playbook: "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - debug: {msg: one}\n- name: Second\n  hosts: localhost\n  gather_facts: false\n  tasks:\n    - debug: {msg: two}\n" },
  { name: "unnamed play and task", playbook: "- hosts: all\n  gather_facts: false\n  tasks:\n    - command: 'true'\n" },
  { name: "pre and post tasks", playbook: "- hosts: localhost\n  gather_facts: false\n  pre_tasks:\n    - debug: {msg: pre}\n  tasks:\n    - debug: {msg: main}\n  post_tasks:\n    - debug: {msg: post}\n" },
  { name: "two hosts", playbook: "- hosts: all\n  gather_facts: false\n  tasks:\n    - debug: {msg: '{{ inventory_hostname }}'}\n", files: { "inventory/hosts": two }, more: ["--forks", "1"] },
  { name: "serial", playbook: "- hosts: all\n  serial: 1\n  gather_facts: false\n  tasks:\n    - debug: {msg: '{{ inventory_hostname }}'}\n", files: { "inventory/hosts": two } },
  { name: "any_errors_fatal", playbook: "- hosts: all\n  any_errors_fatal: true\n  gather_facts: false\n  tasks:\n    - command: 'false'\n      when: inventory_hostname == 'a'\n    - debug: {msg: never}\n", files: { "inventory/hosts": two }, more: ["--forks", "1"] },
  { name: "run_once", playbook: "- hosts: all\n  gather_facts: false\n  tasks:\n    - debug: {msg: once}\n      run_once: true\n", files: { "inventory/hosts": two } },
  { name: "delegate_to", tasks: "- debug: {msg: there}\n  delegate_to: other" },
  { name: "limit", playbook: "- hosts: all\n  gather_facts: false\n  tasks:\n    - debug: {msg: '{{ inventory_hostname }}'}\n", files: { "inventory/hosts": two }, more: ["--limit", "b"] },
  { name: "limit that matches nothing", tasks: "- debug: {msg: hi}", more: ["--limit", "nobody"] },
  { name: "hosts that match nothing", playbook: "- hosts: nobody\n  tasks:\n    - debug: {msg: hi}\n" },
  { name: "unreachable", playbook: "- hosts: all\n  gather_facts: false\n  tasks:\n    - ping:\n", files: { "inventory/hosts": "away ansible_host=127.0.0.1 ansible_port=1\n", "env/envvars": "ANSIBLE_PIPELINING: '0'\n" } },
  { name: "diff", tasks: "- copy: {content: 'a\\n', dest: '{{ playbook_dir }}/out'}\n  diff: true" },
  { name: "check mode", tasks: "- command: echo hi\n- copy: {content: x, dest: '{{ playbook_dir }}/out'}", more: ["--cmdline=--check"] },
  { name: "tags", tasks: "- debug: {msg: a}\n  tags: a\n- debug: {msg: b}\n  tags: b", more: ["--cmdline", "--tags a"] },
  { name: "no_log", tasks: "- command: echo secret\n  no_log: true" },
  { name: "no_log in a loop", tasks: "- debug: {msg: 'secret {{ item }}'}\n  loop: [1, 2]\n  no_log: true" },
  { name: "no_log that fails", tasks: "- command: 'false'\n  no_log: true" },
  { name: "unicode", tasks: "- name: Grüße 世界\n  debug: {msg: 'ü 世界 🚀'}" },
  { name: "multi-line text", tasks: "- debug:\n    msg: |\n      one\n      two\n\n      three" },
  { name: "set_fact and set_stats", tasks: "- set_fact: {f: 1, cacheable: true}\n- set_stats: {data: {s: 2}}" },
  { name: "extra variables", tasks: "- debug: {msg: '{{ x }}'}", files: { "env/extravars": "x: from the file\n" } },
  { name: "environment", tasks: "- debug: {msg: \"{{ lookup('env', 'X') }}\"}", files: { "env/envvars": "X: from the file\n" } },
  { name: "group_vars", playbook: "- hosts: all\n  gather_facts: false\n  tasks:\n    - debug: {var: g}\n", files: { "inventory/group_vars/all.yml": "g: 5\n" } },
  { name: "undefined variable", tasks: "- debug: {msg: '{{ nope }}'}" },
  { name: "bad template", tasks: "- debug: {msg: '{{ 1 + }}'}" },
  { name: "module that is not there", tasks: "- no_such_module: {a: 1}" },
  { name: "syntax error", playbook: "- hosts: [\n" },
  { name: "playbook that is a mapping", playbook: "hosts: all\n" },
  { name: "become that is refused", tasks: "- command: id\n  become: true\n  become_user: nobody-here" },
  { name: "async", tasks: "- command: sleep 0.1\n  async: 10\n  poll: 1\n  changed_when: false" },
  { name: "fire and forget", tasks: "- command: 'true'\n  async: 10\n  poll: 0\n  register: j\n- async_status: {jid: '{{ j.ansible_job_id }}'}\n  register: s\n  until: s.finished\n  retries: 20\n  delay: 1" },
  { name: "meta end_play", tasks: "- meta: end_play\n- debug: {msg: never}" },
  { name: "meta clear_host_errors", playbook: "- hosts: all\n  gather_facts: false\n  tasks:\n    - command: 'false'\n      ignore_unreachable: true\n      ignore_errors: true\n    - meta: clear_host_errors\n    - debug: {msg: on}\n" },
  { name: "minimal callback", tasks: "- debug: {msg: hi}", files: { "env/envvars": "ANSIBLE_STDOUT_CALLBACK: minimal\n" } },
  { name: "oneline callback", tasks: "- debug: {msg: hi}", files: { "env/envvars": "ANSIBLE_STDOUT_CALLBACK: oneline\n" } },
  { name: "verbose once", tasks: "- debug: {msg: hi}", more: ["-v"] },
  { name: "ad hoc", argv: ["-m", "debug", "-a", "msg=hi", "--hosts", "localhost"] },
  { name: "ad hoc that fails", argv: ["-m", "command", "-a", "false", "--hosts", "localhost"] },
  { name: "ad hoc on two hosts", argv: ["-m", "ping", "--hosts", "all"], files: { "inventory/hosts": two }, more: ["--forks", "1"] },
  { name: "raw command", argv: ["-p", "site.yml"], tasks: "- debug: {msg: hi}", files: { args: "sh -c 'echo one; echo two >&2; exit 5'\n" }, decision: "the peer (2.3.1) may lose what a command prints just before it ends; ours never does" },
  {
    name: "free and host_pinned strategies",
    playbook: ["free", "host_pinned"].map((strategy) => `- hosts: all\n  strategy: ${strategy}\n  gather_facts: false\n  tasks:\n    - debug: {msg: 1}\n    - debug: {msg: 2}\n`).join(""),
    files: { "inventory/hosts": two },
    more: ["--forks", "1"],
  },
  {
    name: "roles within roles, of a collection, and handlers that include",
    tasks: "- include_role: {name: r}\n  loop: [1, 2]\n- import_role: {name: groovy.peanuts.hello}\n- import_role: {name: r, tasks_from: other}",
    files: {
      "project/roles/r/tasks/main.yml": "- include_tasks: other.yml\n  loop: [a, b]\n  loop_control: {loop_var: inner}\n",
      "project/roles/r/tasks/other.yml": "- debug: {msg: other}\n  notify: H\n  changed_when: true\n",
      "project/roles/r/handlers/main.yml": "- name: H\n  include_tasks: handled.yml\n",
      "project/roles/r/handlers/handled.yml": "- debug: {msg: handled}\n",
      "project/roles/r/tasks/handled.yml": "- debug: {msg: handled}\n",
      "project/collections/ansible_collections/groovy/peanuts/roles/hello/tasks/main.yml": "- debug: {msg: hi}\n",
    },
  },
  {
    name: "templated names, arguments, dates, control characters, warnings of modules, delegation",
    playbook:
      "- hosts: a\n  gather_facts: false\n  vars: {x: 5, day: 2020-01-02, raw: !unsafe 'a {{ b }}'}\n  tasks:\n    - name: Task {{ x }}\n      debug: {msg: '{{ day }} {{ raw }}', verbosity: 0}\n    - debug: {msg: hidden}\n      no_log: true\n" +
      "    - debug: {msg: \"\\u2028 \\0 \\e[31m red\"}\n    - shell: printf 'a\\377b'\n    - warns:\n    - ping:\n      delegate_to: b\n    - debug: {msg: once}\n      run_once: true\n    - meta: end_host\n    - debug: {msg: never}\n",
    files: {
      "inventory/hosts": two,
      "env/envvars": "ANSIBLE_DISPLAY_ARGS_TO_STDOUT: 'true'\nJOB_ID: '3'\n",
      "project/library/warns.py": "from ansible.module_utils.basic import AnsibleModule\nm = AnsibleModule(argument_spec={})\nm.warn('careful')\nm.deprecate('old', version='9.9')\nm.exit_json()\n",
    },
  },
  {
    name: "answered prompts",
    playbook: "- hosts: localhost\n  gather_facts: false\n  vars_prompt:\n    - {name: who, prompt: 'Who?', private: false, default: me}\n  tasks:\n    - debug: {var: who}\n",
    files: { "env/passwords": "'Who.*:': you\n" },
  },
  { name: "syntax check", tasks: "- debug: {msg: hi}", more: ["--cmdline=--syntax-check"] },
  { name: "omitted event data", tasks: "- debug: {msg: hi}", more: ["--omit-event-data"] },
];
