import { access, lstat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { isFinal, RunnerError, type ContainerSummary, type Engine, type FinalStatus, type Host, type JobStatus, type JobSummary } from "@distronode-runner/contract";
import { artifactsLabel, identLabel, jobIdOf, runtimeLabel, suggest } from "@distronode-runner/core";
import { askControl } from "../control/ask-control.ts";
import type { ControlReply, ControlRequest, JobReport } from "../control/protocol.ts";
import { readRegular } from "../journal/regular-file.ts";
import { ownerIsGone } from "./owner.ts";
import type { JobPlaces } from "./job-places.ts";
import { outOfReach, presenceOf } from "./presence.ts";
import { toldBy } from "./told-by-record.ts";
import { toldEnd } from "./told-end.ts";

/** A container whose runner has gone. */
export interface Orphan {
  readonly engine: Engine;
  readonly container: ContainerSummary;
  readonly jobId: string;
  readonly ident: string;
  readonly artifactDir: string;
}

/** Milliseconds. */
const youth = 60_000;

/** Looks for jobs: at control sockets, at what engines have, and at artifacts. */
export class JobFinder {
  readonly #places: JobPlaces;
  readonly #host: Host;
  readonly #engines: () => Promise<readonly Engine[]>;

  /** `engines`: all that can be used here and find what other processes made. */
  constructor(places: JobPlaces, host: Host, engines: () => Promise<readonly Engine[]>) {
    this.#places = places;
    this.#host = host;
    this.#engines = engines;
  }

  /** Jobs whose runner answers. */
  async live(): Promise<readonly JobReport[]> {
    return (await this.#attended()).flatMap(({ report }) => (report === undefined ? [] : [report]));
  }

  /** Jobs that have a runner. One that could not be asked, for whatever reason, is there until the opposite is known. */
  async #attended(): Promise<readonly { readonly jobId: string; readonly report?: JobReport }[]> {
    const ids = await this.#places.jobIds();
    const asked = ids.map(async (jobId) => {
      try {
        const reply = await this.#ask(jobId, { do: "status" });
        if (reply === undefined) return [];
        return [{ jobId, ...("status" in reply ? { report: reply } : {}) }];
      } catch {
        return [{ jobId }];
      }
    });
    return (await Promise.all(asked)).flat();
  }

  async #ask(jobId: string, request: ControlRequest): Promise<ControlReply | undefined> {
    return askControl(this.#places.socketOf(jobId), request);
  }

  /** Asks the runner of the job with these artifacts. */
  async ask(artifactDir: string, request: ControlRequest): Promise<ControlReply | undefined> {
    const job = (await this.live()).find((report) => report.artifactDir === artifactDir);
    if (job !== undefined) return request.do === "status" ? job : this.#ask(job.jobId, request);
    const presence = await presenceOf(artifactDir);
    if (presence.is !== "gone" && presence.mark !== undefined && (presence.is === "unknown" || presence.report === undefined)) throw outOfReach(basename(artifactDir), presence, this.#host.runtimeDir)!;
    if (presence.is !== "alive") return undefined;
    return request.do === "status" ? presence.report : askControl(presence.mark.socket, request);
  }

  /** Whether a job without a runner here has one elsewhere, or was left where nothing can be done about it. */
  async outOfReach({ ident, artifactDir }: Pick<JobSummary, "ident" | "artifactDir">): Promise<RunnerError | undefined> {
    return outOfReach(ident, await presenceOf(artifactDir), this.#host.runtimeDir);
  }

  /** Containers of this user's jobs that nobody looks after. Default: in all engines. Rejects if an engine does not answer: what it has is not known then. */
  async orphans(engines?: readonly Engine[]): Promise<readonly Orphan[]> {
    const looked = engines ?? (await this.#engines());
    const identity = await this.#places.knownIdentity();
    if (identity === undefined) return [];
    const found = await Promise.all(
      looked.map(async (engine) => {
        const containers = await engine.list({ [runtimeLabel]: identity });
        return containers.map((container) => orphanOf(engine, container));
      }),
    );
    if (found.flat().length === 0) return [];
    // Asked after the list was made: a runner makes itself known before it makes a container.
    const attended = new Set((await this.#attended()).map(({ jobId }) => jobId));
    const unattended = found.flat().filter(({ jobId }) => !attended.has(jobId));
    const mine = await Promise.all(unattended.map(async (orphan) => ((await ownerIsGone(orphan.container, this.#host, this.#places)) ? [orphan] : [])));
    return mine.flat();
  }

  /** Artifacts of jobs without a final status that no runner and no container stands behind. */
  async abandoned(): Promise<readonly { readonly ident: string; readonly artifactDir: string }[]> {
    const known = await this.#known();
    const open = known.filter(({ status, settled }) => status !== undefined && !settled);
    if (open.length === 0) return [];
    const [attended, orphans] = [await this.#attended(), await this.orphans()];
    if (attended.some(({ report }) => report === undefined)) return [];
    const taken = new Set([...attended.map(({ report }) => report), ...orphans].map((one) => one?.artifactDir));
    const left = open.filter(({ artifactDir }) => !taken.has(artifactDir));
    const unreachable = await Promise.all(left.map((job) => this.outOfReach(job)));
    return left.filter((_job, index) => unreachable[index] === undefined);
  }

  /**
   * Removes the control sockets of runners that were killed, once no container is left to which they are the only trace of a runner. What is young may be about
   * to be listened at.
   */
  async forgetStaleSockets(): Promise<void> {
    const ids = await this.#places.oldJobIds(youth);
    if (ids.length === 0) return;
    const attended = new Set((await this.#attended()).map(({ jobId }) => jobId));
    const identity = await this.#places.knownIdentity();
    const containers = identity === undefined ? [] : await Promise.all((await this.#engines()).map((engine) => engine.list({ [runtimeLabel]: identity })));
    const needed = new Set(containers.flat().map(({ labels }) => jobIdOf(labels)));
    await Promise.all(ids.filter((id) => !attended.has(id) && !needed.has(id)).map((id) => this.#places.forgetSocket(id)));
  }

  /** Those that run, then, if they are asked for, those that have ended, the last one first. */
  async summaries(ended: boolean): Promise<readonly JobSummary[]> {
    const [live, orphans, known] = [await this.live(), await this.orphans(), await this.#known()];
    const running: JobSummary[] = [...live.map(alive), ...orphans.map(({ ident, artifactDir, engine }) => ({ ident, status: "running" as const, runner: "gone" as const, artifactDir, engine: engine.name }))];
    const taken = new Set(running.map(({ artifactDir }) => artifactDir));
    const over: Promise<JobSummary>[] = [];
    for (const { ident, artifactDir, status } of known) {
      if (taken.has(artifactDir) || status === undefined) continue;
      if (!isFinal(status)) running.push(await elsewhere(ident, artifactDir));
      else if (ended) over.push(endOf(artifactDir).then((end) => ({ ident, status, runner: "ended", artifactDir, ...end })));
    }
    return [...running, ...(await Promise.all(over)).toSorted((one, other) => (other.ended ?? 0) - (one.ended ?? 0))];
  }

  /** One job, by its ident or the path of its artifacts. */
  async find(job: string): Promise<JobSummary> {
    const isPath = job.includes("/") || job === "." || job === "..";
    const named = isPath ? [] : (await this.#knownAs(job)).filter(({ status }) => status !== undefined);
    if (named.length > 1) throw several(job, named);
    const artifactDir = isPath ? resolve(this.#host.cwd, job) : named[0]?.artifactDir;
    const status = artifactDir === undefined ? undefined : await statusOf(artifactDir);
    if (artifactDir !== undefined && status !== undefined && isFinal(status)) return { ident: basename(artifactDir), status, runner: "ended", artifactDir };
    const found = (await this.summaries(false)).find((one) => (artifactDir === undefined ? one.ident === job : one.artifactDir === artifactDir));
    if (found !== undefined) return found;
    if (artifactDir !== undefined && status !== undefined) return elsewhere(basename(artifactDir), artifactDir);
    if (isPath) throw new RunnerError("JOB_NOT_FOUND", `${artifactDir} holds no artifacts of a job.`, { location: { file: artifactDir! }, hint: "Name the directory that holds events.ndjson, or the job's ident." });
    const idents = await this.#places.idents();
    throw new RunnerError("JOB_NOT_FOUND", `No job ${JSON.stringify(job)} is known on this machine.`, { hint: suggest(job, idents, "distronode-runner ps --all lists those that are. A job of another time is found by the path of its artifacts.") });
  }

  /** Forgets a job that has ended, whose artifacts are gone. */
  async forget({ ident, artifactDir }: JobSummary): Promise<void> {
    await this.#places.forget(ident, artifactDir);
  }

  async #known(): Promise<readonly { readonly ident: string; readonly artifactDir: string; readonly status: JobStatus | undefined; readonly settled: boolean }[]> {
    return (await Promise.all((await this.#places.idents()).map((ident) => this.#knownAs(ident)))).flat();
  }

  async #knownAs(ident: string): Promise<readonly { readonly ident: string; readonly artifactDir: string; readonly status: JobStatus | undefined; readonly settled: boolean }[]> {
    const found = await Promise.all(
      (await this.#places.allArtifactsOf(ident)).map(async (artifactDir) => {
        const status = await statusOf(artifactDir);
        if (status === undefined) await this.#places.forget(ident, artifactDir);
        return [{ ident, artifactDir, status, settled: await isSettled(artifactDir) }];
      }),
    );
    return found.flat();
  }
}

/** An ident is one directory's own; who says it alone may mean the job of any. */
function several(ident: string, jobs: readonly { readonly artifactDir: string; readonly status: JobStatus | undefined }[]): RunnerError {
  const problems = jobs.map(({ artifactDir, status }) => `${artifactDir} (${status !== undefined && isFinal(status) ? status : "has not ended"})`);
  return new RunnerError("REQUEST_INVALID", `${jobs.length} jobs have the ident ${JSON.stringify(ident)}:`, { problems, hint: "Name the one that is meant by the path of its artifacts." });
}

function alive({ ident, status, artifactDir, privateDataDir, runs, pid, engine, started, question }: JobReport): JobSummary {
  return { ident, status, runner: "alive", artifactDir, privateDataDir, ...(runs === undefined ? {} : { runs }), pid, engine, started, ...(question === undefined ? {} : { question }) };
}

/** A job that no runner is known to look after here. */
async function elsewhere(ident: string, artifactDir: string): Promise<JobSummary> {
  const presence = await presenceOf(artifactDir);
  if (presence.is === "alive" && presence.report !== undefined) return alive(presence.report);
  return { ident, status: "running", runner: presence.is, artifactDir, ...(presence.is === "alive" ? { pid: presence.mark.pid } : {}) };
}

function orphanOf(engine: Engine, container: ContainerSummary): Orphan {
  const { labels } = container;
  return { engine, container, jobId: jobIdOf(labels), ident: labels[identLabel] ?? container.name, artifactDir: labels[artifactsLabel] ?? "" };
}

/** When a job ended, how, and where it ran, as far as its artifacts tell. */
async function endOf(artifactDir: string): Promise<Partial<JobSummary>> {
  const when = await lstat(join(artifactDir, "status")).catch(() => undefined);
  const record = await readRegular(join(artifactDir, "record.json")).then((text) => (text === undefined ? undefined : (JSON.parse(text) as Readonly<Record<string, unknown>>))).catch(() => undefined);
  return { ...(when === undefined ? {} : { ended: when.mtimeMs }), ...toldBy(record) };
}

/** The journal decides, then the file that says it. `starting` for one without a final status; undefined if there are no artifacts. */
async function statusOf(artifactDir: string): Promise<JobStatus | undefined> {
  const journal = join(artifactDir, "events.ndjson");
  const final = (await toldEnd(journal)) ?? (await writtenStatus(artifactDir));
  if (final !== undefined) return final;
  return Promise.any([access(journal), access(join(artifactDir, "status"))]).then(() => "starting", () => undefined);
}

/** Journal and files both say how the job ended. */
async function isSettled(artifactDir: string): Promise<boolean> {
  return (await writtenStatus(artifactDir)) !== undefined && (await toldEnd(join(artifactDir, "events.ndjson"))) !== undefined;
}

/** What the file `status` says; undefined if it says none that is final. */
async function writtenStatus(artifactDir: string): Promise<FinalStatus | undefined> {
  const status = ((await readRegular(join(artifactDir, "status"))) ?? "unstarted") as JobStatus;
  return isFinal(status) ? status : undefined;
}
