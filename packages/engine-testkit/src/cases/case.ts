import { strict as assert } from "node:assert";
import { isRunnerError, type EngineSupports, type ErrorCode } from "@distronode-runner/contract";
import type { CaseContext } from "../context.ts";

export interface Case {
  /** A sentence about what an engine does. */
  readonly name: string;
  /** Name of the capability that is missing, if this engine can not be held to the sentence. */
  readonly needs?: (supports: EngineSupports) => string | undefined;
  readonly run: (context: CaseContext) => Promise<void>;
}

export const containers = (supports: EngineSupports): string | undefined => (supports.containers ? undefined : "containers");
export const archives = (supports: EngineSupports): string | undefined => (supports.archives ? undefined : "archives");
export const canExec = (supports: EngineSupports): string | undefined => (supports.exec ? undefined : "exec");
export const images = (supports: EngineSupports): string | undefined => (supports.images ? undefined : "images");
export const sharedDisk = (supports: EngineSupports): string | undefined => (supports.containers && supports.sharedDisk ? undefined : "containers with a shared disk");
export const acrossProcesses = (supports: EngineSupports): string | undefined => (supports.listAcrossProcesses ? undefined : "listAcrossProcesses");

/** It rejects with an error of the table that has this code. */
export async function rejectsWith(code: ErrorCode, work: Promise<unknown>, what: string): Promise<void> {
  const error = await work.then(
    () => assert.fail(`${what} should be ${code}, and resolves.`),
    (reason: unknown) => reason,
  );
  assert.ok(isRunnerError(error), `${what} should be a RunnerError, and is ${String(error)}.`);
  assert.equal(error.code, code, `${what} is ${error.code}: ${error.message}`);
}

/** It rejects with this very value. */
export async function rejectsWithReason(reason: unknown, work: Promise<unknown>, what: string): Promise<void> {
  const outcome = await work.then(
    () => ({ resolved: true }) as const,
    (error: unknown) => ({ resolved: false, error }) as const,
  );
  assert.ok(!outcome.resolved, `${what} resolves although it was aborted.`);
  assert.equal(outcome.error, reason, `${what} does not reject with the signal's reason.`);
}

/** True if it has not settled after so long. */
export async function isPending(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const settled = work.then(
    () => false,
    () => false,
  );
  return Promise.race([settled, new Promise<boolean>((resolve) => setTimeout(() => resolve(true), milliseconds))]);
}

/** What `prepare` gives takes less than so many seconds, one time in three: a machine that is busy is not always, and an engine that waits does so each time. */
export async function quickly(limit: number, prepare: () => Promise<() => Promise<void>>): Promise<void> {
  const taken: string[] = [];
  while (taken.length < 3) {
    const work = await prepare();
    const begun = performance.now();
    await work();
    const seconds = (performance.now() - begun) / 1000;
    if (seconds < limit) return;
    taken.push(seconds.toFixed(1));
  }
  assert.fail(`It took ${taken.join(", ")} seconds.`);
}
