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

test("a limit of the system is no defect of ours, and says what to raise", () => {
  const failing = (code: string, syscall = "open"): RunnerError => asRunnerError(Object.assign(new Error(`${code}: x`), { code, syscall }));
  expect(failing("EMFILE")).toMatchObject({ code: "HOST_LIMIT", exitCode: 71, hint: expect.stringContaining("ulimit -n") as string });
  expect(failing("EAGAIN", "spawn /bin/sh")).toMatchObject({ code: "HOST_LIMIT", hint: expect.stringContaining("ulimit -u") as string });
  expect(failing("EAGAIN", "write").code).toBe("INTERNAL");
  expect(["ENFILE", "ENOMEM"].map((code) => failing(code).code)).toEqual(["HOST_LIMIT", "HOST_LIMIT"]);
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
