import { engineSuite, hostHere, scripts } from "@distronode-runner/engine-testkit";
import { describe, test } from "vitest";
import { processEngine } from "../src/index.ts";

engineSuite({
  test: (name, run) => test(name, run, 100_000),
  describe,
  open: () => processEngine.open({}, hostHere()),
  image: "any",
  script: scripts.posixShell,
});
