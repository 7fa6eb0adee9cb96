import { isRunnerError, type EngineImages, type ImageInfo } from "@distronode-runner/contract";

/** Takes the names that are meant from their images; an image goes with its last name. Returns how many names. What is in use stays, and is said. */
export async function removeImages(wanted: readonly string[], images: EngineImages, warn: (message: string) => void): Promise<number> {
  let removed = 0;
  for (const reference of wanted) {
    for (const name of (await images.list()).flatMap((image) => meant(reference, image))) {
      if (await takeAway(name, images, warn)) removed += 1;
    }
  }
  return removed;
}

/** Removes the images that have no name and are not in use. Returns whether there were any. */
export async function pruneImages(images: EngineImages): Promise<boolean> {
  const nameless = (await images.list()).filter(({ references, digest }) => references.length === 0 && digest === undefined);
  let changed = false;
  for (const { id } of nameless) if (await takeAway(id, images, () => {})) changed = true;
  return changed;
}

async function takeAway(reference: string, images: EngineImages, warn: (message: string) => void): Promise<boolean> {
  try {
    await images.remove(reference);
    return true;
  } catch (error) {
    if (!isRunnerError(error) || error.code !== "IMAGE_IN_USE") throw error;
    warn(error.message);
    return false;
  }
}

/** The names of an image that a reference means: all for its id or digest, else those that the shell pattern matches, in any registry and with any tag unless it says which. */
function meant(wanted: string, { id, digest, references }: ImageInfo): readonly string[] {
  if (/^(sha256:)?[\da-f]{12,64}$/.test(wanted) && id.replace(/^sha256:/, "").startsWith(wanted.replace(/^sha256:/, ""))) return references;
  if (wanted.includes("@sha256:")) return wanted.endsWith(`@${digest}`) ? references : [];
  const pattern = wanted.replace(/[.+^$(){}|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
  const tag = /:[^/:]+$/.test(wanted) ? "" : "(:[^/:]+)?";
  return references.filter((name) => new RegExp(`^(.*/)?${pattern}${tag}$`).test(name));
}
