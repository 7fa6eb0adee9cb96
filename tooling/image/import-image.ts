import { command } from "../engines/command.ts";
import { Unavailable } from "../engines/unavailable.ts";
import { recipeHash, type Recipe } from "./recipe.ts";

const label = "org.distronode.runner.recipe";

/** True when the engine has an image of this name that was made by this recipe. */
export async function hasImage(engine: string, recipe: Recipe): Promise<boolean> {
  const ended = await command([engine, "image", "inspect", "--format", `{{index .Config.Labels "${label}"}}`, recipe.reference]);
  return ended.code === 0 && ended.stdout.trim() === recipeHash(recipe);
}

export async function importImage(engine: string, recipe: Recipe, archive: string): Promise<void> {
  const changes = [...recipe.changes, `LABEL ${label}=${recipeHash(recipe)}`].flatMap((change) => ["--change", change]);
  const ended = await command([engine, "import", ...changes, archive, recipe.reference]);
  if (ended.code !== 0) throw new Unavailable(`${engine} could not import ${recipe.reference}:\n${ended.stderr.trim()}`);
}
