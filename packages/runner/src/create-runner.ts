import { resolve } from "node:path";
import { RunnerError, type AttachedJob, type EffectiveSetting, type Engine, type EngineImages, type EngineReport, type JobHandle, type JobPlan, type JobRequest, type JobSummary, type Runner, type StartOptions } from "@distronode-runner/contract";
import { checkRequest, planJob, probePath, readDataDir, readEngineSettings, readSettings, readSshDirectory, reportSettings, type Planned } from "@distronode-runner/core";
import type { EngineModule } from "./engines/engine-module.ts";
import { EnginePool } from "./engines/engine-pool.ts";
import { JobRun } from "./job-run.ts";
import { finalizeLost } from "./jobs/finalize.ts";
import { JobFinder, type Orphan } from "./jobs/job-finder.ts";
import { JobPlaces } from "./jobs/job-places.ts";
import { reconcile } from "./jobs/reconcile.ts";
import { RemoteJob } from "./jobs/remote-job.ts";
import { knock } from "./reattach/knock.ts";
import type { RunnerParts } from "./parts.ts";
import { engineImages } from "./image/engine-images.ts";
import { presentImage } from "./image/present-image.ts";

/** Builds the one runner that command line, server and programs share. */
export function createRunner(parts: RunnerParts): Runner {
  const { host, sandboxEngine } = parts;
  const containers = new EnginePool(parts.engines, host, parts.engineModules);
  const onHost = new EnginePool(sandboxEngine === undefined ? [parts.hostEngine] : [parts.hostEngine, sandboxEngine], host);
  const places = new JobPlaces(host);
  const finder = new JobFinder(places, host, async () => {
    const engines = await Promise.all([containers.usable(), onHost.usable()]);
    return engines.flat().filter(({ supports }) => supports.listAcrossProcesses);
  });
  const running = new Set<JobRun>();
  const delivering = new Set<Promise<void>>();
  let closed = false;

  const engineFor = async ({ plan: { execution, privateDataDir }, engineFrom, enginePlugins, engineSettings }: Planned): Promise<Engine> => {
    if (execution.kind === "container") return containers.open(execution.engine, engineSettings, { from: engineFrom ?? "process_isolation_executable", more: await modulesOf(enginePlugins, privateDataDir, parts) });
    if (execution.sandbox === undefined) return onHost.open(parts.hostEngine.name, {});
    if (sandboxEngine === undefined) throw new RunnerError("ENGINE_NOT_FOUND", "This runner was made without an engine for sandboxes.", { location: { key: engineFrom ?? "process_isolation_executable" }, hint: "Give createRunner a sandboxEngine, or run the job in a container." });
    return onHost.open(sandboxEngine.name, { [sandboxEngine.name]: { executable: execution.sandbox.executable } });
  };

  const look = (run: JobRun): JobRun => {
    running.add(run);
    void run.result.then(() => running.delete(run));
    const { delivered } = run;
    delivering.add(delivered);
    void delivered.then(() => delivering.delete(delivered));
    return run;
  };

  const adopt = async ({ engine, container }: Orphan): Promise<JobRun> => look(await JobRun.adopt({ found: await knock(engine, container, parts.hostPython), parts, options: {} }));

  const leave = async (job: JobHandle): Promise<void> => {
    running.delete(job as JobRun);
    await (job as JobRun).leave();
  };

  const finalize = (artifactDir: string, ident: string): Promise<boolean> => finalizeLost(parts.store, artifactDir, ident, { now: () => host.now(), version: parts.version });

  /** Makes this process the runner of a job that has none, or says in its artifacts that it is lost. */
  const takeOver = async ({ ident, artifactDir }: JobSummary): Promise<void> => {
    const orphan = (await finder.orphans()).find((candidate) => candidate.artifactDir === artifactDir);
    if (orphan?.container.phase === "running") {
      await adopt(orphan);
      return;
    }
    if (orphan !== undefined) await orphan.engine.remove(orphan.container.id);
    await finalize(artifactDir, ident);
  };

  return {
    jobs: async ({ ended = false } = {}) => finder.summaries(ended),
    async attach(job, { onGone = takeOver } = {}): Promise<AttachedJob> {
      const found = await finder.find(job);
      const { ident, artifactDir } = found;
      const ensureRunner = async (): Promise<void> => {
        const now = await finder.find(artifactDir);
        if (now.runner === "gone") await onGone(now);
      };
      if (found.runner === "gone") await onGone(found);
      return new RemoteJob({ ident, artifactDir, ask: (request) => finder.ask(artifactDir, request), ensureRunner });
    },
    reconcile: async ({ continuing = "leave" } = {}) => reconcile({ finder, adopt, leave, finalize, continues: (job) => job.plan.ownerGone === "continue" }, continuing),
    async plan(request: JobRequest): Promise<JobPlan> {
      return (await prepare(request, parts)).plan;
    },
    async start(request: JobRequest, options: StartOptions = {}): Promise<JobHandle> {
      if (closed) throw new RunnerError("INTERNAL", "The runner has been closed.");
      const planned = await prepare(request, parts);
      const engine = await engineFor(planned);
      const { execution } = planned.plan;
      const image = execution.kind === "container" ? await presentImage(engine, execution) : undefined;
      return look(await JobRun.begin(planned, engine, image, parts, options));
    },
    async settings(request: JobRequest): Promise<readonly EffectiveSetting[]> {
      const checked = checkRequest(request);
      return reportSettings(checked, await readSettings(resolve(host.cwd, checked.privateDataDir)));
    },
    async engines({ capabilities = false, privateDataDir } = {}): Promise<readonly EngineReport[]> {
      const root = resolve(host.cwd, privateDataDir ?? "");
      const { enginePlugins, engineSettings: settings } = privateDataDir === undefined ? { enginePlugins: [], engineSettings: {} } : await readEngineSettings(root);
      return [...(await containers.report({ containers: true, capabilities, settings, more: await modulesOf(enginePlugins, root, parts) })), ...(await onHost.report({ containers: false, capabilities }))];
    },
    images: async (engine = "auto"): Promise<EngineImages> => engineImages(await containers.open(engine, {}, { from: "engine" }), parts.keychain),
    async close(): Promise<void> {
      closed = true;
      await Promise.all([...running].map((run) => run.cancel()));
      await Promise.all([containers.close(), onHost.close(), ...delivering]);
    },
  };
}

async function modulesOf(names: readonly string[], directory: string, { loadEngines }: RunnerParts): Promise<readonly EngineModule[]> {
  if (names.length === 0) return [];
  if (loadEngines === undefined) throw new RunnerError("SETTINGS_INVALID", "This runner loads no engines that settings name.", { location: { key: "engine_plugins" }, hint: "Give createRunner a loadEngines, or the engines themselves." });
  return loadEngines(names, directory);
}

async function prepare(value: JobRequest, { host, version }: RunnerParts): Promise<Planned> {
  const request = checkRequest(value);
  const root = resolve(host.cwd, request.privateDataDir);
  const snapshot = await readDataDir(root, { ...(typeof request.playbook === "string" ? { playbook: request.playbook } : {}), ...(request.projectDir === undefined ? {} : { projectDir: resolve(host.cwd, request.projectDir) }) });
  return planJob(request, snapshot, {
    cwd: host.cwd,
    home: host.home,
    environment: host.environment,
    probe: probePath,
    sshDirectory: () => readSshDirectory(host.home),
    newIdent: host.uuid(),
    jobId: host.uuid(),
    owner: `${host.hostname}:${host.pid}`,
    runtimeDir: host.runtimeDir,
    version,
  });
}
