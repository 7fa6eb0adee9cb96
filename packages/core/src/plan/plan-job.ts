import { dirname, join, resolve } from "node:path";
import { RunnerError, type JobPlan, type JobRequest, type SandboxExecution } from "@distronode-runner/contract";
import { splitCmdline } from "../data-dir/cmdline.ts";
import type { SshDirectory } from "../data-dir/read-ssh-directory.ts";
import type { DataDirSnapshot, Probe } from "../data-dir/snapshot.ts";
import { sinkSettingsOf } from "../settings/sink-settings.ts";
import { engineSettingsOf, type EngineSettings } from "../settings/engine-settings.ts";
import { effectiveSettings } from "../settings/effective-settings.ts";
import { parseMapping } from "../yaml/parse-mapping.ts";
import { pythonText } from "../yaml/python-text.ts";
import { mapCmdlinePaths } from "./cmdline-paths.ts";
import { candidates, planCommand } from "./command.ts";
import { parseContainerSettings, planContainer } from "./container.ts";
import { planEnvironment } from "./environment.ts";
import { planExtravars } from "./extravars.ts";
import { planFactCache } from "./fact-cache.ts";
import { checkIdent } from "./ident.ts";
import { planInventoryData } from "./inventory-data.ts";
import { isInventory, planInventory } from "./inventory.ts";
import { jobLabels } from "./labels.ts";
import { isolationOf } from "./isolation.ts";
import { planNamedSecrets } from "./named-secrets.ts";
import { PathMap, type View } from "./path-map.ts";
import { planProjectCopy } from "./project-copy.ts";
import { planPrompts } from "./prompts.ts";
import { readExtravars } from "./read-extravars.ts";
import { planRegistry, type RegistrySettings } from "./registry.ts";
import { planRolesPath } from "./roles-path.ts";
import { planSandbox } from "./sandbox.ts";
import { Secrets } from "./secrets.ts";
import { planSshMounts } from "./ssh-mounts.ts";
import { sensitiveValues, type Sensitive } from "./sensitive.ts";
import { planBoundary } from "./boundary.ts";
import { planTarget, playFile, playMirror } from "./target.ts";
import { refuseLeaving, type Writable } from "./writable.ts";
import { unsupported } from "./unsupported.ts";
import { whatRuns } from "./what-runs.ts";

/** Who plans, and where: everything of the outside world that a plan depends on, given as values. */
export interface PlanContext {
  readonly cwd: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly probe: Probe;
  /** A path with its links resolved, as far as it exists. */
  readonly real: (path: string) => string;
  /** The caller's `~/.ssh`. Looked at for jobs in containers only. */
  readonly sshDirectory: () => SshDirectory | undefined;
  /** For a request without `ident`. */
  readonly newIdent: string;
  readonly jobId: string;
  readonly owner: string;
  readonly runtimeDir: string;
  readonly version: string;
}

/** A plan and what it must not contain. */
export interface Planned extends EngineSettings {
  readonly plan: JobPlan;
  /** Where the engine was named: a flag, a line of `env/settings`; absent if nowhere. */
  readonly engineFrom?: string;
  /** Values by the names the plan uses (`env/envvars#TOKEN`). */
  readonly secrets: ReadonlyMap<string, string>;
  /** What must not show in anything the job leaves or says. */
  readonly sensitive: readonly Sensitive[];
  /** What the job's own settings say of a registry. */
  readonly registry?: RegistrySettings;
  /** Settings of event sinks: all keys that start with `runner_`. Values may be secret. */
  readonly sinkSettings: Readonly<Record<string, unknown>>;
}

const containerRoot = "/runner";

/** Decides everything about a job. Pure but for `probe`. */
export function planJob(request: JobRequest, snapshot: DataDirSnapshot, context: PlanContext): Planned {
  const envFile = (name: string): string => join(snapshot.root, "env", name);
  const written = (text: string | undefined, name: string): { readonly text: string; readonly path: string } | undefined => (text === undefined ? undefined : { text, path: envFile(name) });
  const settings = effectiveSettings(request, written(snapshot.env.settings, "settings"));
  const { values } = settings;
  const isolation = isolationOf(values);
  const inContainer = isolation === "container";
  const ident = checkIdent(request.ident ?? context.newIdent);
  const artifactDir = join(request.artifactDir === undefined ? join(snapshot.root, "artifacts") : resolve(context.cwd, request.artifactDir), ident);
  const seenArtifactDir = inContainer ? join(containerRoot, "artifacts", ident) : artifactDir;

  const projectCopy = planProjectCopy(settings, snapshot, context);
  const view: View = inContainer
    ? { root: containerRoot, project: `${containerRoot}/project`, isolated: true }
    : { root: snapshot.root, project: projectCopy?.target ?? snapshot.projectDir, isolated: isolation === "sandbox" };
  const paths = new PathMap(snapshot, view);
  const target = planTarget(request, snapshot, paths, inContainer);
  const adHoc = target.kind === "module";
  const secrets = new Secrets();
  const extravars = planExtravars(request, snapshot, context.probe, paths, view.isolated, secrets);
  const extravarsFile = readExtravars(snapshot.env.extravars, envFile("extravars"));
  const cmdline = request.cmdline !== undefined && request.cmdline !== "" ? splitCmdline(request.cmdline) : splitCmdline(snapshot.env.cmdline ?? "", envFile("cmdline"));
  const inventoryData = planInventoryData(request.inventory, (name) => isInventory(name, snapshot, context.probe, context.cwd), () => (snapshot.hasInventory ? paths.seen(join(snapshot.root, "inventory"), "inventory") : undefined), secrets);
  const named = planNamedSecrets(request, written(snapshot.env.secrets, "secrets"), secrets);
  const command = planCommand({
    target: target.kind === "raw" ? { ...target, tail: mapCmdlinePaths(target.tail, paths, context.probe) } : target,
    cmdline: [...mapCmdlinePaths(cmdline, paths, context.probe), ...named.options],
    inventory: inventoryData === undefined ? planInventory(request.inventory as string | readonly string[] | undefined, snapshot, context.probe, context.cwd, paths) : [inventoryData.argument],
    limit: request.limit,
    extravars: extravars.values,
    verbosity: request.verbosity ?? 0,
    tags: request.tags,
    skipTags: request.skipTags,
    forks: request.forks,
  });
  const prompts = planPrompts(request.passwords, written(snapshot.env.passwords, "passwords"), secrets);
  const terminal = request.terminal === true || prompts.length > 0;
  const factCache = planFactCache(settings, { here: artifactDir, seen: seenArtifactDir }, paths);
  const containerWorkdir = inContainer ? request.containerWorkdir : undefined;
  const writable: Writable = { directories: [...snapshot.entries.map(({ name }) => join(snapshot.root, name)), snapshot.projectDir], real: context.real };
  const asked = inContainer ? parseContainerSettings(settings, { ...context, writable, workdir: containerWorkdir ?? `${containerRoot}/project` }) : undefined;
  const ssh =
    asked !== undefined && values.container_ssh_mounts !== false
      ? planSshMounts({ executable: target.executable, directory: context.sshDirectory(), agentSocket: context.environment["SSH_AUTH_SOCK"], probe: context.probe, asked: asked.mounts })
      : undefined;
  const envvars = { ...stringified(request.envvars), ...readEnvvars(snapshot.env.envvars, envFile("envvars")) };
  const inherited = inContainer ? {} : context.environment;
  const environment = planEnvironment(
    {
      envvars,
      inherited,
      artifactDir: seenArtifactDir,
      factCache: { plugin: values.fact_cache_type ?? "jsonfile", directory: factCache.seen },
      inContainer,
      adHoc,
      rolesPath: planRolesPath(request, snapshot, context.probe, context.cwd, paths),
      omitEvents: request.omitEventData ?? false,
      onlyFailedEvents: request.onlyFailedEventData ?? false,
      color: request.color,
      terminal,
      agentSocket: ssh?.agentSocket,
    },
    secrets,
  );
  const sshKey = request.sshKey ?? snapshot.env.ssh_key;
  const project = snapshot.hasProject ? view.project : undefined;
  const hostCwd = request.hostCwd === undefined ? undefined : resolve(context.cwd, request.hostCwd);
  const cwd = containerWorkdir ?? (hostCwd === undefined ? (adHoc ? view.root : (project ?? view.root)) : paths.seen(hostCwd, "hostCwd", false));
  const projectSource = projectCopy?.target ?? snapshot.projectDir;
  const boundary = view.isolated ? planBoundary({ snapshot, view, artifactDir, seenArtifactDir, projectSource: snapshot.hasProject ? projectSource : undefined, factCache, writable, asked: asked?.mounts ?? [] }) : undefined;
  if (view.isolated) for (const { source } of paths.mounts) refuseLeaving(source, source, writable);
  const container =
    asked === undefined
      ? undefined
      : planContainer(settings, asked, { ident, offline: request.offline ?? false, boundary: boundary?.mounts ?? [], mounts: [...(ssh?.mounts ?? []), ...paths.mounts] }, secrets);
  const sandbox = (): SandboxExecution =>
    planSandbox(settings, {
      cwd: context.cwd,
      temporary: context.environment["TMPDIR"] ?? "/tmp",
      boundary: boundary?.mounts ?? [],
      own: { dataDir: snapshot.root, artifactRoot: dirname(artifactDir) },
      mounts: paths.mounts,
      writable,
      workdir: target.kind === "raw" ? undefined : cwd,
    });
  const auth = values.container_auth_data;
  const ownerGone = values.owner_gone ?? "cancel";
  // Words of a cmdline may be a pattern of hosts.
  if (adHoc && request.hosts === undefined && cmdline.length === 0) throw new RunnerError("USAGE", `No hosts were named for the module ${request.module}.`, { location: { key: "hosts" }, hint: "Give --hosts PATTERN: all, localhost, or a host or group of the inventory." });

  const plan: JobPlan = {
    version: 1,
    ident,
    privateDataDir: snapshot.root,
    runs: whatRuns(request, target),
    artifactDir,
    factCache: factCache.here,
    command,
    candidates: candidates(command[0]!),
    cwd,
    environment,
    files: { ...extravars.files, ...named.files, ...inventoryData?.files, ...(target.plays === undefined ? {} : { [playFile]: secrets.keep("plays", JSON.stringify(target.plays)) }) },
    mirrors: { ...inventoryData?.mirrors, ...(target.plays !== undefined && project !== undefined ? { [playMirror]: project } : {}) },
    ...(projectCopy === undefined ? {} : { projectCopy }),
    ...(boundary === undefined ? {} : { boundary: boundary.boundary }),
    terminal,
    interactive: terminal && target.kind !== "raw",
    prompts,
    ...(sshKey === undefined ? {} : { sshKey: secrets.keep(request.sshKey === undefined ? "env/ssh_key" : "sshKey", sshKey) }),
    ...(sshKey === undefined || named.sshKeyPassphrase === undefined ? {} : { sshKeyPassphrase: named.sshKeyPassphrase }),
    execution: container?.execution ?? { kind: "host", ...(isolation === "sandbox" ? { sandbox: sandbox() } : {}) },
    clocks: { start: values.start_timeout === null ? 0 : (values.start_timeout ?? 120), job: (request.command === undefined ? undefined : values.subprocess_timeout) ?? values.job_timeout ?? 0, idle: values.idle_timeout ?? 0, prompt: values.prompt_timeout ?? 0, grace: values.cancel_grace ?? 10, lease: values.owner_gone_timeout ?? 10 },
    ownerGone,
    output: {
      json: request.json ?? false,
      suppressFiles: values.suppress_output_file ?? false,
      eventFiles: values.job_events ?? true,
      quiet: values.suppress_ansible_output ?? false,
      separateStderr: request.separateStderr ?? false,
      rotate: request.rotateArtifacts ?? 0,
    },
    labels: { ...container?.labels, ...jobLabels({ jobId: context.jobId, ident, owner: context.owner, runtimeDir: context.runtimeDir, ownerGone, version: context.version, artifactDir }) },
    warnings: [
      ...(request.ident !== undefined && hasEnded(artifactDir, context.probe) ? [`The job ${ident} that ended here before gives way: its artifacts are replaced.`] : []),
      ...unsupported(values, isolation, snapshot.hasProject),
      ...(ssh?.warnings ?? []),
      ...(boundary?.warnings ?? []),
      ...(extravarsFile?.warnings ?? []),
      ...(sshKey === undefined && named.sshKeyPassphrase !== undefined ? ["There is a passphrase for an SSH key (ssh_key), and the job has no key: env/ssh_key."] : []),
    ],
  };
  return {
    plan: deepFreeze(plan),
    ...(values.process_isolation_executable === undefined ? {} : { engineFrom: settings.origin("process_isolation_executable") }),
    secrets: secrets.values,
    sensitive: sensitiveValues({ request, settings: values, extravarsFile, command, envvars: { ...asked?.options.environment, ...envvars }, inherited, secrets: secrets.values }),
    ...engineSettingsOf(values),
    sinkSettings: sinkSettingsOf(values),
    ...(auth === undefined ? {} : { registry: planRegistry(auth) }),
  };
}

const stringified = (values: Readonly<Record<string, unknown>> | undefined): Record<string, string> => Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, pythonText(value)]));

function readEnvvars(text: string | undefined, file: string): Record<string, string> {
  if (text === undefined) return {};
  const parsed = parseMapping(text, file);
  const wrong = Object.keys(parsed.value).find((name) => name === "" || /[=\0]/.test(name));
  if (wrong !== undefined) {
    throw new RunnerError("DATA_DIR_INVALID", `${file} has the variable name ${JSON.stringify(wrong.replace(/=.*$/s, "=..."))}, which no environment can hold.`, { location: { ...parsed.locate([wrong]), key: wrong.replace(/=.*$/s, "") }, hint: "Names have no = and are not empty." });
  }
  return stringified(parsed.value);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/** Artifacts of another user cannot be looked at; they are refused when the job takes their place. */
function hasEnded(artifactDir: string, probe: Probe): boolean {
  try {
    return probe(join(artifactDir, "status")) === "file";
  } catch {
    return false;
  }
}
