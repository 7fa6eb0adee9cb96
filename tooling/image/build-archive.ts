import { mkdirSync, existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensurePackages } from "../engines/apt.ts";
import { command } from "../engines/command.ts";
import { findProgram } from "../engines/find-program.ts";
import { Unavailable } from "../engines/unavailable.ts";
import { aptOptions, sourceLines } from "./mirror.ts";
import { recipeHash, type Recipe } from "./recipe.ts";

/** Builds an image's file system as a tar, or finds the one built before. Returns its path. */
export async function buildArchive(recipe: Recipe, cache: string, say: (line: string) => void): Promise<string> {
  const name = recipe.reference.replace(/^.*\//, "").replace(":", "-");
  const archive = join(cache, `${name}-${process.arch}-${recipeHash(recipe)}.tar`);
  if (existsSync(archive)) return archive;
  if (findProgram("mmdebstrap") === undefined) await ensurePackages({ packages: ["mmdebstrap"], reason: "building images" }, say);
  say(`building ${recipe.reference} from Debian's archive`);
  mkdirSync(cache, { recursive: true });
  // Renamed when whole, so that an interrupted build is never taken for an image.
  const part = `${archive}.${process.pid}.part`;
  const ended = await command([
    "mmdebstrap", "--quiet", "--format=tar", `--variant=${recipe.how === "installed" ? "essential" : "extract"}`,
    `--include=${recipe.packages.join(",")}`,
    ...recipe.dpkgOptions.map((option) => `--dpkgopt=${option}`),
    ...(await aptOptions()).map((option) => `--aptopt=${option}`),
    // Nothing is customised in a system that was only unpacked: mmdebstrap then runs the earlier hook alone.
    `--${recipe.how === "installed" ? "customize" : "extract"}-hook=${recipe.hook}`,
    recipe.suite, part, ...(await sourceLines(recipe.suite)),
  ]);
  if (ended.code !== 0) {
    rmSync(part, { force: true });
    throw new Unavailable(`mmdebstrap could not build ${recipe.reference}:\n${ended.stderr.trimEnd().split("\n").slice(-12).join("\n")}`);
  }
  renameSync(part, archive);
  return archive;
}
