import { randomBytes } from "node:crypto";
import { RunnerError, type ContainerSummary, type Engine } from "@distronode-runner/contract";
import { artifactsLabel, identLabel, jobIdOf, readSinkSettings, type Planned } from "@distronode-runner/core";
import { connectorCommand, isFromShim, type AttachRequest, type AttachSecret, type ContextPayload, type DecoderPosition, type Frame } from "@distronode-runner/shim";
import { attended, type Attendance } from "../attended-streams.ts";
import { pulse } from "../engines/pulse.ts";
import { ShimSession } from "../shim-session.ts";
import { readAttachKey } from "./attach-key.ts";
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
  readonly attachKey: string;
  /** Undefined: nothing has been acknowledged, so everything comes again. */
  readonly checkpoint?: Checkpoint;
}

/**
 * Becomes the owner of the job in a container.
 *
 * @throws RunnerError `JOB_CONFLICT` if it has one that is there; `JOB_LOST` if nobody can go on with it
 */
export async function knock(engine: Engine, container: ContainerSummary, host: { readonly python: string; readonly uid: number }): Promise<FoundJob> {
  const ident = container.labels[identLabel] ?? container.name;
  const attachKey = await readAttachKey(container.labels[artifactsLabel] ?? "", host.uid);
  if (attachKey === undefined) throw lost(ident, "the key to it, attach.key, is not among its artifacts");
  const door = { engine, id: container.id, jobId: jobIdOf(container.labels), ident, hostPython: host.python, attachKey };
  const { context, session, frames } = await enter(door, {}, positionOf);
  try {
    return { engine, id: container.id, session, frames, attachKey, ...(await known(context, ident)) };
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
  readonly attachKey: string;
}

/** Seconds within which a job that runs has answered at its door. */
const patience = 30;

/** Becomes the owner again, of a job whose streams were lost: its frames after a position. Rejects as `knock`. */
export async function comeBack(door: Door, position: DecoderPosition): Promise<OpenDoor> {
  return enter(door, { force: true, after: position.sequence }, () => position);
}

async function enter({ engine, id, jobId, ident, hostPython, attachKey }: Door, request: AttachRequest, resume: (context: ContextPayload) => DecoderPosition): Promise<OpenDoor & { readonly context: ContextPayload }> {
  const attachment = await engine.exec(id, { command: connectorCommand(jobId, engine.supports.containers ? "python3" : hostPython) });
  let secret: AttachSecret | undefined;
  const attendance: Attendance = { shook: () => session.shook, start: answerSeconds, late: () => lost(ident, `its first process does not answer within ${answerSeconds} s`), alive: () => pulse(engine) };
  // The job may have put something in the shim's place: nothing that it says counts before the proof.
  const session: ShimSession = new ShimSession(attended(attachment, attendance), (context) => {
    if (secret === undefined || !isFromShim(secret, context.mac)) throw lost(ident, "what answers is not its first process");
    return resume(context);
  });
  const late = setTimeout(() => void session.close(), patience * 1000);
  try {
    const batches = session.frames()[Symbol.asyncIterator]();
    const challenge = (await firstOf(batches, session, ident)).find((frame) => frame.type === "challenge");
    if (challenge === undefined) throw lost(ident, "it was started by another version");
    secret = { jobId, key: attachKey, challenge: String(challenge.data.nonce), own: randomBytes(16).toString("hex") };
    await session.takeOver(secret, request);
    const first = await firstOf(batches, session, ident);
    const answer = first.find((frame) => frame.type === "context" || frame.type === "failed");
    if (answer?.type === "failed" && !isFromShim(secret, answer.data.mac)) throw lost(ident, "what answers is not its first process");
    if (answer?.type === "failed") throw new RunnerError("JOB_CONFLICT", `The job ${ident} has a runner, which is there.`);
    if (answer === undefined) throw lost(ident, "its first process does not say where it is");
    return { context: answer.data, session, frames: rest(first, batches) };
  } catch (error) {
    await session.close();
    throw error;
  } finally {
    clearTimeout(late);
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
