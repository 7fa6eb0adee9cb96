import {
  hasLabels,
  RunnerError,
  withoutImageStore,
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
  type Host,
  type ImageInfo,
  type ImageStore,
  type Labels,
} from "@distronode-runner/contract";
import { JobProcess } from "./job-process.ts";
import { prepareSandbox } from "./sandbox/prepare.ts";

const supports: EngineSupports = Object.freeze({
  containers: false,
  sharedDisk: true,
  images: false,
  listAcrossProcesses: false,
  limits: Object.freeze({ memory: false, cpus: false, pids: false }),
  insecurePull: false,
  overlayMounts: false,
  rootIsCaller: true,
});

/** A "container" is a process group here, in a sandbox if there is an executable for it; image, mounts and user of the specification have no meaning. */
export class ProcessEngine implements Engine {
  readonly name: string;
  readonly supports: EngineSupports = supports;
  readonly #info: EngineInfo;
  readonly #none: ImageStore;
  readonly #host: Host;
  readonly #sandboxExecutable: string | undefined;
  readonly #jobs = new Map<string, JobProcess>();

  constructor(info: EngineInfo, host: Host, sandboxExecutable?: string) {
    this.name = info.name;
    this.#none = withoutImageStore(info.name);
    this.#info = info;
    this.#host = host;
    this.#sandboxExecutable = sandboxExecutable;
  }

  async info(options?: CallOptions): Promise<EngineInfo> {
    options?.signal?.throwIfAborted();
    return this.#info;
  }

  async image(reference: string, options?: CallOptions): Promise<ImageInfo> {
    options?.signal?.throwIfAborted();
    return { id: "host", references: [reference], labels: {} };
  }

  pull(): Promise<ImageInfo> {
    return Promise.reject(new RunnerError("ENGINE_INCOMPATIBLE", "The process engine has no images to pull.", { hint: "Run the job in a container to use an image." }));
  }

  images(): Promise<readonly ImageInfo[]> {
    return this.#none.images();
  }

  removeImage(reference: string): Promise<void> {
    return this.#none.removeImage(reference);
  }

  save(reference: string): AsyncIterable<Uint8Array> {
    return this.#none.save(reference);
  }

  load(archive: AsyncIterable<Uint8Array>): Promise<readonly ImageInfo[]> {
    return this.#none.load(archive);
  }

  async create(spec: ContainerSpec, options?: CallOptions): Promise<CreatedContainer> {
    options?.signal?.throwIfAborted();
    if ([...this.#jobs.values()].some((job) => job.spec.name === spec.name)) {
      throw new RunnerError("CONTAINER_CONFLICT", `A job with the name ${spec.name} exists already.`, { hint: "Choose another ident, or wait for the other job." });
    }
    const id = this.#host.uuid();
    const executable = this.#sandboxExecutable;
    if (executable === undefined) {
      this.#jobs.set(id, new JobProcess(spec, this.#host));
      return { id, warnings: [] };
    }
    if (spec.sandbox === undefined) throw new RunnerError("INTERNAL", "A sandbox was asked for without saying what it shows.");
    const sandbox = await prepareSandbox(spec.sandbox);
    this.#jobs.set(id, new JobProcess({ ...spec, command: [executable, ...sandbox.arguments, ...spec.command] }, this.#host, () => sandbox.release()));
    return { id, warnings: sandbox.warnings };
  }

  async attach(id: string, options?: CallOptions): Promise<Attachment> {
    options?.signal?.throwIfAborted();
    return this.#job(id).attach();
  }

  async start(id: string, options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    await this.#job(id).start();
  }

  async wait(id: string, options?: CallOptions): Promise<ContainerExit> {
    return abortable(this.#job(id).exit, options?.signal);
  }

  async signal(id: string, signal: EngineSignal, options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    this.#jobs.get(id)?.signal(signal);
  }

  async remove(id: string, options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    await job.stop();
    this.#jobs.delete(id);
    await job.release();
  }

  async list(labels: Labels, options?: CallOptions): Promise<readonly ContainerSummary[]> {
    options?.signal?.throwIfAborted();
    const matching = [...this.#jobs].filter(([, job]) => hasLabels(job.spec.labels, labels));
    return matching.map(([id, job]) => ({ id, name: job.spec.name, phase: job.phase, labels: job.spec.labels, image: job.spec.image }));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #job(id: string): JobProcess {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new RunnerError("CONTAINER_NOT_FOUND", `There is no job process ${id}.`);
    return job;
  }
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
