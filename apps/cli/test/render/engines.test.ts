import { expect, test } from "vitest";
import { renderEngines } from "../../src/render/engines.ts";

test("engines, what they can do, and why one can not be used", () => {
  const supports = { containers: true, sharedDisk: true, images: true, exec: true, archives: true, listAcrossProcesses: true, limits: { memory: true, cpus: false, pids: true }, insecurePull: false, overlayMounts: false, rootIsCaller: true };
  const text = renderEngines([
    { name: "podman", containers: true, usable: false, reason: "The engine podman was made for contract 0, this runner has 1.", hint: "Install a version of the plugin for this runner." },
    { name: "mine", from: "./mine.mjs in DISTRONODE_RUNNER_ENGINES", containers: true, usable: true, version: "1", endpoint: "", rootless: true },
    { name: "docker", containers: true, usable: true, version: "20.10.24", endpoint: "/var/run/docker.sock", rootless: false, supports },
  ]);
  expect(text).toMatchInlineSnapshot(`
    "ENGINE  USABLE  VERSION   ROOTLESS  ENDPOINT
    podman  no      -         -         -
    mine    yes     1         yes       -
    docker  yes     20.10.24  no        /var/run/docker.sock

    ENGINE  FOUND
    mine    ./mine.mjs in DISTRONODE_RUNNER_ENGINES

    ENGINE  CAN DO
    docker  containers, shared disk, images, exec, archives, finds jobs again, root
            is the caller, memory limit, process limit

    podman: The engine podman was made for contract 0, this runner has 1.
    Hint: Install a version of the plugin for this runner.
    "
  `);
});
