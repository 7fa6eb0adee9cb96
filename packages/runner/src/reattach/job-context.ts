import type { JobPlan } from "@distronode-runner/contract";
import type { Planned, Sensitive } from "@distronode-runner/core";

/** What another runner has to know of a job to go on with it. It is in the shim's memory alone. */
export interface JobContext {
  readonly version: 2;
  readonly plan: JobPlan;
  /** Of the markers of events. */
  readonly token: string;
  readonly sensitive: readonly Sensitive[];
}

/**
 * Credentials that the job itself does not get stay out of it: those for registries, and those of event sinks, which are read again from the settings.
 */
export function jobContext({ plan, sensitive }: Planned, token: string): string {
  const kept = sensitive.filter(({ from }) => !/^settings\.(container_auth_data|runner_)/.test(from));
  return JSON.stringify({ version: 2, plan, token, sensitive: kept } satisfies JobContext);
}

/** Undefined for one that this version does not know. */
export function readContext(text: string | null): JobContext | undefined {
  const context = text === null ? undefined : (JSON.parse(text) as Partial<JobContext>);
  return context?.version === 2 ? (context as JobContext) : undefined;
}
