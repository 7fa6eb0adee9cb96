import { RunnerError, type CallOptions, type ExecSession } from "@distronode-runner/contract";
import { AttachedStreams } from "./attached-streams.ts";
import { lookUntil } from "./look-until.ts";
import type { OpenAttachments } from "./open-attachments.ts";
import type { UpgradeAnswer } from "./transport.ts";

/** What an engine says of a process that was started by `exec`. */
export interface ExecState {
  /** The process runs, or is known to have run. */
  readonly started: boolean;
  /** Once it has ended; also when it could not be started. */
  readonly exitCode?: number;
}

/** How one engine is asked about it. */
export interface ExecInquiry {
  readonly container: string;
  /** As messages call it. */
  readonly name: string;
  readonly attachments: OpenAttachments;
  /** Undefined: it is not known any more, because its container is gone. */
  readonly inspect: (options?: CallOptions) => Promise<ExecState | undefined>;
  /** Asked when the streams have ended before the process was seen to run: the error, if what they said is the engine's word that it could not be started. */
  readonly refusal: (state: ExecState, said: string) => RunnerError | undefined;
}

/** How long a process may take from the end of its streams to its exit. */
const patience = 2000;

/**
 * The session on a connection that carries its streams. Engines open that connection first and tell a start that fails over it, as if the process
 * had said so; here it is an error.
 */
export async function openExecSession(connection: UpgradeAnswer & { readonly upgraded: true }, inquiry: ExecInquiry, options?: CallOptions): Promise<ExecSession> {
  const look = async (call?: CallOptions): Promise<ExecState> => (await inquiry.inspect(call)) ?? Promise.reject(gone(inquiry.name));
  const confirmEnd = async (): Promise<void> => {
    const ended = await lookUntil(async () => (await inquiry.inspect().then((state) => state === undefined || state.exitCode !== undefined)) || undefined, { patience });
    if (ended === undefined) throw new RunnerError("ENGINE_UNAVAILABLE", `The streams of a process in container ${inquiry.name} have ended although it has not.`);
  };
  const streams = new AttachedStreams(connection.input, connection.output, { confirmEnd });
  inquiry.attachments.add(inquiry.container, streams);
  try {
    await lookUntil(async () => {
      const ended = streams.hasEnded;
      const state = await look(options);
      if (state.started) return true;
      if (!ended) return undefined;
      const refusal = inquiry.refusal(state, streams.unread());
      if (refusal !== undefined) throw refusal;
      return state.exitCode === undefined ? undefined : true;
    }, { signal: options?.signal, sooner: streams.ended });
  } catch (error) {
    await streams.close();
    throw error;
  }
  return {
    write: (bytes) => streams.write(bytes),
    end: () => streams.end(),
    output: streams.output,
    close: () => streams.close(),
    wait: (call) => lookUntil(async () => (await look(call)).exitCode, { signal: call?.signal, sooner: streams.ended }),
  };
}

function gone(container: string): RunnerError {
  return new RunnerError("CONTAINER_NOT_FOUND", `Container ${container} was removed, and with it what is known of its processes.`);
}
