import { setTimeout as sleep } from "node:timers/promises";
import { asRunnerError, type JobHandle, type Runner } from "@distronode-runner/contract";
import type { FastifyBaseLogger } from "fastify";
import { nameOfDataDir, type DataDirs } from "../data-dirs.ts";
import type { JobHistory } from "./job-history.ts";
import type { JobRegistry } from "./job-registry.ts";

export interface OrphanedJobsParts {
  readonly runner: Runner;
  readonly jobs: JobRegistry;
  readonly history: JobHistory;
  readonly dataDirs: DataDirs;
  readonly log: FastifyBaseLogger;
  /** Between the end of one look and the next. */
  readonly milliseconds: number;
  readonly now: () => number;
}

/**
 * Looks, now and then, after jobs whose runner was killed: this process becomes their runner. Those in a directory that clients may use are listed like others;
 * of the rest clients learn nothing.
 */
export class OrphanedJobs {
  readonly #parts: OrphanedJobsParts;
  readonly #stopped = new AbortController();
  #looking: Promise<void> = Promise.resolve();
  readonly #troubles = new Map<string, string>();
  /** Whether there may be jobs that have ended and are not listed. */
  #settled = true;

  constructor(parts: OrphanedJobsParts) {
    this.#parts = parts;
  }

  /** The first look is at once. */
  start(): void {
    this.#looking = this.#keepLooking();
  }

  /** Resolves when the last look is over. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#looking;
  }

  async #keepLooking(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.#look();
      await sleep(this.#parts.milliseconds, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  async #look(): Promise<void> {
    const { runner, log } = this.#parts;
    await this.#withTrouble("jobs whose runner was killed can not be looked after", async () => {
      for (const { ident, action, job } of await runner.reconcile({ continuing: "adopt" })) {
        log[action === "lost" ? "warn" : "info"]({ ident, action }, "the runner of a job was killed");
        if (job !== undefined) await this.#list(job);
        else this.#settled = true;
      }
    });
    if (!this.#settled) return;
    // What has been settled has ended, and is found now.
    await this.#withTrouble("jobs that have ended can not be looked for", () => this.#parts.history.load());
    this.#settled = false;
  }

  /** The same trouble is told once. */
  async #withTrouble(meaning: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#troubles.delete(meaning);
    } catch (error) {
      const { message } = asRunnerError(error);
      if (message !== this.#troubles.get(meaning)) this.#parts.log.warn({ err: error }, meaning);
      this.#troubles.set(meaning, message);
    }
  }

  async #list(job: JobHandle): Promise<void> {
    const { jobs, dataDirs, log } = this.#parts;
    const name = nameOfDataDir(dataDirs, job.plan.privateDataDir);
    if (name === undefined) return;
    if (!jobs.adopt(name, job, await this.#began(job))) log.warn({ ident: job.ident }, "a job was taken over that is not listed: another one has its ident");
  }

  /** As its journal has it. */
  async #began(job: JobHandle): Promise<number> {
    for await (const { time } of job.entries({ follow: false })) return Date.parse(time);
    return this.#parts.now();
  }
}
