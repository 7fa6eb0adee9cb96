import { expect, test } from "vitest";
import { checkRequest } from "../src/request.ts";

const request = { privateDataDir: "/data", playbook: "site.yml" };

test.each<[string, object, string]>([
  ["an ident", { ident: "x\ud800" }, "ident"],
  ["variables, at any depth", { extravars: { a: [{ b: "\udc00" }] } }, "extravars.a.0.b"],
  ["the name of a variable", { envvars: { "A\ud800": "x" } }, "envvars.A\ufffd"],
  ["settings", { settings: { container_image: "\ud800" } }, "settings.container_image"],
])("half a surrogate pair in %s is refused, and the place is told", (_name, more, key) => {
  expect(() => checkRequest({ ...request, ...more })).toThrow(expect.objectContaining({ code: "REQUEST_INVALID", location: { key } }));
});

test("whole characters are text, whatever they are", () => {
  expect(checkRequest({ ...request, ident: "\u{1f600}\u00e9" })).toMatchObject({ ident: "\u{1f600}\u00e9" });
});

test.each<[string, object]>([
  ["verbosity", { verbosity: 100_000_000 }],
  ["verbosity", { verbosity: 11 }],
  ["timeout", { timeout: 1e300 }],
  ["forks", { forks: 1e9 }],
  ["forks", { forks: "1".repeat(21) }],
  ["rotateArtifacts", { rotateArtifacts: 1e15 }],
])("a number without measure is refused: %s", (key, more) => {
  expect(() => checkRequest({ ...request, ...more })).toThrow(expect.objectContaining({ code: "REQUEST_INVALID", location: { key } }));
});
