import { command } from "../engines/command.ts";
import { Unavailable } from "../engines/unavailable.ts";
import { recipeHash, type Recipe } from "./recipe.ts";

const label = "org.distronode.runner.recipe";

/** A command as somebody else's. */
export type As = (words: readonly string[]) => readonly string[];

/** True when the engine has an image of this name that was made by this recipe. */
export async function hasImage(engine: string, recipe: Recipe, as: As): Promise<boolean> {
  const ended = await command(as([engine, "image", "inspect", "--format", `{{index .Config.Labels "${label}"}}`, recipe.reference]));
  return ended.code === 0 && ended.stdout.trim() === recipeHash(recipe);
}

export async function importImage(engine: string, recipe: Recipe, archive: string, as: As): Promise<void> {
  const changes = [...recipe.changes, `LABEL ${label}=${recipeHash(recipe)}`].flatMap((change) => ["--change", change]);
  const ended = await command(as([engine, "import", ...changes, "-", recipe.reference]), { input: archive });
  if (ended.code !== 0) throw new Unavailable(`${engine} could not import ${recipe.reference}:\n${ended.stderr.trim()}`);
}
