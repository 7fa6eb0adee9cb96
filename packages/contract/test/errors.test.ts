import { expect, test } from "vitest";
import { asRunnerError, errorTable, isRunnerError, RunnerError } from "../src/index.ts";

test("an error of another copy of the package is recognised", () => {
  const foreign = Object.defineProperty(new Error("x"), Symbol.for("@distronode-runner/error"), { value: true });
  expect(isRunnerError(foreign)).toBe(true);
  expect(isRunnerError(new Error("x"))).toBe(false);
});

test("a full disk is told apart from other failures", () => {
  expect(asRunnerError(Object.assign(new Error("no space"), { code: "ENOSPC" }), "STORE_FAILED").code).toBe("STORE_FULL");
  expect(asRunnerError(new Error("other"), "STORE_FAILED").code).toBe("STORE_FAILED");
});

test("the record of an error holds what a person needs and nothing of its cause", () => {
  const error = new RunnerError("DATA_DIR_INVALID", "broken", { hint: "mend it", location: { file: "env/envvars", line: 3 }, cause: new Error("secret") });
  expect(JSON.parse(JSON.stringify(error))).toEqual({ code: "DATA_DIR_INVALID", message: "broken", hint: "mend it", location: { file: "env/envvars", line: 3 } });
});

test("every code has an exit code that is not success and a fitting HTTP status", () => {
  for (const [code, row] of Object.entries(errorTable)) {
    expect(row.exitCode, code).toBeGreaterThan(0);
    expect(row.httpStatus, code).toBeGreaterThanOrEqual(400);
  }
});
