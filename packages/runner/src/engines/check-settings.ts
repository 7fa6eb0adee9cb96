import { RunnerError, type EnginePlugin } from "@distronode-runner/contract";
import { suggest } from "@distronode-runner/core";

type Sections = Readonly<Record<string, unknown>>;
type Described = Pick<EnginePlugin, "name" | "settingsSchema">;

/** A section for an engine that does not exist is a typing error, not a section without effect. */
export function checkSectionNames(sections: Sections, plugins: readonly Described[]): void {
  const names = plugins.map((plugin) => plugin.name);
  const unknown = Object.keys(sections).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new RunnerError("SETTINGS_INVALID", `The setting engines.${unknown} is for an engine that is not known.`, { location: { key: `engines.${unknown}` }, hint: suggest(unknown, names, `Known engines: ${names.join(", ")}.`) });
  }
}

/** Checks an engine's section against the schema that the engine brought along. ajv is loaded only when there is something to check. */
export async function checkSection(section: unknown, plugin: Described): Promise<void> {
  if (section === undefined) return;
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  const check = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(plugin.settingsSchema);
  if (check(section)) return;
  const problems = (check.errors ?? []).map((error) => {
    const extra = (error.params as { additionalProperty?: string }).additionalProperty;
    const path = [`engines.${plugin.name}`, ...error.instancePath.split("/").slice(1), ...(extra === undefined ? [] : [extra])].join(".");
    return `The setting ${path} ${extra === undefined ? (error.message ?? "is not valid") : "is not known"}`;
  });
  const known = Object.keys((plugin.settingsSchema as { properties?: object }).properties ?? {});
  throw new RunnerError("SETTINGS_INVALID", problems.length === 1 ? `${problems[0]}.` : `The settings of the engine ${plugin.name} have ${problems.length} faults.`, {
    location: { key: `engines.${plugin.name}` },
    hint: known.length === 0 ? `The engine ${plugin.name} has no settings.` : `Settings of ${plugin.name}: ${known.join(", ")}.`,
    problems: problems.length === 1 ? [] : problems,
  });
}
