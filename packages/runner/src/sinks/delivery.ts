import { setTimeout as sleep } from "node:timers/promises";
import { abortable, errorTable, isRunnerError, type EventSink, type JournalEntry } from "@distronode-runner/contract";
import { backOff, type Pace } from "./back-off.ts";
import { batches } from "./batches.ts";

const batchSize = 100;
/** So many failures in a row are worth a word. */
const patience = 3;

export type DeliveryEnd = { readonly outcome: "complete" } | { readonly outcome: "given_up" | "out_of_time"; readonly reason: string };

export interface DeliveryOptions {
  /** The journal, followed; `signal` ends the reading. */
  read(signal: AbortSignal): AsyncIterable<JournalEntry>;
  readonly pace: Pace;
  /** Aborted when the job ends: a waiting delivery tries again at once, and then often. */
  readonly jobEnd: AbortSignal;
  /** Aborted when the time after the job's end is over. */
  readonly deadline: AbortSignal;
  /** Everything up to here has been taken, or was not wanted. */
  onDelivered(seq: number): void;
  /** The receiver has failed a few times in a row; said once. */
  onDelayed(reason: string): void;
}

/** Carries a job's journal to one sink, from the first entry to the last or until it can not go on. Never rejects. */
export async function deliverJournal(sink: EventSink, options: DeliveryOptions): Promise<DeliveryEnd> {
  const { deadline } = options;
  const stop = new AbortController();
  let trouble: string | undefined;
  let delayed = false;

  const insist = async (entries: readonly JournalEntry[]): Promise<void> => {
    let ended = options.jobEnd.aborted;
    for (let failures = 1; ; failures += 1) {
      try {
        await abortable(Promise.resolve(sink.deliver(entries, { signal: deadline })), deadline);
        trouble = undefined;
        return;
      } catch (error) {
        if (deadline.aborted || isFinal(error)) throw error;
        trouble = messageOf(error);
      }
      if (failures >= patience && !delayed) {
        delayed = true;
        options.onDelayed(trouble);
      }
      await sleep(backOff(failures, options.pace) * 1000, undefined, { signal: ended ? deadline : options.jobEnd }).catch(() => {});
      deadline.throwIfAborted();
      if (!ended && options.jobEnd.aborted) {
        ended = true;
        failures = 0;
      }
    }
  };

  try {
    for await (const batch of batches(options.read(AbortSignal.any([deadline, stop.signal])), batchSize)) {
      const wanted = batch.filter((entry) => sink.wants?.(entry) ?? true);
      if (wanted.length > 0) await insist(wanted);
      options.onDelivered(batch.at(-1)!.seq);
    }
    return { outcome: "complete" };
  } catch (error) {
    return deadline.aborted ? { outcome: "out_of_time", reason: trouble ?? "The receiver took too long." } : { outcome: "given_up", reason: messageOf(error) };
  } finally {
    stop.abort();
  }
}

const isFinal = (error: unknown): boolean => isRunnerError(error) && errorTable[error.code]?.retry === false;

export function messageOf(error: unknown): string {
  if (isRunnerError(error) && error.hint !== undefined) return `${error.message} ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}
