import type { JobEvent } from "@distronode-runner/contract";
import { globPattern } from "../cleanup/glob.ts";

export interface EventFilter {
  readonly host?: readonly string[] | undefined;
  readonly task?: readonly string[] | undefined;
  readonly kind?: readonly string[] | undefined;
}

/** Whether an event has one of the hosts, one of the tasks and one of the kinds that were named; what was not named matches all. */
export function eventFilter({ host, task, kind }: EventFilter): (event: JobEvent) => boolean {
  const [hosts, tasks, kinds] = [host, task, kind].map((names) => names?.map(globPattern));
  const has = (patterns: readonly RegExp[] | undefined, value: unknown): boolean => patterns === undefined || (typeof value === "string" && patterns.some((pattern) => pattern.test(value)));
  return ({ event, event_data: data }) => has(kinds, event) && has(hosts, data?.["host"]) && has(tasks, data?.["task"]);
}
