import { expect, test } from "vitest";
import { matchesImage, parseClientRules, rulesFor } from "../../src/clients/client-rules.ts";

test("a word with a name in front counts for that data directory alone", () => {
  const rules = parseClientRules({ engines: ["docker", "demo=podman"], images: ["demo=registry.example/team/*"] });
  expect(rulesFor(rules, "demo")).toEqual({ engines: ["docker", "podman"], images: ["registry.example/team/*"], sshMounts: false, cmdline: true });
  expect(rulesFor(rules, "other")).toMatchObject({ engines: ["docker"], images: [] });
});

test("without a word clients choose nothing and see no ssh", () => {
  expect(rulesFor(undefined, "demo")).toEqual({ engines: [], images: [], sshMounts: false, cmdline: true });
});

test.each([
  ["registry.example/team/ee:1", "registry.example/team/*", true],
  ["registry.example/team/deep/ee@sha256:00", "registry.example/team/*", true],
  ["registry.example/team/ee:1", "registry.example/team/ee:1", true],
  ["localhost:5000/ee", "localhost:5000/*", true],
  ["registry.example/team/ee:12", "registry.example/team/ee:1", false],
  ["registry-example/team/ee", "registry.example/team/*", false],
  ["evil.example/registry.example/team/ee", "registry.example/team/*", false],
  ["registry.example/team2/ee", "registry.example/team/*", false],
  ["docker-archive:/etc/image.tar", "*", false],
  ["anything/at:all", "*", true],
  ["ee", "", false],
])("the image %s against the pattern %s: %s", (image, pattern, matches) => {
  expect(matchesImage(image, [pattern])).toBe(matches);
});
