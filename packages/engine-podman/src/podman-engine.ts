import type {
  Attachment,
  CallOptions,
  ContainerExit,
  ContainerSpec,
  ContainerSummary,
  CreatedContainer,
  Engine,
  EngineInfo,
  EngineSignal,
  EngineSupports,
  Host,
  ImageInfo,
  Labels,
  PullProgress,
  PullRequest,
} from "@distronode-runner/contract";
import { AttachedStreams, localEngineLimits, pause, type Answer, type Call } from "@distronode-runner/engine-http";
import { confirmEnd } from "./confirm-end.ts";
import type { Connection } from "./connect.ts";
import { createBody } from "./create-body.ts";
import { refused } from "./messages.ts";
import { apiPrefix } from "./ping.ts";
import { pullImage } from "./pull.ts";
import { toExit, toImage, toSummary, type InspectedContainer, type InspectedImage, type ListedContainer } from "./records.ts";

/** Longest pause between two looks at a container that is waited for. */
const slowestLook = 500;

/** An engine on a service that has answered. */
export async function openPodman(connection: Connection, host: Host): Promise<Engine> {
  const { rootless, endpoint } = connection.info;
  const local = endpoint.startsWith("/");
  return new PodmanEngine(connection, {
    containers: true,
    sharedDisk: local,
    listAcrossProcesses: true,
    limits: Object.freeze(await localEngineLimits({ rootless, uid: host.uid })),
    insecurePull: true,
    overlayMounts: true,
    rootIsCaller: local && (rootless || host.uid === 0),
  });
}

class PodmanEngine implements Engine {
  readonly name = "podman";
  readonly supports: EngineSupports;
  readonly #connection: Connection;
  readonly #attachments = new Map<string, Set<AttachedStreams>>();

  constructor(connection: Connection, supports: EngineSupports) {
    this.#connection = connection;
    this.supports = Object.freeze(supports);
  }

  info(options?: CallOptions): Promise<EngineInfo> {
    options?.signal?.throwIfAborted();
    return Promise.resolve(this.#connection.info);
  }

  async image(reference: string, options?: CallOptions): Promise<ImageInfo | undefined> {
    const answer = await this.#call({ method: "GET", path: `/images/${reference}/json`, signal: options?.signal });
    if (answer.status === 404) return undefined;
    return toImage(json<InspectedImage>(answer, `Image ${reference} can not be inspected`), reference);
  }

  async pull(request: PullRequest, options?: CallOptions & { readonly onProgress?: (progress: PullProgress) => void }): Promise<ImageInfo> {
    await pullImage(await this.#connection.transport(), request, options);
    return (await this.image(request.reference, options)) ?? Promise.reject(refused({ status: 404, text: "image not known" }, "The image has gone right after its pull"));
  }

  async create(spec: ContainerSpec, options?: CallOptions): Promise<CreatedContainer> {
    const answer = await this.#call({ method: "POST", path: "/containers/create", body: createBody(spec), signal: options?.signal });
    const { Id: id, Warnings: warnings } = json<{ Id: string; Warnings: string[] | null }>(answer, `Container ${spec.name} can not be created`);
    return { id, warnings: warnings ?? [] };
  }

  async attach(id: string, options?: CallOptions): Promise<Attachment> {
    const transport = await this.#connection.transport();
    const answer = await transport.upgrade({
      method: "POST",
      path: `${apiPrefix}/containers/${id}/attach`,
      query: { stream: true, stdin: true, stdout: true, stderr: true },
      signal: options?.signal,
    });
    if (!answer.upgraded) throw refused(answer.answer, `Container ${id} can not be attached to`);
    const streams = new AttachedStreams(answer.input, answer.output, { confirmEnd: () => confirmEnd(() => this.#inspect(id), id) });
    this.#remember(id, streams);
    return streams;
  }

  async start(id: string, options?: CallOptions): Promise<void> {
    const answer = await this.#call({ method: "POST", path: `/containers/${id}/start`, signal: options?.signal });
    if (answer.status !== 304) accept(answer, `Container ${id} can not be started`);
  }

  /**
   * Looks again and again, each time after a longer pause, and at once when the container's streams end: libpod's own `wait` does the
   * same, but a quarter of a second apart.
   */
  async wait(id: string, options?: CallOptions): Promise<ContainerExit> {
    let delay = 2;
    const streams = [...(this.#attachments.get(id) ?? [])];
    let ended: Promise<unknown> | undefined = streams.length === 0 ? undefined : Promise.race(streams.map((stream) => stream.ended)).then(() => {
      delay = 2;
      ended = undefined;
    });
    for (;;) {
      const container = await this.#inspect(id, options);
      if (container === undefined) throw refused({ status: 404, text: "no such container" }, `Container ${id} can not be waited for`);
      const exit = toExit(container);
      if (exit !== undefined) return exit;
      await pause(delay, options?.signal, ended);
      delay = Math.min(delay * 1.5, slowestLook);
    }
  }

  async signal(id: string, signal: EngineSignal, options?: CallOptions): Promise<void> {
    const answer = await this.#call({ method: "POST", path: `/containers/${id}/kill`, query: { signal }, signal: options?.signal });
    if (answer.status < 400 || answer.status === 404) return;
    if (!/container state improper|can only kill running/.test(answer.text)) throw refused(answer, `Container ${id} can not be sent ${signal}`);
  }

  async remove(id: string, options?: CallOptions): Promise<void> {
    for (const streams of this.#attachments.get(id) ?? []) streams.release();
    // Without timeout=0 podman gives the container ten seconds to end by itself.
    const answer = await this.#call({ method: "DELETE", path: `/containers/${id}`, query: { force: true, timeout: 0, v: true }, signal: options?.signal });
    if (answer.status !== 404) accept(answer, `Container ${id} can not be removed`);
  }

  async list(labels: Labels, options?: CallOptions): Promise<readonly ContainerSummary[]> {
    const label = Object.entries(labels).map(([name, value]) => (value === "" ? name : `${name}=${value}`));
    const answer = await this.#call({ method: "GET", path: "/containers/json", query: { all: true, filters: JSON.stringify({ label }) }, signal: options?.signal });
    return json<ListedContainer[]>(answer, "Containers can not be listed").map(toSummary);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#attachments.values()].flatMap((set) => [...set]).map((streams) => streams.close()));
    await this.#connection.close();
  }

  async #inspect(id: string, options?: CallOptions): Promise<InspectedContainer | undefined> {
    const answer = await this.#call({ method: "GET", path: `/containers/${id}/json`, signal: options?.signal });
    return answer.status === 404 ? undefined : json<InspectedContainer>(answer, `Container ${id} can not be inspected`);
  }

  #remember(id: string, streams: AttachedStreams): void {
    const all = this.#attachments.get(id) ?? new Set();
    this.#attachments.set(id, all.add(streams));
    void streams.ended.then(() => {
      all.delete(streams);
      if (all.size === 0) this.#attachments.delete(id);
    });
  }

  async #call(call: Call): Promise<Answer> {
    const transport = await this.#connection.transport();
    return transport.request({ ...call, path: `${apiPrefix}${call.path}` });
  }
}

function accept(answer: Answer, doing: string): void {
  if (answer.status >= 400) throw refused(answer, doing);
}

function json<T>(answer: Answer, doing: string): T {
  accept(answer, doing);
  return JSON.parse(answer.text) as T;
}
