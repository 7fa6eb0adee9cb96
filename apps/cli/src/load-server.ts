import { RunnerError } from "@distronode-runner/contract";
import type * as server from "@distronode-runner/server";

type Server = typeof server;

const name = "@distronode-runner/server";

/** The server is a package of its own, which an installation may leave out. */
export async function loadServer(load: () => Promise<Server> = () => import("@distronode-runner/server")): Promise<Server> {
  try {
    return await load();
  } catch (error) {
    // One that is there, and misses a part of its own, is another matter.
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND" || !(error as Error).message.includes(`'${name}'`)) throw error;
    throw new RunnerError("REQUEST_INVALID", `This command needs the package ${name}, which is not installed.`, { hint: `Install it beside this one: npm install --global ${name}`, cause: error });
  }
}
