import { engineSuite, hostHere, scripts } from "@distronode-runner/engine-testkit";
import { describe, test } from "vitest";
import { docker } from "../src/index.ts";

const named = (process.env["DISTRONODE_RUNNER_TEST_ENGINES"] ?? "").split(/[\s,]+/).includes("docker");

if (named) {
  engineSuite({
    test: (name, run) => test(name, run, 200_000),
    describe,
    open: () => docker.open({}, hostHere()),
    image: process.env["DISTRONODE_RUNNER_TEST_IMAGE"] ?? "localhost/distronode-runner-ee:bookworm",
    script: scripts.posixShell,
    // Fifty containers on a machine that has other things to do.
    deadline: 180_000,
  });
} else {
  test.skip("docker is not named in DISTRONODE_RUNNER_TEST_ENGINES: its conformance is not tested", () => {});
}
