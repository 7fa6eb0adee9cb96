import { asRunnerError, engineContract, RunnerError, type Engine, type EnginePlugin, type EngineReport, type Host } from "@distronode-runner/contract";
import { suggest } from "@distronode-runner/core";
import { checkSection, checkSectionNames } from "./check-settings.ts";

type AnyPlugin = EnginePlugin<unknown>;

/** Opens engines once each, and closes them. A named engine must work; `auto` takes the first that does, and lists every attempt if none. */
export class EnginePool {
  readonly #plugins: readonly AnyPlugin[];
  readonly #host: Host;
  readonly #open = new Map<string, Promise<Engine>>();

  constructor(plugins: readonly EnginePlugin<never>[], host: Host) {
    this.#plugins = plugins as readonly unknown[] as readonly AnyPlugin[];
    const twice = plugins.find(({ name }, index) => plugins.findIndex((other) => other.name === name) !== index);
    if (twice !== undefined) throw new RunnerError("SETTINGS_INVALID", `Two engines have the name ${twice.name}.`, { hint: "Leave one of them out, or give one another name." });
    this.#host = host;
  }

  async open(name: string, settings: Readonly<Record<string, unknown>>): Promise<Engine> {
    checkSectionNames(settings, this.#plugins);
    return name === "auto" ? this.#auto(settings) : this.#named(name, settings);
  }

  async #named(name: string, settings: Readonly<Record<string, unknown>>): Promise<Engine> {
    const plugin = this.#plugins.find((candidate) => candidate.name === name);
    if (plugin === undefined) {
      const names = this.#plugins.map((candidate) => candidate.name);
      throw new RunnerError("ENGINE_NOT_FOUND", `There is no container engine named ${JSON.stringify(name)}.`, {
        location: { key: "process_isolation_executable" },
        hint: suggest(name, names, `Known engines: ${names.join(", ")}, or auto.`),
      });
    }
    checkContract(plugin);
    await checkSection(settings[name], plugin);
    const section = settings[name] ?? {};
    const key = `${name} ${JSON.stringify(section)}`;
    const opened = this.#open.get(key) ?? this.#detectAndOpen(plugin, section);
    this.#open.set(key, opened);
    // A failed attempt is made again next time.
    opened.catch(() => this.#open.delete(key));
    return opened;
  }

  async #detectAndOpen(plugin: AnyPlugin, section: unknown): Promise<Engine> {
    const found = await plugin.detect(section, this.#host).catch((error: unknown) => {
      throw asRunnerError(error, "ENGINE_UNAVAILABLE");
    });
    if (!found.usable) throw new RunnerError("ENGINE_NOT_FOUND", `The engine ${plugin.name} is not usable: ${found.reason}`, { location: { key: "process_isolation_executable" }, hint: found.hint });
    return plugin.open(section, this.#host);
  }

  async #auto(settings: Readonly<Record<string, unknown>>): Promise<Engine> {
    const attempts: string[] = [];
    for (const plugin of this.#plugins) {
      try {
        return await this.#named(plugin.name, settings);
      } catch (error) {
        const failure = asRunnerError(error, "ENGINE_UNAVAILABLE");
        attempts.push(`${failure.message}${failure.hint === undefined ? "" : ` ${failure.hint}`}`);
      }
    }
    throw new RunnerError("ENGINE_NOT_FOUND", "No container engine is usable here.", { problems: attempts, hint: "Install podman or docker." });
  }

  /** All that can be used with their own settings. */
  async usable(): Promise<readonly Engine[]> {
    const opened = await Promise.allSettled(this.#plugins.map((plugin) => this.#named(plugin.name, {})));
    return opened.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
  }

  /** Every engine, looked at now. */
  async report(containers: boolean, capabilities: boolean): Promise<readonly EngineReport[]> {
    return Promise.all(
      this.#plugins.map(async (plugin): Promise<EngineReport> => {
        try {
          checkContract(plugin);
          const found = await plugin.detect({}, this.#host);
          if (!found.usable) return { name: plugin.name, containers, usable: false, reason: found.reason, hint: found.hint };
          const { version, endpoint, rootless } = found.info;
          const supports = capabilities ? { supports: (await this.#named(plugin.name, {})).supports } : {};
          return { name: plugin.name, containers, usable: true, version, endpoint, rootless, ...supports };
        } catch (error) {
          const { message, hint } = asRunnerError(error);
          return { name: plugin.name, containers, usable: false, reason: message, ...(hint === undefined ? {} : { hint }) };
        }
      }),
    );
  }

  async close(): Promise<void> {
    const engines = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    await Promise.all(engines.flatMap((engine) => (engine.status === "fulfilled" ? [engine.value.close()] : [])));
  }
}

function checkContract({ name, contract }: AnyPlugin): void {
  if (contract === engineContract) return;
  throw new RunnerError("ENGINE_INCOMPATIBLE", `The engine ${name} was made for contract ${contract}, this runner has ${engineContract}.`, { hint: "Install a version of the plugin for this runner." });
}
