import { validateJobRequest } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { jobRequest } from "../../src/arguments/job-request.ts";

const args = { private_data_dir: "demo" };
const v = { type: "flag", flag: "verbose", input: "-v" } as const;

test("what was not said is left out", () => {
  expect(jobRequest(args, { playbook: "site.yml" }, [], false)).toEqual({ privateDataDir: "demo", playbook: "site.yml" });
});

test("everything said is in a valid request", () => {
  const request = jobRequest(
    args,
    {
      playbook: "site.yml",
      ident: "i",
      json: true,
      quiet: true,
      inventory: "hosts",
      limit: "web",
      cmdline: "-v",
      "artifact-dir": "a",
      "project-dir": "p",
      "process-isolation": true,
      "process-isolation-executable": "docker",
      "container-image": "ee",
      "container-volume-mount": ["/a:/b"],
      "container-option": ["--network=none"],
    },
    [v, v, v],
    true,
  );
  expect(request).toMatchObject({ verbosity: 3, color: true, containerOptions: ["--network=none"] });
  expect(validateJobRequest(request)).toEqual({ value: request });
  expect(Object.keys(request)).toHaveLength(17);
});

test("a playbook has to be named", () => {
  expect(() => jobRequest(args, {}, [], false)).toThrow("No playbook was given.");
});
