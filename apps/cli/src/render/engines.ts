import type { EngineReport, EngineSupports } from "@distronode-runner/contract";
import { renderColumns } from "./columns.ts";
import { printable } from "./printable.ts";
import { padTo, widthOf } from "./width.ts";
import { narrow, wrap } from "./wrap.ts";

/** The engines, where further ones are from, what those that were asked can do, and why others can not be used. */
export function renderEngines(engines: readonly EngineReport[]): string {
  const able = engines.flatMap(({ name, supports }) => (supports === undefined ? [] : [[name, capabilities(supports).join(", ") || "nothing"] as const]));
  const found = engines.flatMap(({ name, from }) => (from === undefined ? [] : [[name, from]]));
  const parts = [engineTable(engines), ...(found.length === 0 ? [] : [renderColumns([["ENGINE", "FOUND"], ...found])]), ...(able.length === 0 ? [] : [renderAble(able)]), ...engineRemarks(engines)];
  return printable(`${parts.join("\n\n")}\n`);
}

export function engineTable(engines: readonly EngineReport[]): string {
  const header = ["ENGINE", "USABLE", "VERSION", "ROOTLESS", "ENDPOINT"];
  return renderColumns([header, ...engines.map((engine) => [engine.name, yesNo(engine.usable), engine.version ?? "-", yesNo(engine.rootless), engine.endpoint || "-"])]);
}

/** A paragraph for each engine that can not be used. */
export function engineRemarks(engines: readonly EngineReport[]): readonly string[] {
  return engines.filter((engine) => !engine.usable).map((engine) => {
    const hint = engine.hint === undefined ? [] : [wrap(`Hint: ${engine.hint}`, 76, "  ")];
    return [wrap(`${engine.name}: ${engine.reason ?? "not usable"}`, 76, "  "), ...hint].join("\n");
  });
}

/** Two columns, the second folded where a terminal usually ends. */
function renderAble(able: readonly (readonly [name: string, text: string])[]): string {
  const column = Math.max("ENGINE".length, ...able.map(([name]) => widthOf(name))) + 2;
  return [["ENGINE", "CAN DO"] as const, ...able].map(([name, text]) => wrap(`${padTo(name, column)}${text}`, narrow, " ".repeat(column))).join("\n");
}

/** The capabilities in an engine's manifest that it has, in words. */
function capabilities({ limits, ...supports }: EngineSupports): readonly string[] {
  const names = (flags: object): string[] => Object.entries(flags).flatMap(([name, has]) => (has === true ? [inWords[name] ?? name] : []));
  return [...names(supports), ...names(limits).map((name) => `${name} limit`)];
}

/** `--json` has the names of the manifest. */
const inWords: Readonly<Record<string, string>> = {
  sharedDisk: "shared disk", listAcrossProcesses: "finds jobs again", insecurePull: "insecure pull", overlayMounts: "overlay mounts", rootIsCaller: "root is the caller", cpus: "processor", pids: "process",
};

function yesNo(value: boolean | undefined): string {
  return value === undefined ? "-" : value ? "yes" : "no";
}
