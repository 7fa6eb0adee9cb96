import { resolve } from "node:path";
import { isRunnerError, RunnerError, type Admit, type EffectiveSetting, type Engine, type EngineImages, type EngineReport, type EngineTrial, type JobHandle, type JobPlan, type JobRequest, type Runner, type StartOptions } from "@distronode-runner/contract";
import { checkRequest, planJob, probePath, realPath, readDataDir, readEngineSettings, readSettings, readSshDirectory, reportSettings, type PlanContext, type Planned } from "@distronode-runner/core";
import type { EngineModule } from "./engines/engine-module.ts";
import { withProxies } from "./engine-proxies.ts";
import { EnginePool } from "./engines/engine-pool.ts";
import { JobRun } from "./job-run.ts";
import { JobCare } from "./jobs/job-care.ts";
import { JobFinder } from "./jobs/job-finder.ts";
import { ownerPlace } from "./jobs/owner.ts";
import { JobPlaces } from "./jobs/job-places.ts";
import { removeJob } from "./jobs/remove-job.ts";
import type { RunnerParts } from "./parts.ts";
import { tryEngine } from "./engines/try-engine.ts";
import { engineImages } from "./image/engine-images.ts";
import { presentImage } from "./image/present-image.ts";
import { shownPlan } from "./redact/job-redactor.ts";

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
  /** What goes on beside jobs and is waited for. */
  const beside = new Set<Promise<void>>();
  let closed = false;

  const engineFor = async ({ plan: { execution, privateDataDir }, engineFrom, enginePlugins, engineSettings }: Planned): Promise<Engine> => {
    if (execution.kind === "container") return containers.open(execution.engine, engineSettings, { from: engineFrom ?? "process_isolation_executable", forContainers: true, more: await modulesOf(enginePlugins, privateDataDir, parts) });
    if (execution.sandbox === undefined) return onHost.open(parts.hostEngine.name, {});
    if (sandboxEngine === undefined) throw new RunnerError("ENGINE_NOT_FOUND", "This runner was made without an engine for sandboxes.", { location: { key: engineFrom ?? "process_isolation_executable" }, hint: "Give createRunner a sandboxEngine, or run the job in a container." });
    return onHost.open(sandboxEngine.name, { [sandboxEngine.name]: { executable: execution.sandbox.executable } });
  };

  const stand = (work: Promise<void>): void => {
    beside.add(work);
    void work.then(() => beside.delete(work));
  };

  const look = (run: JobRun): void => {
    running.add(run);
    void run.done.then(() => running.delete(run));
    stand(run.delivered);
  };

  const care = new JobCare(finder, parts, look);
  const tidied = new Set<Engine>();

  /** Once for each engine that is used, beside the job: what killed runners left there is settled. */
  const tidy = (engine: Engine): void => {
    if (tidied.has(engine) || !engine.supports.listAcrossProcesses) return;
    tidied.add(engine);
    // It is no business of the job's if it fails; `reconcile` says why.
    stand(finder.orphans([engine]).then(async (orphans) => void (await care.tidy(orphans, "leave"))).catch(() => {}));
  };

  return {
    jobs: async ({ ended = false } = {}) => finder.summaries(ended),
    attach: (job, options) => care.attach(job, options),
    remove: (job) => removeJob(finder, job),
    reconcile: ({ continuing = "leave" } = {}) => care.reconcile(continuing),
    async plan(request: JobRequest, { admit }: Pick<StartOptions, "admit"> = {}): Promise<JobPlan> {
      return shownPlan(await prepare(request, parts, (await places.knownIdentity()) ?? host.runtimeDir, admit));
    },
    async start(request: JobRequest, options: StartOptions = {}): Promise<JobHandle> {
      if (closed) throw new RunnerError("INTERNAL", "The runner has been closed.");
      const prepared = await prepare(request, parts, await places.identity(), options.admit);
      const engine = await engineFor(prepared);
      const planned = withProxies(prepared, engine);
      const { execution } = planned.plan;
      const image = execution.kind === "container" ? await presentImage(engine, execution) : undefined;
      const begin = async (): Promise<JobRun> => JobRun.begin(planned, engine, image, { ...parts, makeRoom: (name) => care.makeRoom(engine, { name }) }, options);
      const run = await begin().catch(async (error: unknown) => {
        if (!isRunnerError(error) || error.code !== "JOB_CONFLICT" || !(await care.makeRoom(engine, planned.plan))) throw error;
        return begin();
      });
      look(run);
      tidy(engine);
      return run;
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
    async tryEngines({ image, engine } = {}): Promise<readonly EngineTrial[]> {
      const names = engine === undefined ? (await containers.report({ containers: true, capabilities: false })).filter(({ usable }) => usable).map(({ name }) => name) : [engine];
      return Promise.all(names.map((name) => tryEngine(name, () => containers.open(name, {}, { from: "engine" }), host, image)));
    },
    images: async (engine = "auto"): Promise<EngineImages> => engineImages(await containers.open(engine, {}, { from: "engine" }), parts.keychain),
    async close(): Promise<void> {
      closed = true;
      await Promise.all([...running].map((run) => (run.plan.ownerGone === "continue" && run.adopted ? run.leave() : run.cancel())));
      await Promise.all(beside);
      await Promise.all([containers.close(), onHost.close()]);
    },
  };
}

async function modulesOf(names: readonly string[], directory: string, { loadEngines }: RunnerParts): Promise<readonly EngineModule[]> {
  if (names.length === 0) return [];
  if (loadEngines === undefined) throw new RunnerError("SETTINGS_INVALID", "This runner loads no engines that settings name.", { location: { key: "engine_plugins" }, hint: "Give createRunner a loadEngines, or the engines themselves." });
  return loadEngines(names, directory);
}

/** `runtime`: what labels say of the runtime directory. */
async function prepare(value: JobRequest, { host, version }: RunnerParts, runtime: string, admit?: Admit): Promise<Planned> {
  const request = checkRequest(value);
  const root = resolve(host.cwd, request.privateDataDir);
  const snapshot = await readDataDir(root, { ...(typeof request.playbook === "string" ? { playbook: request.playbook } : {}), ...(request.projectDir === undefined ? {} : { projectDir: resolve(host.cwd, request.projectDir) }) });
  const context: PlanContext = {
    cwd: host.cwd,
    home: host.home,
    environment: host.environment,
    probe: probePath,
    real: realPath,
    sshDirectory: () => readSshDirectory(host.home),
    newIdent: host.uuid(),
    jobId: host.uuid(),
    owner: `${ownerPlace(host)}:${host.pid}`,
    runtimeDir: runtime,
    version,
  };
  const planned = planJob(request, snapshot, context);
  await admit?.(planned.plan, (alternative) => planJob(checkRequest(alternative), snapshot, context).plan);
  return planned;
}
