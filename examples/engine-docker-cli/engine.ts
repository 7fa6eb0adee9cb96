import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { defineEngine, engineContract, RunnerError, withoutArchives, withoutExec, withoutImageStore, type CallOptions, type ContainerPhase, type Engine, type EngineInfo, type ErrorCode } from "@distronode-runner/contract";
import { createArguments } from "./arguments.ts";
import { Streams } from "./streams.ts";

interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly State: { readonly Status: string; readonly ExitCode: number; readonly OOMKilled: boolean; readonly Error: string };
  readonly Config: { readonly Image: string; readonly Labels: Record<string, string> | null };
}

const codes: readonly (readonly [RegExp, ErrorCode])[] = [
  [/No such container/i, "CONTAINER_NOT_FOUND"],
  [/No such image/i, "IMAGE_NOT_FOUND"],
  [/already in use/i, "CONTAINER_CONFLICT"],
  [/exec: /, "IMAGE_UNSUITABLE"],
  [/Cannot connect/i, "ENGINE_UNAVAILABLE"],
];
const failure = (text: string, cause?: unknown): RunnerError => new RunnerError(codes.find(([pattern]) => pattern.test(text))?.[1] ?? "ENGINE_FAILED", text.trim(), { cause: cause ?? new Error(text) });
const phaseOf = (status: string): ContainerPhase => (status === "created" ? "created" : ["exited", "dead", "removing"].includes(status) ? "exited" : "running");
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Containers through the command line of docker, or of a program that takes the same words. */
export default defineEngine<{ readonly program?: string }>({
  contract: engineContract,
  name: "docker-cli",
  settingsSchema: { type: "object", additionalProperties: false, properties: { program: { type: "string", description: "docker, or a program that takes the same words" } } },
  async detect({ program = "docker" }, host) {
    try {
      return { usable: true, info: await ask(program, host.uid) };
    } catch (error) {
      return { usable: false, reason: (error as Error).message, hint: `Start the engine, or name another program: engines.docker-cli.program.` };
    }
  },
  open: async ({ program = "docker" }, host): Promise<Engine> => open(program, await ask(program, host.uid)),
});

async function ask(program: string, uid: number): Promise<EngineInfo> {
  const { ServerVersion: version, OSType: os, Architecture: architecture } = JSON.parse(await run(program, ["info", "--format", "{{json .}}"])) as Record<string, string>;
  if (version === undefined) throw failure("Cannot connect to the engine.");
  return { name: "docker-cli", version, os: os ?? "linux", architecture: architecture ?? "", rootless: uid !== 0, endpoint: program };
}

async function run(program: string, words: readonly string[], options?: CallOptions): Promise<string> {
  options?.signal?.throwIfAborted();
  try {
    return (await promisify(execFile)(program, words, { maxBuffer: 2 ** 26, ...(options?.signal === undefined ? {} : { signal: options.signal }) })).stdout.trim();
  } catch (error) {
    options?.signal?.throwIfAborted();
    const { stdout, stderr, message } = error as { stdout?: string; stderr?: string; message: string };
    // What could be inspected is printed, whatever else is gone.
    if (words[0] === "inspect") return stdout!.trim() || "[]";
    throw failure(stderr || message, error);
  }
}

function open(program: string, info: EngineInfo): Engine {
  const attached = new Map<string, Streams>();
  const call = (options: CallOptions | undefined, ...words: string[]): Promise<string> => run(program, words, options);
  const inspect = async (ids: readonly string[], options?: CallOptions): Promise<readonly Inspected[]> => (ids.length === 0 ? [] : (JSON.parse(await call(options, "inspect", "--type", "container", ...ids)) as Inspected[]));
  const find = async (id: string, options?: CallOptions): Promise<Inspected> => (await inspect([id], options))[0] ?? Promise.reject(failure(`No such container: ${id}`));
  const image: Engine["image"] = async (reference, options) => {
    const [found] = JSON.parse(await call(options, "inspect", "--type", "image", reference)) as { Id: string; RepoTags: string[]; Architecture: string; Size: number }[];
    return found && { id: found.Id, references: found.RepoTags, labels: {}, architecture: found.Architecture, sizeBytes: found.Size };
  };
  return {
    name: info.name,
    supports: Object.freeze({ containers: true, sharedDisk: true, images: false, exec: false, archives: false, listAcrossProcesses: true, limits: Object.freeze({ memory: true, cpus: true, pids: true }), insecurePull: false, overlayMounts: false, rootIsCaller: !info.rootless }),
    ...withoutImageStore(info.name),
    ...withoutExec(info.name),
    ...withoutArchives(info.name),
    info: () => Promise.resolve(info),
    image,
    async pull({ reference, platform }, options) {
      // Credentials in an argument could be seen by others: the program's own login has to do.
      await call(options, "pull", "--quiet", ...(platform === undefined ? [] : ["--platform", platform]), reference);
      return (await image(reference, options)) ?? Promise.reject(failure(`No such image: ${reference}`));
    },
    create: async (spec, options) => ({ id: await call(options, "create", ...createArguments(spec)), warnings: [] }),
    async attach(id, options) {
      const phase = phaseOf((await find(id, options)).State.Status);
      const streams = new Streams();
      if (phase === "created") attached.set(id, streams);
      else if (phase === "running") void streams.connect(program, ["attach", id]);
      else streams.finish();
      return streams;
    },
    async start(id, options) {
      const streams = attached.get(id);
      if (streams === undefined) return void (await call(options, "start", id));
      options?.signal?.throwIfAborted();
      const over = streams.connect(program, ["start", "--attach", "--interactive", id]);
      for (let ended = false; ; ended = await Promise.race([over, pause(20).then(() => false)])) {
        const { Status: status, Error: error } = (await find(id)).State;
        if (phaseOf(status) !== "created") return;
        if (ended) throw failure(error || `Container ${id} did not start.`);
      }
    },
    async wait(id, options) {
      // The program's own wait does not wait for a container that has not been started.
      while (phaseOf((await find(id, options)).State.Status) === "created") await pause(100);
      await call(options, "wait", id);
      const { ExitCode: exitCode, OOMKilled: outOfMemory } = (await find(id, options)).State;
      return { exitCode, outOfMemory };
    },
    async signal(id, signal, options) {
      options?.signal?.throwIfAborted();
      // A container whose output nobody takes can not end: what is left of it then flows away.
      if (signal === "SIGKILL") void pause(500).then(() => attached.get(id)?.finish());
      await call(options, "kill", "--signal", signal, id).catch((error: Error) => (/No such container|is not running/.test(error.message) ? undefined : Promise.reject(error)));
    },
    async remove(id, options) {
      options?.signal?.throwIfAborted();
      attached.get(id)?.finish();
      attached.delete(id);
      await call(options, "rm", "--force", "--volumes", id).catch(async (error: Error) => {
        if (!/No such container|already in progress/.test(error.message)) throw error;
        while ((await inspect([id], options)).length > 0) await pause(50);
      });
    },
    async list(labels, options) {
      const filters = Object.entries(labels).flatMap(([name, value]) => ["--filter", `label=${name}${value === "" ? "" : `=${value}`}`]);
      const found = await inspect((await call(options, "ps", "--all", "--quiet", "--no-trunc", ...filters)).split("\n").filter(Boolean), options);
      return found.map(({ Id: id, Name: name, State: state, Config: config }) => ({ id, name: name.slice(1), phase: phaseOf(state.Status), labels: config.Labels ?? {}, image: config.Image }));
    },
    close: () => Promise.resolve(),
  };
}
