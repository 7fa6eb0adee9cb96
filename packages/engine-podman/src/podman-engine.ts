import {
  hasLabels,
  type Attachment,
  type CallOptions,
  type ContainerExit,
  type ContainerSpec,
  type ContainerSummary,
  type CreatedContainer,
  type Engine,
  type EngineInfo,
  type EngineSignal,
  type EngineSupports,
  type ExecSession,
  type ExecSpec,
  type Host,
  type ImageInfo,
  type Labels,
  type PullProgress,
  type PullRequest,
} from "@distronode-runner/contract";
import { AttachedStreams, ContainerNames, download, endedAttachment, localEngineLimits, lookUntil, OpenAttachments, pause, type Answer, type Call, type MessageRow } from "@distronode-runner/engine-http";
import { confirmEnd } from "./confirm-end.ts";
import type { Connection } from "./connect.ts";
import { createBody } from "./create-body.ts";
import { startExec } from "./exec.ts";
import { archiveMessages, refused } from "./messages.ts";
import { apiPrefix } from "./ping.ts";
import { proxiesOf } from "./proxies.ts";
import { pullImage } from "./pull.ts";
import { toExit, toImage, toPhase, toSummary, type InspectedContainer, type InspectedImage, type ListedContainer, type ListedImage } from "./records.ts";

/** An engine on a service that has answered. */
export async function openPodman(connection: Connection, host: Host): Promise<Engine> {
  const { rootless, endpoint } = connection.info;
  const local = endpoint.startsWith("/");
  return new PodmanEngine(connection, proxiesOf(host), {
    containers: true,
    sharedDisk: local,
    images: true,
    exec: true,
    archives: true,
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
  readonly proxies: Readonly<Record<string, string>>;
  readonly #connection: Connection;
  readonly #attachments = new OpenAttachments();
  readonly #names = new ContainerNames();
  /** Made here and not started yet: what attaches to these need not look what has become of them. */
  readonly #unstarted = new Set<string>();

  constructor(connection: Connection, proxies: Readonly<Record<string, string>>, supports: EngineSupports) {
    this.#connection = connection;
    this.proxies = proxies;
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
    await this.#connection.use((transport) => pullImage(transport, request, options));
    return (await this.image(request.reference, options)) ?? Promise.reject(refused({ status: 404, text: "image not known" }, "The image has gone right after its pull"));
  }

  async images(labels: Labels = {}, options?: CallOptions): Promise<readonly ImageInfo[]> {
    const answer = await this.#call({ method: "GET", path: "/images/json", signal: options?.signal });
    const listed = json<readonly ListedImage[]>(answer, "Images can not be listed");
    // Podman's own filter finds nothing when it is given several labels. The list has neither processor nor user.
    return this.#present(listed.filter((image) => hasLabels(image.Labels ?? {}, labels)).map(({ Id: id }) => id), options);
  }

  async removeImage(reference: string, options?: CallOptions & { readonly force?: boolean }): Promise<void> {
    const doing = `Image ${reference} can not be removed`;
    // Forced, podman would end running containers too.
    if (options?.force === true && (await this.#runs(reference, options))) throw refused({ status: 409, text: "image is in use by a container that runs" }, doing);
    const answer = await this.#call({ method: "DELETE", path: `/images/${reference}`, query: { force: options?.force ?? false }, signal: options?.signal });
    if (answer.status !== 404) accept(answer, doing);
  }

  save(reference: string, options?: CallOptions): AsyncIterable<Uint8Array> {
    const doing = `Image ${reference} can not be saved`;
    const call: Call = { method: "GET", path: `${apiPrefix}/images/${reference}/get`, query: { format: "docker-archive" }, signal: options?.signal };
    return download({ doing, ask: () => this.#connection.use((transport) => transport.stream(call)), refused: (answer) => refused(answer, doing) }, options);
  }

  async load(archive: AsyncIterable<Uint8Array>, options?: CallOptions): Promise<readonly ImageInfo[]> {
    const answer = await this.#call({ method: "POST", path: "/images/load", archive, signal: options?.signal });
    const { Names: names } = json<{ readonly Names: readonly string[] }>(answer, "The archive can not be loaded");
    return this.#present(names, options);
  }

  async create(spec: ContainerSpec, options?: CallOptions): Promise<CreatedContainer> {
    const answer = await this.#call({ method: "POST", path: "/containers/create", body: createBody(spec), signal: options?.signal });
    const { Id: id, Warnings: warnings } = json<{ Id: string; Warnings: string[] | null }>(answer, `Container ${spec.name} can not be created`);
    this.#unstarted.add(id);
    this.#names.keep(id, spec.name);
    return { id, warnings: warnings ?? [] };
  }

  async attach(id: string, options?: CallOptions): Promise<Attachment> {
    if (!this.#unstarted.has(id)) {
      // Attaching to a container that has exited would make a new one of it.
      const container = await this.#inspect(id, options);
      if (container !== undefined && toPhase(container.State.Status) === "exited") return endedAttachment();
    }
    const answer = await this.#connection.use((transport) =>
      transport.upgrade({
        method: "POST",
        path: `${apiPrefix}/containers/${id}/attach`,
        query: { stream: true, stdin: true, stdout: true, stderr: true },
        signal: options?.signal,
      }),
    );
    if (!answer.upgraded) throw refused({ ...answer.answer, text: this.#names.in(answer.answer.text) }, `Container ${this.#names.of(id)} can not be attached to`);
    const streams = new AttachedStreams(answer.input, answer.output, { confirmEnd: () => confirmEnd(() => this.#inspect(id), this.#names.of(id)) });
    this.#attachments.add(id, streams);
    return streams;
  }

  async start(id: string, options?: CallOptions): Promise<void> {
    this.#unstarted.delete(id);
    const answer = await this.#call({ method: "POST", path: `/containers/${id}/start`, signal: options?.signal });
    if (answer.status !== 304) accept(answer, `Container ${this.#names.of(id)} can not be started`);
  }

  exec(id: string, spec: ExecSpec, options?: CallOptions): Promise<ExecSession> {
    return startExec(this.#connection, { attachments: this.#attachments, names: this.#names }, id, spec, options);
  }

  async put(id: string, directory: string, archive: AsyncIterable<Uint8Array>, options?: CallOptions): Promise<void> {
    const doing = `Nothing can be put into ${directory} of container ${this.#names.of(id)}`;
    await this.#settled(id, options);
    const call = { path: `/containers/${id}/archive`, query: { path: directory }, signal: options?.signal };
    // Podman would make a directory that is not there.
    const { status } = await this.#call({ ...call, method: "HEAD" });
    if (status >= 400) accept(await this.#call({ ...call, method: "GET" }), doing, archiveMessages);
    accept(await this.#call({ ...call, method: "PUT", archive }), doing, archiveMessages);
  }

  async *get(id: string, path: string, options?: CallOptions): AsyncIterable<Uint8Array> {
    const doing = `${path} of container ${this.#names.of(id)} can not be fetched`;
    await this.#settled(id, options);
    const call: Call = { method: "GET", path: `${apiPrefix}/containers/${id}/archive`, query: { path }, signal: options?.signal };
    yield* download({ doing, ask: () => this.#connection.use((transport) => transport.stream(call)), refused: (answer) => refused(answer, doing, archiveMessages) }, options);
  }

  /** Looks again and again, and at once when the container's streams end: libpod's own `wait` does the same, but a quarter of a second apart. */
  async wait(id: string, options?: CallOptions): Promise<ContainerExit> {
    const streams = this.#attachments.of(id);
    return lookUntil(async () => {
      const container = await this.#inspect(id, options);
      if (container === undefined) throw refused({ status: 404, text: "no such container" }, `Container ${this.#names.of(id)} can not be waited for`);
      return toExit(container);
    }, { signal: options?.signal, sooner: streams.length === 0 ? undefined : Promise.race(streams.map((stream) => stream.ended)) });
  }

  async signal(id: string, signal: EngineSignal, options?: CallOptions): Promise<void> {
    if (signal === "SIGKILL") this.#attachments.release(id);
    const answer = await this.#call({ method: "POST", path: `/containers/${id}/kill`, query: { signal }, signal: options?.signal });
    if (answer.status < 400 || isGone(answer)) return;
    if (!/container state improper|can only kill running/.test(answer.text)) throw refused(answer, `Container ${this.#names.of(id)} can not be sent ${signal}`);
  }

  async remove(id: string, options?: CallOptions): Promise<void> {
    this.#attachments.release(id);
    this.#unstarted.delete(id);
    // Without timeout=0 podman gives the container ten seconds to end by itself.
    const answer = await this.#call({ method: "DELETE", path: `/containers/${id}`, query: { force: true, timeout: 0, v: true }, signal: options?.signal });
    if (!isGone(answer)) accept(answer, `Container ${this.#names.of(id)} can not be removed`);
    this.#attachments.endSoon(id);
    this.#names.forget(id);
  }

  async list(labels: Labels, options?: CallOptions): Promise<readonly ContainerSummary[]> {
    const answer = await this.#call({ method: "GET", path: "/containers/json", query: { all: true, filters: filterBy(labels) }, signal: options?.signal });
    return json<ListedContainer[]>(answer, "Containers can not be listed").map(toSummary);
  }

  async close(): Promise<void> {
    await this.#attachments.close();
    await this.#connection.close();
  }

  /** One that goes meanwhile is left out. */
  async #present(references: readonly string[], options?: CallOptions): Promise<readonly ImageInfo[]> {
    const found = await Promise.all(references.map((reference) => this.image(reference, options)));
    return found.filter((image) => image !== undefined);
  }

  async #runs(image: string, options: CallOptions): Promise<boolean> {
    const filters = JSON.stringify({ ancestor: [image], status: ["running"] });
    return json<unknown[]>(await this.#call({ method: "GET", path: "/containers/json", query: { filters }, signal: options.signal }), "Containers can not be listed").length > 0;
  }

  /** While podman cleans up after an exit it answers with archives that are empty. */
  async #settled(id: string, options?: CallOptions): Promise<void> {
    await lookUntil(async () => (await this.#inspect(id, options))?.State.Status !== "stopped" || undefined, { signal: options?.signal, patience: 2000 });
  }

  async #inspect(id: string, options?: CallOptions): Promise<InspectedContainer | undefined> {
    const look = (): Promise<Answer> => this.#call({ method: "GET", path: `/containers/${id}/json`, signal: options?.signal });
    let answer = await look();
    // Podman reads the process's cgroup as it answers, and trips when the process ends in that moment. The next look sees the end.
    for (let turn = 0; turn < 20 && endedMeanwhile(answer); turn += 1) {
      await pause(5, options?.signal);
      answer = await look();
    }
    return isGone(answer) ? undefined : json<InspectedContainer>(answer, `Container ${this.#names.of(id)} can not be inspected`);
  }

  async #call(call: Call): Promise<Answer> {
    const answer = await this.#connection.use((transport) => transport.request({ ...call, path: `${apiPrefix}${call.path}` }));
    return answer.status < 400 ? answer : { ...answer, text: this.#names.in(answer.text) };
  }
}

function filterBy(labels: Labels): string {
  return JSON.stringify({ label: Object.entries(labels).map(([name, value]) => (value === "" ? name : `${name}=${value}`)) });
}

/** 404, or 500 when it disappears while libpod looks at it. */
function endedMeanwhile(answer: Answer): boolean {
  return answer.status === 500 && /\/proc\/\d+\/\S*: no such (process|file)/.test(answer.text);
}

function isGone(answer: Answer): boolean {
  return answer.status === 404 || (answer.status >= 400 && refused(answer, "").code === "CONTAINER_NOT_FOUND");
}

function accept(answer: Answer, doing: string, messages?: readonly MessageRow[]): void {
  if (answer.status >= 400) throw refused(answer, doing, messages);
}

function json<T>(answer: Answer, doing: string): T {
  accept(answer, doing);
  return JSON.parse(answer.text) as T;
}
