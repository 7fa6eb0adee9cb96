import { join } from "node:path";
import type { Host } from "@distronode-runner/contract";

/** Where packages with engines are installed for this user; the framework keeps the plugins of the command line there, too. */
export function pluginsDirectory({ environment, home }: Pick<Host, "environment" | "home">): string {
  return environment["DISTRONODE_RUNNER_DATA_DIR"] || join(environment["XDG_DATA_HOME"] || join(home, ".local/share"), "distronode-runner");
}
