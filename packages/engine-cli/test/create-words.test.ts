import { expect, test } from "vitest";
import { createWords } from "../src/index.ts";

const least = { name: "n", image: "i:1", command: ["run", "-x"], environment: {}, mounts: [], labels: {} };

test("a specification becomes words: a flag for each wish, then image and command, and nothing for what is not asked for", () => {
  expect(createWords(least)).toEqual(["--interactive", "--pull=never", "--log-driver=none", "--name=n", "i:1", "run", "-x"]);
  expect(createWords({ ...least, entrypoint: ["sh", "-c"], environment: { A: "1 2" }, user: "1:2", limits: { pids: 9 }, readOnlyRoot: true })).toEqual([
    "--interactive", "--pull=never", "--log-driver=none", "--name=n", "--env=A=1 2", "--user=1:2", "--pids-limit=9", "--entrypoint=sh", "--read-only", "i:1", "-c", "run", "-x",
  ]);
});

test("paths of mounts may have commas and quotes", () => {
  const mounts = [{ source: '/a,"b"', target: "/c", readOnly: true, relabel: "none" as const }];
  expect(createWords({ ...least, mounts })).toContain('--mount="type=bind","source=/a,""b""","target=/c","readonly"');
});
