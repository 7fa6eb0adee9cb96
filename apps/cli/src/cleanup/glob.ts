import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { RunnerError } from "@distronode-runner/contract";

/**
 * Paths that match a shell pattern of `*`, `?` and `[...]`, as Python's `glob.glob` finds them: a wildcard stays within one part of the
 * path (`**` too) and matches no name that begins with a dot. Links are not followed to decide what exists.
 */
export function glob(pattern: string): string[] {
  const parts = pattern.split("/").filter((part) => part !== "");
  return parts.reduce<string[]>((bases, part) => bases.flatMap((base) => step(base, part)), [pattern.startsWith("/") ? "/" : ""]);
}

function step(base: string, part: string): string[] {
  if (!/[*?[]/.test(part)) return exists(join(base, part)) ? [base === "" ? part : join(base, part)] : [];
  const matcher = globPattern(part);
  return names(base === "" ? "." : base)
    .filter((name) => matcher.test(name) && (part.startsWith(".") || !name.startsWith(".")))
    .map((name) => (base === "" ? name : join(base, name)));
}

/** A shell pattern as an expression for whole names. One with a range that is empty, such as `[z-a]`, is a mistake. */
export function globPattern(part: string): RegExp {
  try {
    return patternOf(part);
  } catch (error) {
    throw new RunnerError("USAGE", `${JSON.stringify(part)} is no pattern: a range in it is empty.`, { hint: "In [a-z] the first character comes before the second.", cause: error });
  }
}

function patternOf(part: string): RegExp {
  const source = part.replace(/\[(!?)(\]?[^\]]*)\]|[\s\S]/g, (token, not: string | undefined, set: string | undefined) => {
    if (set !== undefined) return `[${not === "!" ? "^" : ""}${set.replace(/[\\^\]]/g, "\\$&")}]`;
    return token === "*" ? ".*" : token === "?" ? "." : token.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  });
  return new RegExp(`^${source}$`, "s");
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}
