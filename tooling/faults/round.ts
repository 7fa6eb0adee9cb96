import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { JobSummary } from "@distronode-runner/contract";
import type { Execution } from "../scenarios/executions.ts";
import { audit, journalOf } from "./audit.ts";
import { courseOf } from "./course.ts";
import { kill, type Victim } from "./victims.ts";
import type { Workbench } from "./workbench.ts";

/** An undisturbed job, and how long it took. */
export interface Undisturbed {
  readonly course: string;
  readonly milliseconds: number;
}

export interface RoundResult {
  /** Final status, or `none`: it was killed before there was a job. */
  readonly outcome: string;
  readonly faults: readonly string[];
}

/** Runs the job with nobody in the way. */
export async function undisturbed(bench: Workbench, execution: Execution): Promise<Undisturbed> {
  const ident = `faults-undisturbed-${execution}`;
  const since = performance.now();
  const { exitCode, stderr } = await bench.start(ident, execution).finished;
  if (exitCode !== 0) throw new Error(`The undisturbed job failed: ${stderr}`);
  return { course: courseOf(journalOf(bench.artifacts(ident))), milliseconds: performance.now() - since };
}

export interface Round {
  readonly bench: Workbench;
  readonly ident: string;
  readonly execution: Execution;
  readonly victim: Victim;
  /** Milliseconds after the start. */
  readonly at: number;
  /** The job is to end as this one did, if its runner alone is killed. */
  readonly like?: Undisturbed;
}

/** Kills one process of a running job, lets `doctor --fix` settle it, and looks at what is left. */
export async function round({ bench, ident, execution, victim, at, like }: Round): Promise<RoundResult> {
  const job = bench.start(ident, execution);
  await sleep(at);
  await kill(victim, execution, job.child.pid!, `distronode_runner_${ident}`);
  await job.finished;
  await bench.run("doctor", "--fix");
  if (await known(bench, ident)) await bench.run("wait", ident);
  const faults = [...(await audit(bench, ident, execution))];
  if (!existsSync(bench.artifacts(ident))) return { outcome: "none", faults };
  const entries = journalOf(bench.artifacts(ident));
  const status = entries.findLast((entry) => entry.type === "status")?.status ?? "unknown";
  const why = entries.findLast((entry) => entry.type === "status")?.error?.message ?? "";
  const begun = entries.some((entry) => entry.type === "event");
  if (like !== undefined && begun && ["runner", "service", "keeper"].includes(victim) && courseOf(entries) !== like.course) faults.push(`the job ended as ${status} and not as an undisturbed one ${why}`);
  return { outcome: status, faults };
}

async function known(bench: Workbench, ident: string): Promise<boolean> {
  const { stdout } = await bench.run("ps", "--all", "--json");
  return (JSON.parse(stdout) as JobSummary[]).some((job) => job.ident === ident);
}
