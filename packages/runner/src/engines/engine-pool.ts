import { abortable, asRunnerError, engineContract, RunnerError, type CallOptions, type Engine, type EnginePlugin, type EngineReport, type Host } from "@distronode-runner/contract";
import { suggest } from "@distronode-runner/core";
import { attentive } from "./attentive.ts";
import { checkSection, checkSectionNames } from "./check-settings.ts";
import type { EngineModule } from "./engine-module.ts";
import { isUnanswered, unanswered } from "./pulse.ts";

/** Milliseconds. Some start a service of their own first. */
const openPatience = 60_000;

type AnyPlugin = EnginePlugin<unknown>;
type Place = { readonly location?: { readonly key: string } };
type Sections = Readonly<Record<string, unknown>>;

export interface ReportOptions {
  /** What the engines of this pool are, for the report. */
  readonly containers: boolean;
  readonly capabilities: boolean;
  readonly settings?: Sections;
  readonly more?: readonly EngineModule[];
}

/** Opens engines once each, and closes them. A named engine must work; `auto` takes the first that does, and lists every attempt if none. */
export class EnginePool {
  readonly #plugins: readonly AnyPlugin[];
  readonly #modules: readonly EngineModule[];
  readonly #host: Host;
  readonly #open = new Map<AnyPlugin, Map<string, Promise<Engine>>>();

  constructor(plugins: readonly EnginePlugin<never>[], host: Host, modules: readonly EngineModule[] = []) {
    this.#plugins = anyPlugins(plugins);
    this.#modules = modules;
    this.#host = host;
  }

  /** `from`: where the engine was named, for errors; `more`: modules with further engines, for this call; `forContainers`: one that only has processes of this machine is none. */
  async open(name: string, settings: Sections, { from, more = [], forContainers = false }: { readonly from?: string; readonly more?: readonly EngineModule[]; readonly forContainers?: boolean } = {}): Promise<Engine> {
    const modules = [...this.#modules, ...more];
    const fault = modules.find((module) => module.named && module.error !== undefined)?.error;
    if (fault !== undefined) throw fault;
    const plugins = this.#all(modules);
    refuseTwins(plugins);
    checkSectionNames(settings, plugins);
    if (name === "auto") return this.#auto(plugins, settings, forContainers);
    const plugin = plugins.find((candidate) => candidate.name === name);
    const place = from === undefined ? {} : { location: { key: from } };
    if (plugin !== undefined) {
      const engine = await this.#use(plugin, settings, place);
      if (forContainers) checkContainers(engine, place);
      return engine;
    }
    const names = plugins.map((candidate) => candidate.name);
    throw new RunnerError("ENGINE_NOT_FOUND", `There is no container engine named ${JSON.stringify(name)}.`, {
      ...place,
      hint: suggest(name, names, `Known engines: ${names.join(", ")}, or auto.`),
      problems: modules.flatMap(({ error }) => (error === undefined ? [] : [error.message])),
    });
  }

  #all(modules: readonly EngineModule[]): readonly AnyPlugin[] {
    return [...this.#plugins, ...modules.flatMap(({ engines }) => anyPlugins(engines))];
  }

  async #use(plugin: AnyPlugin, settings: Sections, place: Place = {}): Promise<Engine> {
    checkContract(plugin);
    await checkSection(settings[plugin.name], plugin);
    const section = settings[plugin.name] ?? {};
    const key = JSON.stringify(section);
    const ofPlugin = this.#open.get(plugin) ?? new Map<string, Promise<Engine>>();
    this.#open.set(plugin, ofPlugin);
    const opened = ofPlugin.get(key) ?? this.#detectAndOpen(plugin, section, place);
    ofPlugin.set(key, opened);
    // A failed attempt is made again next time.
    opened.catch(() => ofPlugin.delete(key));
    return opened;
  }

  async #detectAndOpen(plugin: AnyPlugin, section: unknown, place: Place): Promise<Engine> {
    if (plugin.opensOrRejects !== true) {
      await this.#detect(plugin, section, place);
      return this.#openOne(plugin, section);
    }
    try {
      return await this.#openOne(plugin, section);
    } catch (error) {
      // Who does not answer would not answer that either.
      if (!isUnanswered(error)) await this.#detect(plugin, section, place);
      throw error;
    }
  }

  async #openOne(plugin: AnyPlugin, section: unknown): Promise<Engine> {
    return attentive(await inTime(plugin.name, (options) => plugin.open(section, this.#host, options)));
  }

  /** Rejects, with the reason and what to do, if it can not be used. */
  async #detect(plugin: AnyPlugin, section: unknown, place: Place): Promise<void> {
    const found = await inTime(plugin.name, (options) => plugin.detect(section, this.#host, options)).catch((error: unknown) => {
      throw asRunnerError(error, "ENGINE_UNAVAILABLE");
    });
    if (!found.usable) throw new RunnerError("ENGINE_NOT_FOUND", `The engine ${plugin.name} is not usable: ${found.reason}`, { ...place, hint: found.hint });
  }

  async #auto(plugins: readonly AnyPlugin[], settings: Sections, forContainers: boolean): Promise<Engine> {
    const attempts: string[] = [];
    for (const plugin of plugins) {
      try {
        const engine = await this.#use(plugin, settings);
        if (forContainers) checkContainers(engine);
        return engine;
      } catch (error) {
        const failure = asRunnerError(error, "ENGINE_UNAVAILABLE");
        attempts.push(`${failure.message}${failure.hint === undefined ? "" : ` ${failure.hint}`}`);
      }
    }
    throw new RunnerError("ENGINE_NOT_FOUND", "No container engine is usable here.", { problems: attempts, hint: "Install podman or docker." });
  }

  /** All that can be used with their own settings. */
  async usable(): Promise<readonly Engine[]> {
    const opened = await Promise.allSettled(this.#all(this.#modules).map((plugin) => this.#use(plugin, {})));
    return opened.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
  }

  /** Every engine, looked at now, and every module that can not be loaded. */
  async report({ containers, capabilities, settings = {}, more = [] }: ReportOptions): Promise<readonly EngineReport[]> {
    const modules = [...this.#modules, ...more];
    const look = async (plugin: AnyPlugin, from: Pick<EngineReport, "from">): Promise<EngineReport> => {
      const known = { name: plugin.name, containers, ...from };
      try {
        checkContract(plugin);
        await checkSection(settings[plugin.name], plugin);
        const found = await inTime(plugin.name, (options) => plugin.detect(settings[plugin.name] ?? {}, this.#host, options));
        if (!found.usable) return { ...known, usable: false, reason: found.reason, hint: found.hint };
        const { version, endpoint, rootless } = found.info;
        const supports = capabilities ? { supports: (await this.#use(plugin, settings)).supports } : {};
        return { ...known, usable: true, version, endpoint, rootless, ...supports };
      } catch (error) {
        return { ...known, ...unusable(error) };
      }
    };
    const own = this.#plugins.map((plugin) => look(plugin, {}));
    const others = modules.flatMap(({ name, place, engines, error }) => {
      const from = { from: `${name} in ${place}` };
      return error === undefined ? anyPlugins(engines).map((plugin) => look(plugin, from)) : [Promise.resolve({ name, containers, ...from, ...unusable(error) })];
    });
    return Promise.all([...own, ...others]);
  }

  async close(): Promise<void> {
    const engines = await Promise.allSettled([...this.#open.values()].flatMap((ofPlugin) => [...ofPlugin.values()]));
    this.#open.clear();
    await Promise.all(engines.flatMap((engine) => (engine.status === "fulfilled" ? [engine.value.close()] : [])));
  }
}

/** What an engine takes to be looked at or opened; one whose service was stopped would take for ever. */
async function inTime<T>(name: string, work: (options: CallOptions) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(unanswered(name, openPatience)), openPatience);
  try {
    return await abortable(work({ signal: late.signal }), late.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Each checks its own settings; the pool only carries them. */
const anyPlugins = (plugins: readonly EnginePlugin<never>[]): readonly AnyPlugin[] => plugins as readonly unknown[] as readonly AnyPlugin[];

function unusable(error: unknown): Pick<EngineReport, "usable" | "reason" | "hint"> {
  const { message, hint } = asRunnerError(error);
  return { usable: false, reason: message, ...(hint === undefined ? {} : { hint }) };
}

function refuseTwins(plugins: readonly AnyPlugin[]): void {
  const twice = plugins.find(({ name }, index) => plugins.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined) throw new RunnerError("SETTINGS_INVALID", `Two engines have the name ${twice.name}.`, { hint: "Leave one of them out, or give one another name." });
}

function checkContract({ name, contract }: AnyPlugin): void {
  if (contract === engineContract) return;
  throw new RunnerError("ENGINE_INCOMPATIBLE", `The engine ${name} was made for contract ${contract}, this runner has ${engineContract}.`, { hint: "Install a version of the plugin for this runner." });
}

/** Its jobs would look for the directories of a container on this machine. */
function checkContainers({ name, supports }: Engine, place: Place = {}): void {
  if (supports.containers) return;
  throw new RunnerError("ENGINE_INCOMPATIBLE", `The engine ${name} has no containers.`, { ...place, hint: "Name one that has, such as podman or docker, or run the job without --process-isolation." });
}
