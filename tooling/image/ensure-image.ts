import { fileURLToPath } from "node:url";
import { buildArchive } from "./build-archive.ts";
import { hasImage, importImage, type As } from "./import-image.ts";
import type { Recipe } from "./recipe.ts";

const cache = fileURLToPath(new URL("../../.tooling/cache", import.meta.url));

/** Sees to it that every engine has the image; all get the same archive, built when the first one lacks it. `as` turns a command into another user's. */
export async function ensureImage(recipe: Recipe, engines: readonly string[], say: (line: string) => void, as: As = (words) => words): Promise<void> {
  for (const engine of engines) {
    if (await hasImage(engine, recipe, as)) continue;
    const archive = await buildArchive(recipe, cache, say);
    say(`importing ${recipe.reference} into ${engine}`);
    await importImage(engine, recipe, archive, as);
  }
}
