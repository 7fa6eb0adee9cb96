import { isAbsolute, join, resolve } from "node:path";
import { RunnerError, type ContainerExecution, type JobPlan, type JobRequest, type RegistryCredentials } from "@distronode-runner/contract";
import { splitCmdline } from "../data-dir/cmdline.ts";
import type { DataDirSnapshot, Probe } from "../data-dir/snapshot.ts";
import { effectiveSettings, type EffectiveSettings } from "../settings/effective-settings.ts";
import { suggest } from "../suggest.ts";
import { checkYaml, parseMapping } from "../yaml/parse-mapping.ts";
import { pythonText } from "../yaml/python-text.ts";
import { candidates, playbookCommand } from "./command.ts";
import { containerName } from "./container-name.ts";
import { parseContainerOptions } from "./container-options.ts";
import { planEnvironment } from "./environment.ts";
import { checkIdent } from "./ident.ts";
import { planInventory } from "./inventory.ts";
import { parseMount, type MountContext } from "./mounts.ts";
import { jobLabels } from "./labels.ts";
import { unsupported } from "./unsupported.ts";

/** Who plans, and where: everything of the outside world that a plan depends on, given as values. */
export interface PlanContext {
  readonly cwd: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly probe: Probe;
  /** For a request without `ident`. */
  readonly newIdent: string;
  readonly jobId: string;
  readonly owner: string;
  readonly version: string;
}

/** A plan and what it must not contain. */
export interface Planned {
  readonly plan: JobPlan;
  /** Values by the names the plan uses (`env/envvars#TOKEN`). */
  readonly secrets: ReadonlyMap<string, string>;
  readonly credentials?: RegistryCredentials & { readonly verifyTls: boolean };
  /** Sections of `settings.engines`. */
  readonly engineSettings: Readonly<Record<string, unknown>>;
}

const containerRoot = "/runner";

/** Decides everything about a job. Pure but for `probe`. */
export function planJob(request: JobRequest, snapshot: DataDirSnapshot, context: PlanContext): Planned {
  const envFile = (name: string): string => join(snapshot.root, "env", name);
  const settingsText = snapshot.env.settings;
  const settings = effectiveSettings(request, settingsText === undefined ? undefined : { text: settingsText, path: envFile("settings") });
  const { values } = settings;
  const inContainer = values.process_isolation === true;
  const ident = checkIdent(request.ident ?? context.newIdent);
  const artifactDir = join(request.artifactDir === undefined ? join(snapshot.root, "artifacts") : resolve(context.cwd, request.artifactDir), ident);
  const seenArtifactDir = inContainer ? join(containerRoot, "artifacts", ident) : artifactDir;

  if (snapshot.env.extravars !== undefined) checkYaml(snapshot.env.extravars, envFile("extravars"));
  if (snapshot.env.passwords !== undefined) parseMapping(snapshot.env.passwords, envFile("passwords"));
  const cmdline = request.cmdline !== undefined && request.cmdline !== "" ? splitCmdline(request.cmdline) : splitCmdline(snapshot.env.cmdline ?? "", envFile("cmdline"));
  checkPlaybook(request, snapshot, inContainer);

  const { environment, secrets } = planEnvironment({
    envvars: readEnvvars(snapshot.env.envvars, envFile("envvars")),
    inherited: inContainer ? {} : context.environment,
    artifactDir: seenArtifactDir,
    factCache: { plugin: values.fact_cache_type ?? "jsonfile", directory: join(seenArtifactDir, values.fact_cache ?? "fact_cache") },
    inContainer,
    color: request.color,
  });

  const command = playbookCommand({
    cmdline,
    inventory: planInventory(request.inventory, snapshot, context.probe, context.cwd, inContainer ? containerRoot : undefined),
    limit: request.limit,
    extravarsFile: snapshot.env.extravars === undefined ? undefined : inContainer ? `${containerRoot}/env/extravars` : envFile("extravars"),
    verbosity: request.verbosity ?? 0,
    playbook: request.playbook,
  });
  const labels = jobLabels({ jobId: context.jobId, ident, owner: context.owner, version: context.version });
  const execution = inContainer ? planContainer(settings, snapshot, context, { ident, artifactDir }) : { execution: { kind: "host" } as const, labels: {} };
  const auth = values.container_auth_data;

  const plan: JobPlan = {
    version: 1,
    ident,
    privateDataDir: snapshot.root,
    artifactDir,
    command,
    candidates: candidates(command[0]!),
    cwd: inContainer ? (snapshot.hasProject ? `${containerRoot}/project` : containerRoot) : snapshot.hasProject ? snapshot.projectDir : snapshot.root,
    environment,
    execution: execution.execution,
    clocks: { job: values.job_timeout ?? 0, idle: values.idle_timeout ?? 0, grace: values.cancel_grace ?? 10, lease: 10 },
    output: {
      json: request.json ?? false,
      suppressFiles: values.suppress_output_file ?? false,
      quiet: request.quiet ?? values.suppress_ansible_output ?? values.suppress_distronode_output ?? false,
    },
    labels: { ...execution.labels, ...labels },
    warnings: unsupported(values, snapshot),
  };
  return {
    plan: deepFreeze(plan),
    secrets,
    engineSettings: values.engines ?? {},
    ...(auth?.username === undefined ? {} : { credentials: { registry: auth.host, username: auth.username, password: auth.password ?? "", verifyTls: auth.verify_ssl ?? true } }),
  };
}

function planContainer(settings: EffectiveSettings, snapshot: DataDirSnapshot, context: PlanContext, job: { readonly ident: string; readonly artifactDir: string }): { readonly execution: ContainerExecution; readonly labels: Readonly<Record<string, string>> } {
  const { values } = settings;
  if (values.container_image === undefined || values.container_image === "") {
    throw new RunnerError("REQUEST_INVALID", "No image was named for a job in a container: container_image is required with process_isolation.", {
      location: { key: "container_image" },
      hint: "Give --container-image, or set container_image in env/settings.",
    });
  }
  const mounting: MountContext = { probe: context.probe, cwd: context.cwd, home: context.home, environment: context.environment, workdir: `${containerRoot}/project` };
  const options = parseContainerOptions(list(values.container_options), settings.origin("container_options"), mounting);
  const own = (source: string, target: string): ContainerExecution["mounts"][number] => ({ source, target, readOnly: false, relabel: "private" });
  return {
    execution: {
      kind: "container",
      engine: values.process_isolation_executable ?? "podman",
      image: values.container_image,
      pull: options.pull ?? values.container_pull_policy ?? "missing",
      containerName: containerName(job.ident),
      mounts: [
        own(snapshot.root, containerRoot),
        ...(snapshot.hasProject && snapshot.projectDir !== join(snapshot.root, "project") ? [own(snapshot.projectDir, `${containerRoot}/project`)] : []),
        ...(job.artifactDir === join(snapshot.root, "artifacts", job.ident) ? [] : [own(job.artifactDir, `${containerRoot}/artifacts/${job.ident}`)]),
        ...list(values.container_volume_mounts).map((text) => parseMount(text, settings.origin("container_volume_mounts"), mounting)),
        ...options.mounts,
      ],
      ...(Object.keys(options.limits).length === 0 ? {} : { limits: options.limits }),
      options: options.choices,
    },
    labels: options.labels,
  };
}

const list = (value: string | readonly string[] | undefined): readonly string[] => (value === undefined ? [] : typeof value === "string" ? [value] : value);

function readEnvvars(text: string | undefined, file: string): Record<string, string> {
  if (text === undefined) return {};
  const parsed = parseMapping(text, file);
  const wrong = Object.keys(parsed.value).find((name) => name === "" || /[=\0]/.test(name));
  if (wrong !== undefined) {
    throw new RunnerError("DATA_DIR_INVALID", `${file} has the variable name ${JSON.stringify(wrong)}, which no environment can hold.`, { location: parsed.locate([wrong]), hint: "Names have no = and are not empty." });
  }
  return Object.fromEntries(Object.entries(parsed.value).map(([name, value]) => [name, pythonText(value)]));
}

/** A path that only the container can see, and a playbook of a collection (`ns.name.play`), are the tool's to judge. */
function checkPlaybook(request: JobRequest, snapshot: DataDirSnapshot, inContainer: boolean): void {
  const { playbook } = request;
  if (playbook === "") throw new RunnerError("REQUEST_INVALID", "The name of the playbook is empty.", { location: { key: "playbook" }, hint: "Give -p PLAYBOOK, relative to project/." });
  if (snapshot.playbook.found || (inContainer && isAbsolute(playbook)) || /^\w+\.\w+\.\w+$/.test(playbook)) return;
  const { similar } = snapshot.playbook;
  throw new RunnerError("REQUEST_INVALID", `The playbook ${playbook} does not exist in ${snapshot.hasProject ? snapshot.projectDir : snapshot.root}.`, {
    location: { key: "playbook" },
    hint: snapshot.hasProject ? suggest(playbook, similar, similar.length === 0 ? "No playbook is there at all." : `There are: ${similar.slice(0, 10).join(", ")}`) : `There is no project directory: playbooks belong into ${snapshot.projectDir}.`,
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
