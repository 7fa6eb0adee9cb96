import { defineEngine, engineContract, withoutOptionalVerbs, type CallOptions, type ContainerExit, type ContainerPhase, type Engine, type EngineInfo } from "@distronode-runner/contract";
import { CommandLine, CommandStreams, createWords, lookUntil, type CommandMessages } from "@distronode-runner/engine-cli";

const messages: CommandMessages = [
  [/No such container|no container with name or ID/i, "CONTAINER_NOT_FOUND"],
  [/No such image|image not known/i, "IMAGE_NOT_FOUND"],
  [/already in use/i, "CONTAINER_CONFLICT"],
  [/exec: /, "IMAGE_UNSUITABLE"],
  [/Cannot connect/i, "ENGINE_UNAVAILABLE"],
];
const commandLine = (program = "docker"): CommandLine => new CommandLine(program, messages);

/** Containers through the command line of docker, or of a program that takes the same words. */
export default defineEngine<{ readonly program?: string }>({
  contract: engineContract,
  name: "docker-cli",
  settingsSchema: { type: "object", additionalProperties: false, properties: { program: { type: "string", description: "docker, or a program that takes the same words" } } },
  detect: ({ program }, host) =>
    look(commandLine(program), host.uid).then(
      (info) => ({ usable: true, info }),
      (error: Error) => ({ usable: false, reason: error.message, hint: "Start the engine, or name another program: engines.docker-cli.program." }),
    ),
  open: async ({ program }, host) => engine(commandLine(program), await look(commandLine(program), host.uid)),
});

async function look(docker: CommandLine, uid: number): Promise<EngineInfo> {
  const { Server: server, Client: client } = JSON.parse(await docker.run(["version", "--format", "{{json .}}"])) as Partial<Record<"Server" | "Client", Record<string, string> | null>>;
  // Podman has no server, and docker's client is no engine.
  const { Version: version = "unknown", Os: os = "linux", Arch: architecture = client?.["OsArch"]?.split("/")[1] ?? "" } = server ?? client ?? {};
  return { name: "docker-cli", version, os, architecture, rootless: uid !== 0, endpoint: docker.program };
}

interface Container {
  readonly Id: string;
  readonly Name: string;
  readonly State: { readonly Status: string; readonly ExitCode: number; readonly OOMKilled: boolean; readonly StartedAt: string; readonly Error: string };
  readonly Config: { readonly Image: string; readonly Labels: Record<string, string> | null };
}

const phaseOf = ({ State: { Status: status } }: Container): ContainerPhase => (["created", "configured", "initialized"].includes(status) ? "created" : ["exited", "dead", "removing", "stopped"].includes(status) ? "exited" : "running");
/** None of one that is being removed and never ran: it has year 1 as the time of its start. */
const exitOf = (container: Container): ContainerExit | undefined => (phaseOf(container) === "exited" && !container.State.StartedAt.startsWith("0001-") ? { exitCode: container.State.ExitCode, outOfMemory: container.State.OOMKilled } : undefined);

function engine(docker: CommandLine, info: EngineInfo): Engine {
  const attached = new Map<string, CommandStreams>();
  const inspect = async (ids: readonly string[], options?: CallOptions): Promise<readonly Container[]> =>
    ids.length === 0 ? [] : (JSON.parse(await docker.run(["inspect", "--type", "container", ...ids], options, /No such|image not known/i)) as readonly Container[]);
  const find = async (id: string, options?: CallOptions): Promise<Container> => (await inspect([id], options))[0] ?? Promise.reject(docker.failure(`No such container: ${id}`));
  const image: Engine["image"] = async (reference, options) => {
    const [found] = JSON.parse(await docker.run(["inspect", "--type", "image", reference], options, /No such|image not known/i)) as readonly { readonly Id: string; readonly RepoTags: readonly string[] }[];
    return found && { id: found.Id, references: found.RepoTags, labels: {} };
  };
  return {
    name: info.name,
    supports: Object.freeze({ containers: true, sharedDisk: true, images: false, exec: false, archives: false, listAcrossProcesses: true, limits: Object.freeze({ memory: true, cpus: true, pids: true }), insecurePull: false, overlayMounts: false, rootIsCaller: !info.rootless }),
    ...withoutOptionalVerbs(info.name),
    info: () => Promise.resolve(info),
    image,
    async pull({ reference }, options) {
      // Credentials in an argument could be seen by others: the program's own login has to do.
      await docker.run(["pull", "--quiet", reference], options);
      return (await image(reference, options))!;
    },
    create: async (spec, options) => ({ id: await docker.run(["create", ...createWords(spec)], options), warnings: [] }),
    async attach(id, options) {
      const phase = phaseOf(await find(id, options));
      const streams = new CommandStreams();
      if (phase === "created") attached.set(id, streams);
      else if (phase === "running") void streams.connect(docker.program, ["attach", id]);
      else streams.finish();
      return streams;
    },
    async start(id, options) {
      const streams = attached.get(id);
      if (streams === undefined) return void (await docker.run(["start", id], options));
      options?.signal?.throwIfAborted();
      // One command starts it and carries its streams. It does not say when the container runs.
      const runs = await streams.connectUntil(docker.program, ["start", "--attach", "--interactive", id], async () => phaseOf(await find(id)) !== "created");
      if (!runs) throw docker.failure((await find(id)).State.Error || `Container ${id} did not start.`);
    },
    // The program's own wait does not wait for a container that has not been started.
    wait: (id, options) => lookUntil(async () => exitOf(await find(id, options)), options),
    async signal(id, signal, options) {
      if (signal === "SIGKILL") attached.get(id)?.release();
      await docker.run(["kill", "--signal", signal, id], options, /No such container|is not running|can only kill running/i);
    },
    async remove(id, options) {
      options?.signal?.throwIfAborted();
      attached.get(id)?.finish();
      attached.delete(id);
      const said = await docker.run(["rm", "--force", "--volumes", id], options, /No such container|already in progress/i);
      if (said !== id) await lookUntil(async () => (await inspect([id], options)).length === 0 || undefined, options);
    },
    async list(labels, options) {
      const filters = Object.entries(labels).flatMap(([name, value]) => ["--filter", `label=${name}${value === "" ? "" : `=${value}`}`]);
      const ids = (await docker.run(["ps", "--all", "--quiet", "--no-trunc", ...filters], options)).split("\n").filter(Boolean);
      return (await inspect(ids, options)).map((each) => ({ id: each.Id, name: each.Name.replace(/^\//, ""), phase: phaseOf(each), labels: each.Config.Labels ?? {}, image: each.Config.Image }));
    },
    close: () => Promise.resolve(),
  };
}
