import type { EngineReport } from "@distronode-runner/contract";
import type { HostFacts } from "../host-facts.ts";
import { renderColumns } from "./columns.ts";
import { printable } from "./printable.ts";
import { wrap } from "./wrap.ts";

export interface Diagnosis {
  readonly engines: readonly EngineReport[];
  readonly host: HostFacts;
  readonly healthy: boolean;
}

export function renderDiagnosis({ engines, host, healthy }: Diagnosis): string {
  const remarks = engines.filter((engine) => !engine.usable).map(renderReason);
  const verdict = healthy ? "At least one container engine is usable." : "No container engine is usable: install podman or docker, or start its service. Jobs without --process-isolation run on this host all the same.";
  return printable(["Engines", indent(renderEngines(engines)), "", ...remarks.flatMap((remark) => [indent(remark), ""]), "Host", indent(renderHost(host)), "", wrap(verdict, 80), ""].join("\n"));
}

function renderEngines(engines: readonly EngineReport[]): string {
  const header = ["ENGINE", "USABLE", "VERSION", "ROOTLESS", "ENDPOINT"];
  return renderColumns([header, ...engines.map((engine) => [engine.name, yesNo(engine.usable), engine.version ?? "-", yesNo(engine.rootless), engine.endpoint ?? "-"])]);
}

function renderReason(engine: EngineReport): string {
  const hint = engine.hint === undefined ? [] : [wrap(`Hint: ${engine.hint}`, 76, "  ")];
  return [wrap(`${engine.name}: ${engine.reason ?? "not usable"}`, 76, "  "), ...hint].join("\n");
}

function renderHost(host: HostFacts): string {
  return renderColumns([
    ["Node.js", host.node],
    ["user", `${host.user} (uid ${host.uid})`],
    ["python3", host.python ?? "not found: jobs on this host need it"],
    ["playbook tool", host.playbookTool ?? "not found: only jobs in containers will run"],
    ["cgroups", host.cgroups],
    ...(host.subordinateIds === undefined ? [] : [["subordinate ids", host.subordinateIds ? "yes" : "none in /etc/subuid and /etc/subgid: rootless containers need them"]]),
  ]);
}

function yesNo(value: boolean | undefined): string {
  return value === undefined ? "-" : value ? "yes" : "no";
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
