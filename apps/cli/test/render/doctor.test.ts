import { expect, test } from "vitest";
import { renderDiagnosis } from "../../src/render/doctor.ts";

test("what keeps an engine from running containers, what to do, and what works meanwhile", () => {
  const host = { node: "v24.0.0", uid: 1000, user: "ada", python: "/usr/bin/python3", playbookTool: undefined, cgroups: "v2", subordinateIds: true } as const;
  const trials = [
    { engine: "podman", image: "ee:1", works: false, worksWith: "--container-option=--network=host", error: { code: "ENGINE_FAILED", message: "The network needs /dev/net/tun.", hint: "chmod 0666 /dev/net/tun.", problems: ["slirp4netns failed"] } },
    { engine: "docker", image: "ee:1", works: true },
  ] as const;
  const text = renderDiagnosis({ jobs: [], healthy: false, engines: [], host, trials: [trials[0]] });
  expect(text).toContain("  podman: no container of ee:1 runs: The network needs /dev/net/tun.\n    slirp4netns failed\n  Hint: chmod 0666 /dev/net/tun.\n  With --container-option=--network=host one has run.\n");
  expect(text).toMatch(/\nContainers run here with --container-option=--network=host alone\.\n$/);
  const fine = renderDiagnosis({ jobs: [], healthy: true, engines: [], host, trials });
  expect(fine).toContain("  docker: a container of ee:1 has run.\n");
  expect(fine).toMatch(/\nContainers run here\.\n$/);
});

test("engines, why one does not work, and the host", () => {
  const text = renderDiagnosis({
    jobs: [],
    healthy: true,
    engines: [
      { name: "podman", containers: true, usable: false, reason: "no socket answers", hint: "systemctl --user start podman.socket" },
      { name: "docker", containers: true, usable: true, version: "20.10.24", endpoint: "unix:///var/run/docker.sock", rootless: false },
    ],
    host: { node: "v24.0.0", uid: 1000, user: "ada", python: "/usr/bin/python3", playbookTool: undefined, cgroups: "v2", subordinateIds: false },
  });
  expect(text).toMatchInlineSnapshot(`
    "Engines
      ENGINE  USABLE  VERSION   ROOTLESS  ENDPOINT
      podman  no      -         -         -
      docker  yes     20.10.24  no        unix:///var/run/docker.sock

      podman: no socket answers
      Hint: systemctl --user start podman.socket

    Host
      Node.js          v24.0.0
      user             ada (uid 1000)
      python3          /usr/bin/python3
      playbook tool    not found: only jobs in containers will run
      cgroups          v2
      subordinate ids  none in /etc/subuid and /etc/subgid: rootless containers need them

    At least one container engine is usable.
    "
  `);
});
