import { expect, test } from "vitest";
import { toldBy } from "../src/jobs/told-by-record.ts";

test("a record tells how a job ended and where it ran", () => {
  const record = { version: 1, status: "error", rc: 125, events: 3, engine: "podman", privateDataDir: "/data", runs: "site.yml", image: { reference: "registry.example/ee:1", id: "x" }, error: { code: "JOB_LOST", message: "It is lost.", hint: "Look.", location: { file: "/x" } } };
  expect(toldBy(record)).toEqual({ rc: 125, events: 3, engine: "podman", privateDataDir: "/data", runs: "site.yml", image: "registry.example/ee:1", error: { code: "JOB_LOST", message: "It is lost.", hint: "Look." } });
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["no mapping", null],
  ["text where numbers should be", { rc: "0", events: {}, engine: 5, runs: ["x"], image: "x" }],
  ["an error without a code that is known", { error: { code: "toString", message: "x" } }],
  ["an error whose message is none", { error: { code: "JOB_LOST", message: { x: 1 } } }],
  ["an image that is none", { image: { reference: 5 } }],
])("what has not its form is left out of a record: %s", (_name, record) => {
  expect(toldBy(record as Readonly<Record<string, unknown>> | undefined)).toEqual({});
});
