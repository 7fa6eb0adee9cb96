import { executions, type Execution } from "./executions.ts";
import { faces } from "./faces.ts";

export interface Combination {
  /** A name among `faces`. */
  readonly face: string;
  readonly execution: Execution;
}

/** Everything with everything. */
export const fullMatrix: boolean = process.env["DISTRONODE_RUNNER_TEST_MATRIX"] === "full";

/**
 * How the scenario with this index is run. Normally as a latin square: each scenario through each face and on each execution, and over the scenarios each face
 * on each execution. `DISTRONODE_RUNNER_TEST_MATRIX=full` (`./pnpmw test --matrix full`): each scenario in every combination.
 */
export function combinations(index: number, all = fullMatrix): readonly Combination[] {
  const names = Object.keys(faces);
  if (all) return executions.flatMap((execution) => names.map((face) => ({ face, execution })));
  return Array.from({ length: Math.max(names.length, executions.length) }, (_, turn) => ({ face: names[turn % names.length]!, execution: executions[(turn + index) % executions.length]! }));
}
