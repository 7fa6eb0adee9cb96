import { RunnerError } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { renderError } from "../../src/render/error.ts";

const build = { version: "1.2.3", node: "v24.0.0", platform: "linux x64" };

test("message, place, problems, hint and code stand in this order", () => {
  const error = new RunnerError("SETTINGS_INVALID", "Two settings are wrong.", {
    location: { file: "demo/env/settings", line: 3, column: 5, key: "job_timeout" },
    problems: ["job_timeout must be a number", "jobs is not known"],
    hint: "Look at docs/settings.md.",
  });
  expect(renderError(error, build)).toBe(
    [
      "Error: Two settings are wrong.",
      "  demo/env/settings:3:5 (job_timeout)",
      "  job_timeout must be a number",
      "  jobs is not known",
      "Hint: Look at docs/settings.md.",
      "[SETTINGS_INVALID]",
      "",
    ].join("\n"),
  );
});

test("nothing is wider than 80 columns but words that can not be broken", () => {
  const path = `/${"very-long-name/".repeat(8)}`;
  const error = new RunnerError("DATA_DIR_INVALID", `${"word ".repeat(40)}${path} is not there`, { hint: "word ".repeat(30).trim(), problems: ["word ".repeat(30).trim()] });
  const wide = renderError(error, build).split("\n").filter((line) => line.length > 80);
  expect(wide.every((line) => line.includes(path))).toBe(true);
});

test("a defect comes with what a report needs", () => {
  const text = renderError(new RunnerError("INTERNAL", "boom", { cause: new TypeError("boom") }), build);
  expect(text).toContain("distronode-runner 1.2.3, Node.js v24.0.0, linux x64");
  expect(text).toContain("TypeError: boom\n      at ");
});

test("any other error shows no stack", () => {
  expect(renderError(new RunnerError("ENGINE_FAILED", "no", { cause: new Error("inner") }), build)).toBe("Error: no\n[ENGINE_FAILED]\n");
});

test("control characters of a message do not reach the terminal", () => {
  expect(renderError(new RunnerError("REQUEST_INVALID", "bad \u001b[2J name"), build)).toContain("bad \\x1b[2J name");
});
