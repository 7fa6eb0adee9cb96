import { RunnerError, type JobPlan } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { unsuitable } from "../../src/image/unsuitable.ts";

const execution = { kind: "container", image: "registry.example/bare:1" } as JobPlan["execution"];

test("an image without python3 is told by what it lacks, not by what the engine was doing", () => {
  const error = new RunnerError("IMAGE_UNSUITABLE", 'Container 7339 can not be attached to: exec: "python3": executable file not found in $PATH');
  expect(unsuitable(error, execution)).toMatchObject({ code: "IMAGE_UNSUITABLE", message: "The image registry.example/bare:1 cannot run jobs: it has no python3.", hint: expect.stringContaining("Python 3.6") });
});

test("other errors stay as they are", () => {
  for (const error of [new RunnerError("IMAGE_UNSUITABLE", "exec format error"), new RunnerError("ENGINE_FAILED", "python3"), new Error("python3")]) expect(unsuitable(error, execution)).toBe(error);
});
