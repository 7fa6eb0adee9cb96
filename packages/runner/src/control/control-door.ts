import { asRunnerError, type Host, type JobPlan, type RunnerError } from "@distronode-runner/contract";
import { jobIdOf } from "@distronode-runner/core";
import { leaveMark, removeMark } from "../jobs/runner-mark.ts";
import { JobPlaces } from "../jobs/job-places.ts";
import { serveControl, type ControlServer } from "./control-server.ts";
import type { ControlReply, ControlRequest, JobReport } from "./protocol.ts";

/** A job, for those who ask. */
export interface ControlledJob {
  report(): Pick<JobReport, "status" | "question">;
  cancel(force: boolean): void;
  answer(line: string): Promise<void>;
}

/**
 * Where other processes reach a job of this one. It is open before the job takes its place among artifacts, so that nobody takes one that is just beginning for
 * one that was left. Without it a job runs all the same.
 */
export class ControlDoor {
  readonly #host: Host;
  readonly #places: JobPlaces;
  readonly #known: JobReport;
  #job: ControlledJob | undefined;
  #server: ControlServer | undefined;
  #failure: RunnerError | undefined;

  private constructor(host: Host, plan: JobPlan, engine: string) {
    this.#host = host;
    this.#places = new JobPlaces(host);
    this.#known = { jobId: jobIdOf(plan.labels), ident: plan.ident, status: "starting", artifactDir: plan.artifactDir, privateDataDir: plan.privateDataDir, ...(plan.runs === undefined ? {} : { runs: plan.runs }), pid: host.pid, engine, started: host.now() };
  }

  static async open(host: Host, plan: JobPlan, engine: string): Promise<ControlDoor> {
    const door = new ControlDoor(host, plan, engine);
    try {
      await door.#places.make();
      door.#server = await serveControl(door.#places.socketOf(door.#known.jobId), (request) => door.#obey(request));
    } catch (error) {
      door.#failure = asRunnerError(error);
    }
    return door;
  }

  /** Says in the artifacts who looks after the job. To be called before there is a journal, which without such a word is one that was left. */
  async mark(): Promise<void> {
    await leaveMark(this.#known.artifactDir, this.#host, this.#known.jobId, this.#places.socketOf(this.#known.jobId));
  }

  /** The job is there, and is the newest of its ident. Returns why nobody can reach it, if so. */
  async announce(job: ControlledJob): Promise<RunnerError | undefined> {
    this.#job = job;
    try {
      if (this.#failure === undefined) await this.#places.link(this.#known.jobId, this.#known.ident, this.#known.artifactDir);
    } catch (error) {
      this.#failure = asRunnerError(error);
    }
    return this.#failure;
  }

  async #obey(request: ControlRequest): Promise<ControlReply> {
    if (request.do === "cancel") this.#job?.cancel(request.force);
    if (request.do === "answer") await this.#job?.answer(request.text);
    return { ...this.#known, ...this.#job?.report() };
  }

  /** This process has no more to do with the job. */
  async close(): Promise<void> {
    if (this.#job !== undefined) await removeMark(this.#known.artifactDir, this.#host);
    await this.#server?.close();
  }
}
