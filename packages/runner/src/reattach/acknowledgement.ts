import type { DecoderPosition } from "@distronode-runner/shim";
import { unstoredLimit, type Checkpoint } from "./checkpoint.ts";

/** So much later, or so many bytes later, the next one is worth its cost. */
const pause = 100;
const amount = 1024 * 1024;

export interface Acknowledged {
  readonly position: DecoderPosition;
  ack(sequence: number, state?: string): Promise<void>;
}

export interface AcknowledgementOptions {
  /** Resolves when all that was heard is on disk. */
  store(): Promise<void>;
  /** What another runner would need, now; undefined if it would be too large. */
  state(): Omit<Checkpoint, "frames"> | undefined;
}

/** Tells the shim, now and then, what it may forget. */
export class Acknowledgement {
  readonly #options: AcknowledgementOptions;
  #busy = false;
  #at = 0;
  #sequence = 0;
  #bytes = 0;

  constructor(options: AcknowledgementOptions) {
    this.#options = options;
  }

  /** To be called between two batches of frames, when all of the last has been taken. */
  offer(session: Acknowledged): void {
    const { position } = session;
    const bytes = position.stdout + position.stderr + position.event;
    const now = performance.now();
    if (this.#busy || position.sequence === this.#sequence || (now - this.#at < pause && bytes - this.#bytes < amount)) return;
    const state = this.#options.state();
    if (state === undefined && bytes - this.#bytes < unstoredLimit) return;
    this.#busy = true;
    this.#at = now;
    this.#sequence = position.sequence;
    this.#bytes = bytes;
    void this.#send(session, position.sequence, state === undefined ? "" : JSON.stringify({ frames: position, ...state } satisfies Checkpoint));
  }

  async #send(session: Acknowledged, sequence: number, state: string): Promise<void> {
    try {
      await this.#options.store();
      await session.ack(sequence, state);
    } catch {
      // The loop that hears the shim reports a failed disk.
    } finally {
      this.#busy = false;
    }
  }
}
