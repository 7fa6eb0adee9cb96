/** One playbook in which every kind of event happens, on hosts `a`, `b` and one that can not be reached. Its long task ends when `project/release` exists. */
const inventory = `
[both]
a ansible_host=10.0.0.1
b ansible_host=10.0.0.2
[both:vars]
ansible_connection=local
ansible_python_interpreter=/usr/bin/python3
[away]
away ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=1
`;

const playbook = `
- name: The first play
  hosts: [a, "!b"]
  gather_facts: false
  vars_prompt:
    - {name: who, prompt: Who is it, default: nobody, private: false}
  roles:
    - plain
    - groovy.peanuts.hello
  tasks:
    - name: Said {{ who }}
      debug: {msg: hi}
    - name: Slow
      shell: sleep 0.3; echo slow
      register: slow
      changed_when: slow.stdout == 'slow'
      notify: [handled, topic]
    - name: Skipped
      fail:
      when: inventory_hostname == 'nobody'
    - name: Ignored
      fail: {msg: not so}
      ignore_errors: true
    - name: Items
      debug: {msg: "{{ item }}"}
      with_items: [good, bad, skip]
      when: item != 'skip'
      failed_when: item == 'bad'
      ignore_errors: true
    - name: Rescued
      block:
        - name: Failing
          fail:
      rescue:
        - name: Rescue
          debug: {msg: rescued}
    - name: Included
      include_tasks: included.yml
    - name: Tried again
      debug: {msg: again}
      register: tries
      until: tries.attempts == 2
      retries: 3
      delay: 0
    - name: Changed file
      copy: {content: "new\\n", dest: "{{ playbook_dir }}/{{ inventory_hostname }}.txt"}
      diff: true
    - name: Collected
      set_stats: {data: {answer: 42, list: [1, two]}, aggregate: false}
    - name: Collected for a host
      set_stats: {data: {own: 1}, per_host: true}
  handlers:
    - name: handled
      debug: {msg: handled}
    - name: listening
      listen: topic
      debug: {msg: heard}

- name: Waited for
  hosts: a
  gather_facts: false
  tasks:
    - name: Long
      shell: while [ ! -e {{ playbook_dir }}/release ]; do sleep 0.1; done
      async: 100
      poll: 1
    - name: Long and failing
      command: 'false'
      async: 30
      poll: 1
      ignore_errors: true

- hosts: both
  gather_facts: false
  serial: 1
  tasks:
    - name: One by one
      debug: {msg: "{{ inventory_hostname }}"}

- name: Each for itself
  hosts: both
  gather_facts: false
  strategy: free
  tasks:
    - name: Freely
      debug: {msg: "{{ inventory_hostname }}"}

- hosts: away,b
  gather_facts: false
  tasks:
    - name: Far away
      ping:

- name: For nobody
  hosts: nobody
  tasks:
    - debug: {msg: never}

- name: The last play
  hosts: both
  gather_facts: false
  any_errors_fatal: true
  tasks:
    - name: Fatal
      fail:
    - debug: {msg: never}
`;

export const course: Readonly<Record<string, string>> = {
  "inventory/hosts": inventory,
  "project/site.yml": playbook,
  "project/included.yml": "- name: In the file\n  debug: {msg: included}\n",
  "project/roles/plain/tasks/main.yml": "- name: In the plain role\n  ansible.builtin.debug: {msg: plain}\n",
  "project/collections/ansible_collections/groovy/peanuts/roles/hello/tasks/main.yml": "- name: In the collection's role\n  debug: {msg: hello}\n",
  "env/envvars": "JOB_ID: '17'\nPROJECT_UPDATE_ID: '18'\n",
};
