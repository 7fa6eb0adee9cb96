import { describe, expect, test } from "vitest";
import { parseImageReference } from "../src/index.ts";

describe("image reference", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  test.each([
    ["alpine", { registry: "docker.io", path: "library/alpine", tag: "latest" }],
    ["alpine:3", { registry: "docker.io", path: "library/alpine", tag: "3" }],
    ["team/ee:1", { registry: "docker.io", path: "team/ee", tag: "1" }],
    ["docker.io/alpine", { registry: "docker.io", path: "library/alpine", tag: "latest" }],
    ["index.docker.io/team/ee", { registry: "docker.io", path: "team/ee", tag: "latest" }],
    ["localhost/ee:x", { registry: "localhost", path: "ee", tag: "x" }],
    ["registry.example:5000/a/b:c", { registry: "registry.example:5000", path: "a/b", tag: "c" }],
    ["registry.example:5000/a", { registry: "registry.example:5000", path: "a", tag: "latest" }],
    [`registry.example/a@${digest}`, { registry: "registry.example", path: "a", digest }],
    [`registry.example/a:1@${digest}`, { registry: "registry.example", path: "a", tag: "1", digest }],
  ])("%s", (reference, parts) => {
    expect(parseImageReference(reference)).toEqual({ ...parts, repository: `${parts.registry}/${parts.path}` });
  });

  test.each(["", "UPPER/case", "a:b:c", "a@sha256:12", "a b", "/a", "a/"])("%j is refused", (reference) => {
    expect(() => parseImageReference(reference)).toThrow(expect.objectContaining({ code: "REQUEST_INVALID" }));
  });
});
