import type { JobPlan } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { renderPlan } from "../../src/render/plan.ts";

const plan: JobPlan = {
  version: 1,
  ident: "demo",
  privateDataDir: "/data",
  artifactDir: "/data/artifacts/demo",
  factCache: "/data/artifacts/demo/fact_cache",
  command: ["ansible-playbook", "-i", "/data/inventory", "-e", "a b", "site.yml"],
  candidates: ["distronode-playbook", "ansible-playbook"],
  cwd: "/data/project",
  environment: { COLOR: { value: "blue" }, TOKEN: { secret: "env/envvars#TOKEN" } },
  files: { "extravars/0.yml": { secret: "env/extravars" } },
  mirrors: {},
  terminal: false,
  interactive: false,
  prompts: [{ pattern: "^Password:$", answer: { secret: "env/passwords#0" } }],
  sshKey: { secret: "env/ssh_key" },
  execution: { kind: "host" },
  clocks: { job: 0, idle: 60, prompt: 0, grace: 10, lease: 0 },
  ownerGone: "cancel",
  output: { json: false, suppressFiles: false, eventFiles: true, separateStderr: false, quiet: false, rotate: 0 },
  labels: {},
  warnings: ["Something odd."],
};

test("a job without event files says so", () => {
  expect(renderPlan(plan)).not.toContain("event files");
  expect(renderPlan({ ...plan, output: { ...plan.output, eventFiles: false } })).toContain("event files  none (job_events: false)");
});

test("what becomes of a job whose runner is killed is told with its clocks", () => {
  const clocks = { ...plan.clocks, prompt: 30, lease: 20 };
  expect(renderPlan({ ...plan, clocks })).toMatch(/prompt  30 s\n.*\n +lease   20 s without a runner, then canceled\n/);
  expect(renderPlan({ ...plan, clocks, ownerGone: "continue" })).toContain("lease   off: the job goes on without a runner\n");
});

test("the passphrase of a key is named and not shown", () => {
  expect(renderPlan({ ...plan, sshKeyPassphrase: { secret: "env/secrets#ssh_key" } })).toContain("opened with its passphrase (not shown, from env/secrets#ssh_key)");
});

test("a plan on the host", () => {
  expect(renderPlan(plan)).toMatchInlineSnapshot(`
    "Job
      ident      demo
      directory  /data
      artifacts  /data/artifacts/demo

    Command
      ansible-playbook -i /data/inventory -e 'a b' site.yml
      in /data/project
      (the first of these that exists: distronode-playbook, ansible-playbook)

    Execution
      on this host, without a container

    Environment
      COLOR=blue
      TOKEN (not shown, from env/envvars#TOKEN)

    Files of the job alone, in memory
      extravars/0.yml (not shown, from env/extravars)

    Prompts that are answered
      ^Password:$ (not shown, from env/passwords#0)

    SSH key
      held by an agent of the job's own (not shown, from env/ssh_key)

    Clocks
      job     off
      idle    60 s
      prompt  off
      grace   10 s
      lease   off: the job goes on until another runner cancels it

    Warnings
      Something odd.
    "
  `);
});

test("a plan in a container names engine, image, container and mounts", () => {
  const text = renderPlan({
    ...plan,
    execution: {
      kind: "container",
      engine: "podman",
      image: "ee:1",
      pull: "missing", pullTimeout: 0,
      containerName: "distronode_runner_demo",
      mounts: [
        { source: "/data", target: "/runner", readOnly: false, relabel: "private" },
        { source: "/etc/pki", target: "/etc/pki", readOnly: true, relabel: "none" },
      ],
      limits: { memoryBytes: 1024 },
      options: { network: "none", environment: {} },
    },
  });
  expect(text).toContain("  engine       podman\n  image        ee:1 (pull: missing)\n  container    distronode_runner_demo\n  memoryBytes  1024\n  network      none\n");
  expect(text).toContain("Mounts\n  /data -> /runner (relabel private)\n  /etc/pki -> /etc/pki (read-only)\n");
});
