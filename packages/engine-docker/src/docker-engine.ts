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
  ExecSession,
  ExecSpec,
  Host,
  ImageInfo,
  Labels,
  PullProgress,
  PullRequest,
} from "@distronode-runner/contract";
import { AttachedStreams, ContainerNames, download, endedAttachment, localEngineLimits, OpenAttachments, pause, type Answer, type Call, type StreamAnswer } from "@distronode-runner/engine-http";
import { createBody, createWarnings } from "./create-body.ts";
import { confirmEnd } from "./confirm-end.ts";
import { loadImages } from "./load.ts";
import { startExec } from "./exec.ts";
import { refused } from "./messages.ts";
import type { Daemon } from "./ping.ts";
import { pullImage } from "./pull.ts";
import { toImage, toPhase, toSummary, type InspectedContainer, type InspectedImage, type ListedContainer } from "./records.ts";
import { securityOptions } from "./security-options.ts";
import { waitForExit } from "./wait.ts";

/** An engine on a connection that has answered. */
export async function openDocker(daemon: Daemon, host: Host, proxies: Readonly<Record<string, string>>, options?: CallOptions): Promise<Engine> {
  const { rootless } = daemon.info;
  const local = daemon.transport.endpoint.kind === "unix";
  options?.signal?.throwIfAborted();
  return new DockerEngine(daemon, proxies, {
    containers: true,
    sharedDisk: local,
    images: true,
    exec: true,
    archives: true,
    listAcrossProcesses: true,
    limits: Object.freeze(await localEngineLimits({ rootless, uid: host.uid })),
    insecurePull: false,
    overlayMounts: false,
    rootIsCaller: local && (rootless || host.uid === 0),
  });
}

class DockerEngine implements Engine {
  readonly name = "docker";
  readonly supports: EngineSupports;
  readonly proxies: Readonly<Record<string, string>>;
  readonly #daemon: Daemon;
  readonly #attachments = new OpenAttachments();
  readonly #names = new ContainerNames();
  /** Made here and not started yet: what attaches to these need not look what has become of them. */
  readonly #unstarted = new Set<string>();

  constructor(daemon: Daemon, proxies: Readonly<Record<string, string>>, supports: EngineSupports) {
    this.#daemon = daemon;
    this.proxies = proxies;
    this.supports = Object.freeze(supports);
  }

  info(options?: CallOptions): Promise<EngineInfo> {
    options?.signal?.throwIfAborted();
    return Promise.resolve(this.#daemon.info);
  }

  async image(reference: string, options?: CallOptions): Promise<ImageInfo | undefined> {
    const answer = await this.#call({ method: "GET", path: `/images/${reference}/json`, signal: options?.signal });
    if (answer.status === 404) return undefined;
    return toImage(json<InspectedImage>(answer, `Image ${reference} can not be inspected`), reference);
  }

  async pull(request: PullRequest, options?: CallOptions & { readonly onProgress?: (progress: PullProgress) => void }): Promise<ImageInfo> {
    await pullImage(this.#daemon, request, options);
    return (await this.image(request.reference, options)) ?? Promise.reject(refused({ status: 404, text: `No such image: ${request.reference}` }, "The image has gone right after its pull"));
  }

  async images(labels: Labels = {}, options?: CallOptions): Promise<readonly ImageInfo[]> {
    const answer = await this.#call({ method: "GET", path: "/images/json", query: { filters: filterBy(labels) }, signal: options?.signal });
    // The list has neither processor nor user.
    return this.#present(json<readonly { readonly Id: string }[]>(answer, "Images can not be listed").map(({ Id: id }) => id), options);
  }

  async removeImage(reference: string, options?: CallOptions & { readonly force?: boolean }): Promise<void> {
    const answer = await this.#call({ method: "DELETE", path: `/images/${reference}`, query: { force: options?.force ?? false }, signal: options?.signal });
    if (answer.status !== 404) accept(answer, `Image ${reference} can not be removed`);
  }

  save(reference: string, options?: CallOptions): AsyncIterable<Uint8Array> {
    const doing = `Image ${reference} can not be saved`;
    const ask = (): Promise<StreamAnswer> => this.#daemon.transport.stream({ method: "GET", path: this.#path(`/images/${reference}/get`), signal: options?.signal });
    return download({ doing, ask, refused: (answer) => refused(answer, doing) }, options);
  }

  async load(archive: AsyncIterable<Uint8Array>, options?: CallOptions): Promise<readonly ImageInfo[]> {
    return this.#present(await loadImages(this.#daemon, archive, options), options);
  }

  async create(spec: ContainerSpec, options?: CallOptions): Promise<CreatedContainer> {
    const answer = await this.#call({
      method: "POST",
      path: "/containers/create",
      query: { name: spec.name, platform: spec.platform },
      body: createBody({ ...spec, ...(await securityOptions(spec)) }),
      signal: options?.signal,
    });
    const { Id: id, Warnings: warnings } = json<{ Id: string; Warnings: string[] | null }>(answer, `Container ${spec.name} can not be created`);
    this.#unstarted.add(id);
    this.#names.keep(id, spec.name);
    return { id, warnings: [...createWarnings(spec), ...(warnings ?? [])] };
  }

  async attach(id: string, options?: CallOptions): Promise<Attachment> {
    if (!this.#unstarted.has(id)) {
      // The daemon would wait for the container to be started again.
      const container = await this.#inspect(id, options);
      if (container !== undefined && toPhase(container.State.Status) === "exited") return endedAttachment();
    }
    const answer = await this.#daemon.transport.upgrade({
      method: "POST",
      path: this.#path(`/containers/${id}/attach`),
      query: { stream: 1, stdin: 1, stdout: 1, stderr: 1 },
      signal: options?.signal,
    });
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
    return startExec(this.#daemon, { attachments: this.#attachments, names: this.#names }, id, spec, options);
  }

  async put(id: string, directory: string, archive: AsyncIterable<Uint8Array>, options?: CallOptions): Promise<void> {
    accept(await this.#call({ method: "PUT", path: `/containers/${id}/archive`, query: { path: directory }, archive, signal: options?.signal }), `Nothing can be put into ${directory} of container ${this.#names.of(id)}`);
  }

  get(id: string, path: string, options?: CallOptions): AsyncIterable<Uint8Array> {
    const doing = `${path} of container ${this.#names.of(id)} can not be fetched`;
    const call: Call = { method: "GET", path: this.#path(`/containers/${id}/archive`), query: { path }, signal: options?.signal };
    return download({ doing, ask: () => this.#daemon.transport.stream(call), refused: (answer) => refused(answer, doing) }, options);
  }

  wait(id: string, options?: CallOptions): Promise<ContainerExit> {
    return waitForExit(this.#daemon, id, this.#names, options);
  }

  async signal(id: string, signal: EngineSignal, options?: CallOptions): Promise<void> {
    if (signal === "SIGKILL") this.#attachments.release(id);
    const answer = await this.#call({ method: "POST", path: `/containers/${id}/kill`, query: { signal }, signal: options?.signal });
    // 409: it does not run.
    if (answer.status !== 404 && answer.status !== 409) accept(answer, `Container ${this.#names.of(id)} can not be sent ${signal}`);
  }

  async remove(id: string, options?: CallOptions): Promise<void> {
    this.#attachments.release(id);
    this.#unstarted.delete(id);
    const answer = await this.#call({ method: "DELETE", path: `/containers/${id}`, query: { force: true, v: true }, signal: options?.signal });
    // 409: another call is removing it; when it has done so, the container is not found.
    if (answer.status === 409) while ((await this.#inspect(id, options)) !== undefined) await pause(20, options?.signal);
    else if (answer.status !== 404) accept(answer, `Container ${this.#names.of(id)} can not be removed`);
    this.#attachments.endSoon(id);
    this.#names.forget(id);
  }

  async list(labels: Labels, options?: CallOptions): Promise<readonly ContainerSummary[]> {
    const answer = await this.#call({ method: "GET", path: "/containers/json", query: { all: true, filters: filterBy(labels) }, signal: options?.signal });
    return json<ListedContainer[]>(answer, "Containers can not be listed").map(toSummary);
  }

  async close(): Promise<void> {
    await this.#attachments.close();
    await this.#daemon.transport.close();
  }

  /** One that goes meanwhile is left out. */
  async #present(references: readonly string[], options?: CallOptions): Promise<readonly ImageInfo[]> {
    const found = await Promise.all(references.map((reference) => this.image(reference, options)));
    return found.filter((image) => image !== undefined);
  }

  async #inspect(id: string, options?: CallOptions): Promise<InspectedContainer | undefined> {
    const answer = await this.#call({ method: "GET", path: `/containers/${id}/json`, signal: options?.signal });
    return answer.status === 404 ? undefined : json<InspectedContainer>(answer, `Container ${this.#names.of(id)} can not be inspected`);
  }

  async #call(call: Call): Promise<Answer> {
    const answer = await this.#daemon.transport.request({ ...call, path: this.#path(call.path) });
    return answer.status < 400 ? answer : { ...answer, text: this.#names.in(answer.text) };
  }

  #path(path: string): string {
    return `/v${this.#daemon.apiVersion}${path}`;
  }
}

function filterBy(labels: Labels): string {
  return JSON.stringify({ label: Object.entries(labels).map(([name, value]) => (value === "" ? name : `${name}=${value}`)) });
}

function accept(answer: Answer, doing: string): void {
  if (answer.status >= 400) throw refused(answer, doing);
}

function json<T>(answer: Answer, doing: string): T {
  accept(answer, doing);
  return JSON.parse(answer.text) as T;
}
