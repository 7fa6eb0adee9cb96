import { expect, test } from "vitest";
import { renderImages } from "../../src/render/images.ts";
import { renderProgress } from "../../src/render/progress.ts";

test("each name of an image has its line", () => {
  const image = { id: `sha256:${"ab".repeat(32)}`, references: ["q/b:1", "q/a:1"], labels: {}, sizeBytes: 123_456_789, architecture: "amd64" };
  expect(renderImages([image, { id: "sha256:cd", references: [], labels: {} }])).toBe("REFERENCE  ID            SIZE    ARCHITECTURE\n<none>     cd            -       -\nq/a:1      abababababab  123 MB  amd64\nq/b:1      abababababab  123 MB  amd64\n");
});

test("a pull says how far it is, on one line", () => {
  expect(renderProgress({ message: "1f2e: Downloading", layer: "1f2e", currentBytes: 1_234_000, totalBytes: 45_600_000 })).toBe("1f2e: Downloading 1.2 MB of 45.6 MB");
  expect(renderProgress({ message: "Copying\nblob \u001b[2J", currentBytes: 0 })).toBe("Copying blob \\x1b[2J 0 B");
});
