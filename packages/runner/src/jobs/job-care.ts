import { isRunnerError, RunnerError, type AttachedJob, type AttachOptions, type Engine, type JobSummary, type Reconciliation } from "@distronode-runner/contract";
import { ownerGoneLabel } from "@distronode-runner/core";
import { JobRun } from "../job-run.ts";
import type { RunnerParts } from "../parts.ts";
import { removeAttachKey } from "../reattach/attach-key.ts";
import { knock } from "../reattach/knock.ts";
import { removeMark } from "./runner-mark.ts";
import { finalizeLost, type Finalized } from "./finalize.ts";
import type { JobFinder, Orphan } from "./job-finder.ts";
import { sweepJobDirs } from "./strays.ts";
import { RemoteJob } from "./remote-job.ts";

/** Looks after jobs that other runners started: speaks with those runners, and stands in for those that have gone. */
export class JobCare {
  readonly #finder: JobFinder;
  readonly #parts: RunnerParts;
  readonly #adopted: (run: JobRun) => void;

  /** `adopted` is told of each job that this process has become the runner of. */
  constructor(finder: JobFinder, parts: RunnerParts, adopted: (run: JobRun) => void) {
    this.#finder = finder;
    this.#parts = parts;
    this.#adopted = adopted;
  }

  async attach(job: string, { onGone = (gone) => this.#standIn(gone) }: AttachOptions = {}): Promise<AttachedJob> {
    const found = await this.#finder.find(job);
    const { ident, artifactDir } = found;
    const ensureRunner = async (): Promise<boolean> => {
      const now = await this.#finder.find(artifactDir);
      if (now.runner === "gone") await onGone(now);
      // A runner that is still there has not said everything.
      return now.runner === "ended" && !(await this.#finder.live()).some((report) => report.artifactDir === artifactDir);
    };
    if (found.runner === "gone") await onGone(found);
    return new RemoteJob({ ident, artifactDir, ask: (request) => this.#finder.ask(artifactDir, request), ensureRunner });
  }

  /** Makes this process the runner of a job that has none, or says in its artifacts that it is lost. */
  async #standIn({ ident, artifactDir }: JobSummary): Promise<void> {
    const unreachable = await this.#finder.outOfReach({ ident, artifactDir });
    if (unreachable !== undefined) throw unreachable;
    const orphan = (await this.#finder.orphans()).find((candidate) => candidate.artifactDir === artifactDir);
    if (orphan?.container.phase === "running") {
      try {
        return void (await this.#adopt(orphan));
      } catch (error) {
        // Nobody goes on with a journal that was tampered with; the job is ended, and its artifacts say why.
        if (!isRunnerError(error) || error.code !== "ARTIFACTS_DAMAGED") throw error;
      }
    }
    if (orphan !== undefined) await orphan.engine.remove(orphan.container.id);
    await this.#finalize(artifactDir, ident);
  }

  /** Every container whose runner has gone is taken over, or stopped and removed; no artifacts stay without a final status. */
  async reconcile(continuing: "adopt" | "leave"): Promise<readonly Reconciliation[]> {
    const done = await this.tidy(await this.#finder.orphans(), continuing);
    await sweepJobDirs(this.#parts.host.uid);
    const abandoned = await this.#finder.abandoned();
    const settled = await Promise.all(
      abandoned.map(async ({ artifactDir, ident }): Promise<readonly Reconciliation[]> => {
        // A disk that refuses is no reason to leave the jobs on others as they are.
        const action = await this.#finalize(artifactDir, ident).catch(() => undefined);
        return action === undefined ? [] : [{ ident, artifactDir, action }];
      }),
    );
    // An engine that does not answer may have containers that need them.
    await this.#finder.forgetStaleSockets().catch(() => {});
    return [...done, ...settled.flat()];
  }

  async tidy(orphans: readonly Orphan[], continuing: "adopt" | "leave"): Promise<readonly Reconciliation[]> {
    return (await Promise.all(orphans.map((orphan) => this.#settle(orphan, continuing)))).flat();
  }

  /** Ends what a runner that has gone left in these artifacts, or under this container name. False: nothing, or somebody looks after it, or it is to go on. */
  async makeRoom(engine: Engine, left: { readonly artifactDir: string; readonly ident: string } | { readonly name: string }): Promise<boolean> {
    const orphans = (await this.#finder.orphans("name" in left ? [engine] : undefined)).filter((orphan) => ("name" in left ? orphan.container.name === left.name : orphan.artifactDir === left.artifactDir));
    const done = await this.tidy(orphans, "leave");
    await Promise.all(done.flatMap(({ job }) => (job === undefined ? [] : [job.result])));
    if (done.some(({ action }) => action === "left")) throw continuing(done[0]!.ident);
    if (orphans.length > 0) return done.length > 0;
    if ("name" in left) return false;
    const someone = (await this.#finder.live()).some(({ artifactDir }) => artifactDir === left.artifactDir);
    return !someone && (await this.#finder.outOfReach(left)) === undefined && (await this.#finalize(left.artifactDir, left.ident)) !== undefined;
  }

  async #settle(orphan: Orphan, continuing: "adopt" | "leave"): Promise<readonly Reconciliation[]> {
    const { engine, container, ident, artifactDir } = orphan;
    if (container.phase === "running" && engine.supports.exec) {
      if (continuing === "leave" && container.labels[ownerGoneLabel] === "continue") return [{ ident, artifactDir, action: "left" }];
      try {
        const job = await this.#adopt(orphan);
        if (job.plan.ownerGone === "cancel") {
          void job.cancel();
          return [{ ident, artifactDir, action: "canceled", job }];
        }
        return [{ ident, artifactDir, action: "adopted", job }];
      } catch (error) {
        // Somebody was faster, or the engine is in trouble: another time.
        if (!isRunnerError(error) || !gone.has(error.code)) return [];
      }
    }
    // Whatever the engine has to say against it, the artifacts must not wait for ever.
    await engine.remove(container.id).catch(() => {});
    return [{ ident, artifactDir, action: (await this.#finalize(artifactDir, ident)) ?? "removed" }];
  }

  async #adopt({ engine, container }: Orphan): Promise<JobRun> {
    const run = await JobRun.adopt({ found: await knock(engine, container, { python: this.#parts.hostPython, uid: this.#parts.host.uid }), parts: this.#parts, options: {} });
    this.#adopted(run);
    return run;
  }

  async #finalize(artifactDir: string, ident: string): Promise<Finalized | undefined> {
    const lost = await finalizeLost(this.#parts.store, artifactDir, ident, { now: () => this.#parts.host.now(), version: this.#parts.version });
    await Promise.all([removeAttachKey(artifactDir), removeMark(artifactDir)]);
    return lost;
  }
}

/** Nobody can go on with it. */
const gone = new Set(["ARTIFACTS_DAMAGED", "JOB_LOST", "CONTAINER_NOT_RUNNING", "CONTAINER_NOT_FOUND"]);

function continuing(ident: string): RunnerError {
  return new RunnerError("JOB_CONFLICT", `The job ${ident} goes on without a runner.`, { location: { key: "ident" }, hint: `distronode-runner attach ${ident} shows it, distronode-runner cancel ${ident} ends it.` });
}
