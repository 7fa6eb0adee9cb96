import type { EngineReport, EngineTrial } from "@distronode-runner/contract";
import type { HostFacts } from "../host-facts.ts";
import type { SettledJob } from "../jobs/settle.ts";
import { renderColumns } from "./columns.ts";
import { engineRemarks, engineTable } from "./engines.ts";
import { printable } from "./printable.ts";
import { narrow, wrap } from "./wrap.ts";

export interface Diagnosis {
  readonly engines: readonly EngineReport[];
  readonly host: HostFacts;
  /** Whose runner had gone. */
  readonly jobs: readonly SettledJob[];
  readonly healthy: boolean;
  /** Whether a container ran in each engine, if that was tried. */
  readonly trials?: readonly EngineTrial[];
}

export function renderDiagnosis({ engines, host, jobs, healthy, trials }: Diagnosis): string {
  const verdict = trials !== undefined ? triedVerdict(trials, healthy) : healthy ? "At least one container engine is usable." : "No container engine is usable: install podman or docker, or start its service. Jobs without --process-isolation run on this host all the same.";
  return printable(["Engines", indent(engineTable(engines)), "", ...engineRemarks(engines).flatMap((remark) => [indent(remark), ""]), ...(trials ?? []).flatMap((trial) => [indent(renderTrial(trial)), ""]), "Host", indent(renderHost(host)), "", ...(jobs.length === 0 ? [] : ["Jobs whose runner was killed", indent(jobs.map(renderJob).join("\n")), ""]), wrap(verdict, narrow), ""].join("\n"));
}

function renderTrial({ engine, image, works, error, worksWith }: EngineTrial): string {
  if (works) return wrap(`${engine}: a container of ${image} has run.`, 76, "  ");
  return [
    wrap(`${engine}: no container${image === undefined ? "" : ` of ${image}`} runs: ${error?.message ?? ""}`, 76, "  "),
    ...(error?.problems ?? []).map((problem) => wrap(`  ${problem}`, 76, "  ")),
    ...(error?.hint === undefined ? [] : [wrap(`Hint: ${error.hint}`, 76, "  ")]),
    ...(worksWith === undefined ? [] : [wrap(`With ${worksWith} one has run.`, 76, "  ")]),
  ].join("\n");
}

function triedVerdict(trials: readonly EngineTrial[], healthy: boolean): string {
  if (healthy) return "Containers run here.";
  const way = trials.find(({ worksWith }) => worksWith !== undefined);
  return way === undefined ? "No container runs here. Jobs without --process-isolation run on this host all the same." : `Containers run here with ${way.worksWith} alone.`;
}

const outcomes: Readonly<Record<SettledJob["action"], string>> = {
  none: "no runner: doctor --fix settles it, attach goes on with it",
  adopted: "goes on, with a runner in the background",
  canceled: "was canceled",
  lost: "could not be gone on with; its artifacts say so now",
  completed: "had ended; what was missing of its artifacts was written again",
  removed: "had ended; what was left of it was removed",
  left: "goes on without a runner",
};

function renderJob({ ident, action }: SettledJob): string {
  return wrap(`${ident}: ${outcomes[action]}`, 76, "  ");
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

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
