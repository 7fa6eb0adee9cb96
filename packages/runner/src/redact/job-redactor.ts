import type { JobPlan } from "@distronode-runner/contract";
import { shownCommand, type Planned, type Sensitive } from "@distronode-runner/core";
import { Redactor } from "./redactor.ts";

export function jobRedactor(sensitive: readonly Sensitive[]): Redactor {
  return new Redactor(sensitive.filter(({ ordinary }) => ordinary !== true).map(({ value }) => value));
}

/** A plan as it may be shown: its command may have been written with secrets in it. */
export function shownPlan({ plan, sensitive }: Pick<Planned, "plan" | "sensitive">, redactor: Redactor = jobRedactor(sensitive)): JobPlan {
  return Object.freeze({ ...plan, command: Object.freeze(redactor.value(shownCommand(plan.command))) });
}
