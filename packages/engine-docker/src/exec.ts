import type { CallOptions, ExecSession, ExecSpec } from "@distronode-runner/contract";
import { execBody, openExecSession, type Call, type ContainerNames, type ExecState, type OpenAttachments } from "@distronode-runner/engine-http";
import { refused } from "./messages.ts";
import type { Daemon } from "./ping.ts";

/** The part of an inspected process that is read. `Running` is true while the daemon still tries to start it; `Pid` stays when it has ended. */
interface InspectedExec {
  readonly Running: boolean;
  readonly ExitCode: number | null;
  readonly Pid: number;
}

/** What the engine knows of its containers. */
interface OpenContainers {
  readonly attachments: OpenAttachments;
  readonly names: ContainerNames;
}

/** Two calls: the process is described, then started over the connection that carries its streams. */
export async function startExec(daemon: Daemon, { attachments, names }: OpenContainers, container: string, spec: ExecSpec, options?: CallOptions): Promise<ExecSession> {
  const doing = `${spec.command[0] ?? "Nothing"} can not be started in container ${names.of(container)}`;
  const call = (method: Call["method"], path: string, body?: unknown): Call => ({ method, path: `/v${daemon.apiVersion}${path}`, body, signal: options?.signal });
  const created = await daemon.transport.request(call("POST", `/containers/${container}/exec`, execBody(spec)));
  if (created.status >= 400) throw refused(created, doing);
  const { Id: id } = JSON.parse(created.text) as { readonly Id: string };
  const connection = await daemon.transport.upgrade(call("POST", `/exec/${id}/start`, { Detach: false, Tty: false }));
  if (!connection.upgraded) throw refused(connection.answer, doing);
  return openExecSession(connection, {
    container,
    name: names.of(container),
    attachments,
    async inspect(later) {
      const answer = await daemon.transport.request({ ...call("GET", `/exec/${id}/json`), signal: later?.signal });
      if (answer.status === 404) return undefined;
      if (answer.status >= 400) throw refused(answer, doing);
      return toExecState(JSON.parse(answer.text) as InspectedExec);
    },
    refusal: ({ started, exitCode }, said) => (started || exitCode === undefined ? undefined : refused({ status: 400, text: said }, doing)),
  }, options);
}

function toExecState({ Running: running, ExitCode: exitCode, Pid: pid }: InspectedExec): ExecState {
  return { started: pid > 0, ...(running || exitCode === null ? {} : { exitCode }) };
}
