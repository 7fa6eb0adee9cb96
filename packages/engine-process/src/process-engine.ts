import {
  abortable,
  hasLabels,
  RunnerError,
  withoutOptionalVerbs,
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
  type OptionalVerbs,
} from "@distronode-runner/contract";
import { execBeside } from "./exec-process.ts";
import { endForeign, signalForeign, waitForForeign } from "./foreign-job.ts";
import { JobProcess, endedAttachment } from "./job-process.ts";
import { JobRecords, phaseOf, type JobRecord } from "./job-records.ts";
import { identify } from "./process-identity.ts";
import { prepareSandbox } from "./sandbox/prepare.ts";

const supports: EngineSupports = Object.freeze({
  containers: false,
  sharedDisk: true,
  images: false,
  exec: false,
  archives: false,
  listAcrossProcesses: false,
  limits: Object.freeze({ memory: false, cpus: false, pids: false }),
  insecurePull: false,
  overlayMounts: false,
  rootIsCaller: true,
});

interface OwnJob {
  readonly process: JobProcess;
  /** Frees what was made for it alone. */
  readonly release?: () => Promise<void>;
}

/**
 * A "container" is a process group here, in a sandbox if there is an executable for it; image, mounts and user of the specification have no meaning.
 * Jobs on the host are recorded, so that other processes find them, for which it needs `/proc`; those in a sandbox end with their creator.
 */
export class ProcessEngine implements Engine {
  readonly name: string;
  readonly supports: EngineSupports;
  readonly #info: EngineInfo;
  readonly #none: OptionalVerbs;
  readonly #host: Host;
  readonly #sandboxExecutable: string | undefined;
  readonly #records: JobRecords | undefined;
  readonly #jobs = new Map<string, OwnJob>();

  constructor(info: EngineInfo, host: Host, sandboxExecutable?: string) {
    const onHost = sandboxExecutable === undefined;
    this.name = info.name;
    this.#none = withoutOptionalVerbs(info.name);
    this.#info = info;
    this.#host = host;
    this.#sandboxExecutable = sandboxExecutable;
    this.#records = onHost && info.os === "linux" ? new JobRecords(host) : undefined;
    this.supports = Object.freeze({ ...supports, exec: onHost, listAcrossProcesses: this.#records !== undefined });
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

  put(id: string, directory: string, archive: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#none.put(id, directory, archive);
  }

  get(id: string, path: string): AsyncIterable<Uint8Array> {
    return this.#none.get(id, path);
  }

  async create(spec: ContainerSpec, options?: CallOptions): Promise<CreatedContainer> {
    options?.signal?.throwIfAborted();
    await this.#refuseTaken(spec.name);
    const id = this.#host.uuid();
    const executable = this.#sandboxExecutable;
    if (executable === undefined) {
      const process = new JobProcess(spec, this.#host, { spawned: (pid, group) => this.#records?.append(id, { process: identify(pid)!, ...(group === undefined ? {} : { group }) }), exited: (exitCode) => this.#records?.append(id, { exitCode }) }, this.#records === undefined ? undefined : id);
      await this.#records?.add(id, spec);
      try {
        // Two who ask for the same name at once both see the other's record.
        await this.#refuseTaken(spec.name, id);
      } catch (error) {
        await this.#records?.remove(id);
        throw error;
      }
      this.#jobs.set(id, { process });
      return { id, warnings: [] };
    }
    if (spec.sandbox === undefined) throw new RunnerError("INTERNAL", "A sandbox was asked for without saying what it shows.");
    const sandbox = await prepareSandbox(spec.sandbox);
    this.#jobs.set(id, { process: new JobProcess({ ...spec, command: [executable, ...sandbox.arguments, ...spec.command] }, this.#host), release: () => sandbox.release() });
    return { id, warnings: sandbox.warnings };
  }

  async attach(id: string, options?: CallOptions): Promise<Attachment> {
    options?.signal?.throwIfAborted();
    const own = this.#jobs.get(id);
    if (own !== undefined) return own.process.attach();
    const job = await this.#foreign(id);
    if (phaseOf(job) === "exited") return endedAttachment();
    throw creatorOnly(id, "Attaching to");
  }

  async start(id: string, options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    const own = this.#jobs.get(id);
    if (own !== undefined) return own.process.start();
    await this.#foreign(id);
    throw creatorOnly(id, "Starting");
  }

  async exec(id: string, spec: ExecSpec, options?: CallOptions): Promise<ExecSession> {
    options?.signal?.throwIfAborted();
    if (!this.supports.exec) return this.#none.exec(id, spec);
    const own = this.#jobs.get(id)?.process;
    const job = own?.spec ?? (await this.#foreign(id));
    const phase = own?.phase ?? phaseOf(job as JobRecord);
    if (phase !== "running") throw new RunnerError("CONTAINER_NOT_RUNNING", `The job process ${id} does not run.`);
    return execBeside({ ...job, ended: (signal) => this.wait(id, { signal }) }, spec, this.#host);
  }

  async wait(id: string, options?: CallOptions): Promise<ContainerExit> {
    options?.signal?.throwIfAborted();
    const own = this.#jobs.get(id);
    if (own !== undefined) return abortable(own.process.exit, options?.signal);
    await this.#foreign(id);
    return waitForForeign(this.#records!, id, options?.signal);
  }

  async signal(id: string, signal: EngineSignal, options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    const own = this.#jobs.get(id);
    if (own !== undefined) return own.process.signal(signal);
    const job = await this.#records?.find(id);
    if (job !== undefined) await signalForeign(job, signal);
  }

  async remove(id: string, options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    const own = this.#jobs.get(id);
    if (own !== undefined) {
      await own.process.stop();
      this.#jobs.delete(id);
      await own.release?.();
    } else {
      const job = await this.#records?.find(id);
      if (job !== undefined) await endForeign(job);
    }
    await this.#records?.remove(id);
  }

  async list(labels: Labels, options?: CallOptions): Promise<readonly ContainerSummary[]> {
    options?.signal?.throwIfAborted();
    return (await this.#all()).filter((job) => hasLabels(job.labels, labels));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #all(): Promise<readonly ContainerSummary[]> {
    if (this.#records === undefined) return [...this.#jobs].map(([id, { process }]) => ({ ...summary(process.spec), id, phase: process.phase }));
    return (await this.#records.all()).map((job) => ({ ...summary(job), id: job.id, phase: this.#jobs.get(job.id)?.process.phase ?? phaseOf(job) }));
  }

  async #refuseTaken(name: string, except?: string): Promise<void> {
    if ((await this.#all()).some((job) => job.name === name && job.id !== except)) {
      throw new RunnerError("CONTAINER_CONFLICT", `A job with the name ${name} exists already.`, { hint: "Choose another ident, or wait for the other job." });
    }
  }

  /** A job of another process. */
  async #foreign(id: string): Promise<JobRecord> {
    const job = await this.#records?.find(id);
    if (job === undefined) throw new RunnerError("CONTAINER_NOT_FOUND", `There is no job process ${id}.`);
    return job;
  }
}

const summary = ({ name, labels, image }: Pick<ContainerSpec, "name" | "labels" | "image">): Omit<ContainerSummary, "id" | "phase"> => ({ name, labels, image });

function creatorOnly(id: string, what: string): RunnerError {
  return new RunnerError("ENGINE_INCOMPATIBLE", `${what} the job process ${id} is for the process that created it.`);
}
