import type { CallOptions, ExecSession, ExecSpec } from "@distronode-runner/contract";
import { execBody, openExecSession, type Call, type ContainerNames, type ExecState, type OpenAttachments } from "@distronode-runner/engine-http";
import type { Connection } from "./connect.ts";
import { refused } from "./messages.ts";
import { apiPrefix } from "./ping.ts";

/** The part of an inspected process that is read. Before its start it looks like one that has ended with 0. */
interface InspectedExec {
  readonly Running: boolean;
  readonly ExitCode: number;
}

/** What the engine knows of its containers. */
interface OpenContainers {
  readonly attachments: OpenAttachments;
  readonly names: ContainerNames;
}

/** Two calls: the process is described, then started over the connection that carries its streams. */
export async function startExec(connection: Connection, { attachments, names }: OpenContainers, container: string, spec: ExecSpec, options?: CallOptions): Promise<ExecSession> {
  const doing = `${spec.command[0] ?? "Nothing"} can not be started in container ${names.of(container)}`;
  const call = (method: Call["method"], path: string, body?: unknown): Call => ({ method, path: `${apiPrefix}${path}`, body, signal: options?.signal });
  const created = await connection.use((transport) => transport.request(call("POST", `/containers/${container}/exec`, execBody(spec))));
  if (created.status >= 400) throw refused(created, doing);
  const { Id: id } = JSON.parse(created.text) as { readonly Id: string };
  const streams = await connection.use((transport) => transport.upgrade(call("POST", `/exec/${id}/start`, { Detach: false, Tty: false })));
  if (!streams.upgraded) throw refused(streams.answer, doing);
  return openExecSession(streams, {
    container,
    name: names.of(container),
    attachments,
    async inspect(later) {
      const answer = await connection.use((transport) => transport.request({ ...call("GET", `/exec/${id}/json`), signal: later?.signal }));
      if (answer.status === 404) return undefined;
      if (answer.status >= 400) throw refused(answer, doing);
      return toExecState(JSON.parse(answer.text) as InspectedExec);
    },
    // Not by its exit code, which may be recorded a moment later.
    refusal: (_state, said) => (/^Error: .*(exec failed|OCI )/.test(said) ? refused({ status: 400, text: said.replace(/\nError: read unixpacket .*/, "") }, doing) : undefined),
  }, options);
}

function toExecState({ Running: running, ExitCode: exitCode }: InspectedExec): ExecState {
  return { started: running, ...(running ? {} : { exitCode }) };
}
