import { abortable, isRunnerError, parseEntry, parseEvent, RunnerError, type JobHandlers, type JobResult, type StatusEntry } from "@distronode-runner/contract";

/** What the calls need of their job. */
export interface CalledJob {
  /** The journal from its first line, followed. */
  lines(): AsyncIterable<string>;
  /** Writes the file of an event; resolves when there may be more of them. */
  keep(counter: number, uuid: string, json: string): Promise<void>;
  /** A handler threw. */
  failed(error: RunnerError): void;
  /** The handlers took too long after a cancel. */
  left(): void;
}

type Called = "onStatus" | "onEvent" | "onFinished";

const head = /^\{"seq":(\d+),"time":"[^"]*","type":"(\w+)",/;
const eventKey = '"event":';

/** Calls the handlers of one job as its journal grows, one call at a time, and decides which events keep a file. */
export class HandlerCalls {
  readonly #handlers: JobHandlers;
  readonly #job: CalledJob;
  readonly #broken = new Set<Called>();
  readonly #leave = new AbortController();
  readonly #over: Promise<void>;
  #reached = 0;
  #ended = false;
  #moved = Promise.withResolvers<void>();
  #clock: NodeJS.Timeout | undefined;

  constructor(handlers: JobHandlers, job: CalledJob) {
    this.#handlers = handlers;
    this.#job = job;
    this.#over = this.#run();
  }

  /** Resolves when everything up to the entry has been handled. */
  async reach(seq: number): Promise<void> {
    while (this.#reached < seq && !this.#ended) await this.#moved.promise;
  }

  /** The journal has ended: waits for the last calls and makes the very last one, with the result as it stands then. */
  async finish(result: () => JobResult): Promise<void> {
    await this.#over;
    await this.#call("onFinished", result());
    clearTimeout(this.#clock);
  }

  /** From now on handlers have so many seconds. */
  hurry(seconds: number): void {
    clearTimeout(this.#clock);
    if (this.#leave.signal.aborted) return;
    this.#clock = setTimeout(() => {
      this.#leave.abort();
      this.#job.left();
    }, seconds * 1000);
  }

  async #run(): Promise<void> {
    try {
      for await (const line of this.#job.lines()) {
        const [start, seq, type] = head.exec(line)!;
        if (type === "status") await this.#call("onStatus", parseEntry(line) as StatusEntry);
        if (type === "event") await this.#event(line.slice(start.length + eventKey.length, -1));
        this.#reached = Number(seq);
        this.#notify();
      }
    } catch (error) {
      // Of a failed disk the job itself says so.
      if (isRunnerError(error) && error.code === "ARTIFACTS_DAMAGED") this.#job.failed(error);
    } finally {
      this.#ended = true;
      this.#notify();
    }
  }

  /** The file gets the event's JSON as it stands in the journal, whatever a handler did to its object. */
  async #event(json: string): Promise<void> {
    const event = parseEvent(json);
    if ((await this.#call("onEvent", event)) !== false) await this.#job.keep(event.counter, event.uuid, json);
  }

  async #call(name: Called, argument: unknown): Promise<unknown> {
    const { signal } = this.#leave;
    if (signal.aborted || this.#broken.has(name)) return undefined;
    try {
      const handlers = this.#handlers as Readonly<Record<Called, ((argument: unknown) => unknown) | undefined>>;
      return await abortable(Promise.try(() => handlers[name]?.(argument)), signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      this.#broken.add(name);
      this.#job.failed(handlerFailure(name, error));
      return undefined;
    }
  }

  #notify(): void {
    this.#moved.resolve();
    this.#moved = Promise.withResolvers<void>();
  }
}

export function handlerFailure(name: string, error: unknown): RunnerError {
  const message = error instanceof Error ? error.message : String(error);
  return new RunnerError("HANDLER_FAILED", `The handler ${name} threw: ${message}`, { cause: error, hint: "The fault is in the program that started the job." });
}
