import { RunnerError, type ContainerSummary, type Engine } from "@distronode-runner/contract";
import { identLabel, jobIdOf, readSinkSettings, type Planned } from "@distronode-runner/core";
import { connectorCommand, type AttachRequest, type ContextPayload, type DecoderPosition, type Frame } from "@distronode-runner/shim";
import { attended, type Attendance } from "../attended-streams.ts";
import { pulse } from "../engines/pulse.ts";
import { ShimSession } from "../shim-session.ts";
import { checkpointOf, positionOf, type Checkpoint } from "./checkpoint.ts";
import { readContext } from "./job-context.ts";

/** A shim that takes this process for its owner. */
export interface OpenDoor {
  readonly session: ShimSession;
  readonly frames: AsyncIterable<readonly Frame[]>;
}

/** A running job that this process has become the owner of. */
export interface FoundJob extends OpenDoor {
  readonly engine: Engine;
  /** The engine's, of the container. */
  readonly id: string;
  readonly planned: Planned;
  readonly token: string;
  /** Undefined: nothing has been acknowledged, so everything comes again. */
  readonly checkpoint?: Checkpoint;
}

/**
 * Becomes the owner of the job in a container.
 *
 * @throws RunnerError `JOB_CONFLICT` if it has one that is there; `JOB_LOST` if nobody can go on with it
 */
export async function knock(engine: Engine, container: ContainerSummary, hostPython: string): Promise<FoundJob> {
  const ident = container.labels[identLabel] ?? container.name;
  const door = { engine, id: container.id, jobId: jobIdOf(container.labels), ident, hostPython };
  const { context, session, frames } = await enter(door, {}, positionOf);
  try {
    return { engine, id: container.id, session, frames, ...(await known(context, ident)) };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Long for one that runs. */
const answerSeconds = 60;

export interface Door {
  readonly engine: Engine;
  readonly id: string;
  readonly jobId: string;
  readonly ident: string;
  readonly hostPython: string;
}

/** Becomes the owner again, of a job whose streams were lost: its frames after a position. Rejects as `knock`. */
export async function comeBack(door: Door, position: DecoderPosition): Promise<OpenDoor> {
  return enter(door, { force: true, after: position.sequence }, () => position);
}

async function enter({ engine, id, jobId, ident, hostPython }: Door, request: AttachRequest, resume: (context: ContextPayload) => DecoderPosition): Promise<OpenDoor & { readonly context: ContextPayload }> {
  const attachment = await engine.exec(id, { command: connectorCommand(jobId, engine.supports.containers ? "python3" : hostPython) });
  const attendance: Attendance = { shook: () => session.shook, start: answerSeconds, late: () => lost(ident, `its first process does not answer within ${answerSeconds} s`), alive: () => pulse(engine) };
  const session: ShimSession = new ShimSession(attended(attachment, attendance), resume);
  try {
    await session.takeOver(request);
    const batches = session.frames()[Symbol.asyncIterator]();
    const first = await firstOf(batches, session, ident);
    const answer = first.find((frame) => frame.type === "context" || frame.type === "failed");
    if (answer?.type === "failed") throw new RunnerError("JOB_CONFLICT", `The job ${ident} has a runner, which is there.`);
    if (answer === undefined) throw lost(ident, "its first process does not say where it is");
    return { context: answer.data, session, frames: rest(first, batches) };
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function firstOf(batches: AsyncIterator<readonly Frame[]>, session: ShimSession, ident: string): Promise<readonly Frame[]> {
  for (;;) {
    const next = await batches.next();
    if (next.done === true) throw lost(ident, session.preamble === "" ? "its first process does not answer" : session.preamble);
    if (next.value.length > 0) return next.value;
  }
}

async function known(context: ContextPayload, ident: string): Promise<Pick<FoundJob, "planned" | "token" | "checkpoint">> {
  const job = readContext(context.context);
  const checkpoint = checkpointOf(context);
  if (job === undefined) throw lost(ident, "it was started by another version");
  if (checkpoint === undefined && context.after > 0) throw lost(ident, "it said more at once than can be gone on with");
  const sinkSettings = await readSinkSettings(job.plan.privateDataDir).catch(() => ({}));
  const planned: Planned = { plan: job.plan, secrets: new Map(), sensitive: job.sensitive, enginePlugins: [], engineSettings: {}, sinkSettings };
  return { planned, token: job.token, ...(checkpoint === undefined ? {} : { checkpoint }) };
}

function lost(ident: string, why: string): RunnerError {
  return new RunnerError("JOB_LOST", `Nobody can go on with the job ${ident}: ${why}.`);
}

async function* rest(first: readonly Frame[], batches: AsyncIterator<readonly Frame[]>): AsyncIterable<readonly Frame[]> {
  yield first;
  for (let next = await batches.next(); next.done !== true; next = await batches.next()) yield next.value;
}
