import type { EffectiveSetting } from "@distronode-runner/contract";
import { forbidden } from "./refuse.ts";

/**
 * What becomes of a job when the server is killed. Where the directory says nothing, it goes on, and the next server takes it over, unless the client wants
 * otherwise. A client may have a job end where the directory has it go on, and not the reverse. Undefined: as the directory says.
 */
export function ownerGoneFor(asked: unknown, settings: readonly EffectiveSetting[]): "cancel" | "continue" | undefined {
  const own = settings.find(({ key, from }) => key === "owner_gone" && from !== "default")?.value;
  if (own === undefined) return asked === "cancel" ? "cancel" : "continue";
  if (own === "cancel" && asked === "continue") throw forbidden("settings.owner_gone", "Jobs of this data directory end when their runner is killed (owner_gone); clients do not change that.", "Leave owner_gone out.");
  return asked === "cancel" ? "cancel" : undefined;
}
