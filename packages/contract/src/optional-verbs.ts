import { withoutArchives, type Archives } from "./archives.ts";
import type { Engine } from "./engine.ts";
import { withoutExec } from "./exec.ts";
import { withoutImageStore, type ImageStore } from "./image-store.ts";

/** The verbs that an engine may do without. */
export type OptionalVerbs = ImageStore & Archives & Pick<Engine, "exec">;

/** All of them, for an engine that has none: each rejects with `ENGINE_INCOMPATIBLE`. */
export function withoutOptionalVerbs(engine: string): OptionalVerbs {
  return { ...withoutImageStore(engine), ...withoutArchives(engine), ...withoutExec(engine) };
}
