import { expect, test } from "vitest";
import { renderDiagnosis } from "../../src/render/doctor.ts";

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
