import type { PlannedValue } from "@distronode-runner/contract";

/** Collects the values that a plan only names. */
export class Secrets {
  readonly values: Map<string, string> = new Map();

  /** Keeps the value under its name and gives what the plan holds instead. */
  keep(name: string, value: string): PlannedValue {
    this.values.set(name, value);
    return { secret: name };
  }
}
