import type { ContainerSpec, EngineSignal } from "@distronode-runner/contract";

/** What runs in a container of the memory engine. Its value is the exit code. */
export type Program = (context: ProgramContext) => number | Promise<number>;

export interface ProgramContext {
  /** Ends when the container's stdin is closed. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Resolves when there is room for more; a program that does not await it just fills memory. */
  readonly stdout: (bytes: Uint8Array | string) => Promise<void>;
  readonly stderr: (bytes: Uint8Array | string) => Promise<void>;
  /**
   * Aborted by the first signal, with its name as the reason. SIGINT and SIGTERM are the program's to heed; SIGKILL ends the container
   * whatever the program does.
   */
  readonly signal: AbortSignal;
  /** Arguments after the program's name. */
  readonly argv: readonly string[];
  readonly spec: ContainerSpec;
  /** The container's own files, by path; mounts are not among them. */
  readonly files: Map<string, Uint8Array>;
}

/** The first signal that arrives. */
export function nextSignal(signal: AbortSignal): Promise<EngineSignal> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(signal.reason as EngineSignal);
    signal.addEventListener("abort", () => resolve(signal.reason as EngineSignal), { once: true });
  });
}
