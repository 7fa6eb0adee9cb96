import type { Attachment } from "./container.ts";
import type { CallOptions, Engine } from "./engine.ts";
import { RunnerError } from "./errors.ts";

/** One more process for a container that runs. */
export interface ExecSpec {
  /** Argument vector; an entrypoint has no part in it. */
  readonly command: readonly string[];
  /** On top of the container's own. Readable by anyone who can inspect the engine: never a secret. */
  readonly environment?: Readonly<Record<string, string>>;
  /** As in `ContainerSpec`. Absent: the user of the container's first process. */
  readonly user?: string;
  /** Absent: the container's own. */
  readonly workdir?: string;
}

/** A process that `exec` started, with its streams. */
export interface ExecSession extends Attachment {
  /**
   * Resolves with its exit code, each time: 128 + n when signal n ended it. `CONTAINER_NOT_FOUND` when its container was removed before anybody
   * could ask.
   */
  wait(options?: CallOptions): Promise<number>;
}

/** The verb of an engine that starts one process in a container and no more. */
export function withoutExec(engine: string): Pick<Engine, "exec"> {
  return { exec: () => Promise.reject(new RunnerError("ENGINE_INCOMPATIBLE", `The engine ${engine} starts no further process in a container.`, { hint: "Name another engine." })) };
}
