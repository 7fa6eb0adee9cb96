import { randomUUID } from "node:crypto";
import { abortable, hasLabels, RunnerError, withoutArchives, withoutExec, withoutImageStore, type Engine, type EngineInfo, type EngineSupports, type ErrorCode, type ImageInfo, type PullRequest } from "@distronode-runner/contract";
import { answer } from "./calls.ts";
import { memoryArchives } from "./memory-archives.ts";
import { MemoryContainer } from "./memory-container.ts";
import { describeImage, memoryImageStore, type MemoryImages } from "./memory-images.ts";
import type { Program } from "./program.ts";
import { memoryImage, suitePrograms } from "./suite-programs.ts";

export interface MemoryEngineOptions {
  /** What every command runs, whatever its name is. */
  readonly program?: Program;
  /** Otherwise: programs by the name that stands first in the command. Default: those of the conformance suite. */
  readonly programs?: Readonly<Record<string, Program>>;
  /** References that are present. Default: `memoryImage` alone. */
  readonly images?: readonly string[];
  /** References that `pull` can fetch. Default: none. */
  readonly registry?: readonly string[];
  readonly supports?: Partial<EngineSupports>;
}

interface World {
  readonly containers: Map<string, MemoryContainer>;
  readonly images: MemoryImages;
}

/** Engines that share the same containers, as two connections to one daemon do. */
const worlds = new WeakMap<Engine, World>();

/**
 * An engine without containers: programs are functions. It keeps every law of `Engine`, and is tested by the same suite as the real
 * ones. `beside` gives a second engine over the same containers, as another process would have it.
 */
export function memoryEngine(options: MemoryEngineOptions = {}, beside?: Engine): Engine {
  const world = (beside === undefined ? undefined : worlds.get(beside)) ?? { containers: new Map(), images: new Map((options.images ?? [memoryImage]).map((reference) => [reference, {}])) };
  const engine = build(options, world);
  worlds.set(engine, world);
  return engine;
}

function build(options: MemoryEngineOptions, { containers, images }: World): Engine {
  const programs = options.programs ?? suitePrograms;
  const supports: EngineSupports = Object.freeze({
    containers: true,
    sharedDisk: true,
    images: true,
    exec: true,
    archives: true,
    listAcrossProcesses: true,
    limits: Object.freeze({ memory: false, cpus: false, pids: false }),
    insecurePull: false,
    overlayMounts: false,
    rootIsCaller: true,
    ...options.supports,
  });
  const info: EngineInfo = { name: "memory", version: "1", os: "none", architecture: "none", rootless: true, endpoint: "" };
  const describe = (reference: string): ImageInfo | undefined => (images.has(reference) ? describeImage(reference, images.get(reference)!) : undefined);
  const find = (id: string): MemoryContainer => {
    const found = containers.get(id);
    if (found === undefined) throw failure("CONTAINER_NOT_FOUND", `There is no container ${id}.`);
    return found;
  };
  const command = ([name = "", ...argv]: readonly string[]): [Program, readonly string[]] => {
    const program = options.program ?? (Object.hasOwn(programs, name) ? programs[name] : undefined);
    if (program === undefined) throw failure("IMAGE_UNSUITABLE", `The image has no command ${name}.`);
    return [program, argv];
  };

  return {
    name: "memory",
    supports,
    info: (call) => answer(call, () => info),
    image: (reference, call) => answer(call, () => describe(reference)),
    pull: (request: PullRequest, call) =>
      answer(call, () => {
        if (options.registry?.includes(request.reference) !== true) throw failure("IMAGE_NOT_FOUND", `The registry does not know ${request.reference}.`);
        call?.onProgress?.({ message: `Pulled ${request.reference}` });
        images.set(request.reference, {});
        return describeImage(request.reference, {});
      }),
    ...(supports.images ? memoryImageStore(images, (reference) => [...containers.values()].some(({ spec }) => spec.image === reference)) : withoutImageStore("memory")),
    ...(supports.archives ? memoryArchives((id) => find(id).files) : withoutArchives("memory")),
    create: (spec, call) =>
      answer(call, () => {
        if (!images.has(spec.image)) throw failure("IMAGE_NOT_FOUND", `There is no image ${spec.image}.`);
        if ([...containers.values()].some((container) => container.spec.name === spec.name)) throw failure("CONTAINER_CONFLICT", `The name ${spec.name} is taken.`);
        const container = new MemoryContainer(randomUUID(), structuredClone(spec));
        containers.set(container.id, container);
        return { id: container.id, warnings: [] };
      }),
    attach: (id, call) => answer(call, () => find(id).attach()),
    start: (id, call) =>
      answer(call, () => {
        const container = find(id);
        container.start(...command([...(container.spec.entrypoint ?? []), ...container.spec.command]));
      }),
    ...(supports.exec
      ? {
          exec: (id, spec, call) =>
            answer(call, () => {
              const container = find(id);
              if (container.phase !== "running") throw failure("CONTAINER_NOT_RUNNING", `Container ${id} does not run.`);
              return container.exec(...command(spec.command), spec);
            }),
        }
      : withoutExec("memory")),
    wait: async (id, call) => {
      const container = await answer(call, () => find(id));
      return abortable(container.exited, call?.signal);
    },
    signal: (id, signal, call) => answer(call, () => containers.get(id)?.signal(signal)),
    remove: async (id, call) => {
      const container = await answer(call, () => containers.get(id));
      if (container === undefined) return;
      await container.discard();
      containers.delete(id);
    },
    list: (labels, call) =>
      answer(call, () =>
        [...containers.values()]
          .filter(({ spec }) => hasLabels(spec.labels, labels))
          .map(({ id, spec, phase }) => ({ id, name: spec.name, phase, labels: spec.labels, image: spec.image })),
      ),
    close: () => Promise.resolve(),
  };
}

function failure(code: ErrorCode, message: string): RunnerError {
  return new RunnerError(code, message, { cause: new Error(message) });
}
