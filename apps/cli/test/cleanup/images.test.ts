import { expect, test } from "vitest";
import { pruneImages, removeImages, type EngineProgram } from "../../src/cleanup/images.ts";

function engine(answers: Readonly<Record<string, string>>): { program: EngineProgram; calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    program: async (...words) => {
      calls.push(words.join(" "));
      const key = Object.keys(answers).find((begin) => words.join(" ").startsWith(begin));
      if (key === undefined) throw new Error("no such image");
      return answers[key]!;
    },
  };
}

test("podman takes the name away, and what it refuses does not count [CLN-05]", async () => {
  const { program, calls } = engine({ images: "q/a:1\nq/a:2", "untag q/a:1": "" });
  expect(await removeImages(["q/a"], "podman", program)).toBe(1);
  expect(calls).toEqual(["images --format {{.Repository}}:{{.Tag}} q/a", "untag q/a:1 q/a:1", "untag q/a:2 q/a:2"]);
});

test.each([
  ["q/a:1", ["q/a:1"]],
  ["a", ["q/a:1", "q/a:2"]],
  ["q/*:2", ["q/a:2"]],
  ["b:1", ["r/b:1"]],
  ["none", []],
  ["e9b093dd3ff5", ["q/a:1", "q/a:2", "r/b:1"]],
])("other names of the image of %s stay [CLN-05]", async (reference, names) => {
  const { program, calls } = engine({ images: "q/a:1\nq/a:2\nr/b:1", untag: "" });
  expect(await removeImages([reference], "podman", program)).toBe(names.length);
  expect(calls.slice(1)).toEqual(names.map((name) => `untag ${name} ${name}`));
});

test("docker removes, and its words are counted [CLN-05]", async () => {
  const { program, calls } = engine({ images: "q/a:1", "rmi q/a:1": "Untagged: q/a:1\nUntagged: q/a@sha256:1\nDeleted: sha256:2" });
  expect(await removeImages(["q/a:1"], "docker", program)).toBe(2);
  expect(calls.at(-1)).toBe("rmi q/a:1 -f");
});

test("an image that is not there changes nothing [CLN-05]", async () => {
  expect(await removeImages(["q/a:1"], "podman", engine({ images: "" }).program)).toBe(0);
});

test.each([
  ["", false],
  ["Total reclaimed space: 0B", false],
  ["sha256:1\nTotal reclaimed space: 1MB", true],
])("a prune that says %j: changed is %s [CLN-05]", async (said, changed) => {
  expect(await pruneImages("podman", engine({ "image prune -f": said }).program)).toBe(changed);
});
