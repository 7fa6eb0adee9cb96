import type { CallOptions } from "./engine.ts";
import { RunnerError } from "./errors.ts";

/**
 * Files in and out of a container in any phase, for engines that share no disk with us: tar archives (ustar or PAX, not compressed). What is mounted in
 * memory (`tmpfs`) is not reached.
 */
export interface Archives {
  /**
   * Unpacks an archive in a directory of the container. Whose its files are then depends on the engine: the archive's word, or the container's user; say
   * the same in both. `PATH_NOT_FOUND` if there is no such directory; `REQUEST_INVALID` for what is no archive, or not a whole one, of which a part may
   * then be there; what reading it throws is passed on.
   */
  put(id: string, directory: string, archive: AsyncIterable<Uint8Array>, options?: CallOptions): Promise<void>;
  /**
   * A file, or a directory with all that is in it, as an archive in which each name begins with the last part of the path. Nothing is asked before the
   * first read. Rejects with `PATH_NOT_FOUND` there; leaving the loop early ends the transfer.
   */
  get(id: string, path: string, options?: CallOptions): AsyncIterable<Uint8Array>;
}

/** The verbs of an engine that can not do that. */
export function withoutArchives(engine: string): Archives {
  const refuse = (): Promise<never> => Promise.reject(new RunnerError("ENGINE_INCOMPATIBLE", `The engine ${engine} takes no archives in and out of its containers.`, { hint: "Name another engine." }));
  return {
    put: refuse,
    // oxlint-disable-next-line require-yield
    async *get() {
      await refuse();
    },
  };
}
