import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Tree } from "./layers.ts";

export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));

/** The checkout as the layer rules look at it. */
export function readTree(root: string = ROOT): Tree {
  const patterns = ["package.json", "{src,test}/**/*.ts"].map((part) => `{packages,apps}/*/${part}`);
  const paths = globSync(patterns, {
    cwd: root,
    exclude: (path) => path.includes("node_modules") || path.includes("fixtures"),
  });
  return new Map(paths.toSorted().map((path) => [path, readFileSync(`${root}/${path}`, "utf8")]));
}
