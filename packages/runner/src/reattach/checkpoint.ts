import type { ArtifactSizes } from "@distronode-runner/contract";
import type { ContextPayload, DecoderPosition, ReadyPayload } from "@distronode-runner/shim";
import type { RecorderState } from "../events/job-recorder.ts";
import type { ToolExit } from "../lifecycle/states.ts";

/**
 * All that a runner knows of a job between two frames, when everything before is on disk. It travels with the acknowledgement into the shim's memory, and from
 * there to whoever goes on for this runner: it may hold parts of secrets, so it is in no file.
 */
export interface Checkpoint {
  readonly frames: DecoderPosition;
  readonly recorder: RecorderState;
  readonly artifacts: ArtifactSizes;
  /** Number of the journal's last entry. */
  readonly entries: number;
  /** Its checksum; missing from versions before there were any. */
  readonly sum?: number;
  /** Entries up to that one that are about to be said again, counted by kind: this runner has not come to where another had been. */
  readonly repeated: Readonly<Record<string, number>>;
  readonly exit?: ToolExit;
  readonly question?: string;
  readonly shim?: ReadyPayload;
  /** Process of the tool, as the shim sees it. */
  readonly tool?: number;
  /** When the tool was started: seconds since 1970 by the shim's clock. */
  readonly started?: number;
  /** Times that the job has changed hands. */
  readonly handovers: number;
}

/** A state larger than this waits until it is smaller: a long event is about to end. */
export const stateLimit: number = 64 * 1024;
/** More than this is acknowledged all the same, without a state: from there on nobody could go on, but the shim has room. */
export const unstoredLimit: number = 512 * 1024 * 1024;

/** Frames from the first: nothing has been acknowledged. */
const beginning: DecoderPosition = { sequence: 0, checksum: 0, stdout: 0, stderr: 0, event: 0 };

/** Where to go on; undefined if nobody can. */
export function checkpointOf({ after, state }: ContextPayload): Checkpoint | undefined {
  return state === "" || after === 0 ? undefined : (JSON.parse(state) as Checkpoint);
}

export function positionOf(context: ContextPayload): DecoderPosition {
  return checkpointOf(context)?.frames ?? beginning;
}
