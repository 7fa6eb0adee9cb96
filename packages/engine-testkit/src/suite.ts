import type { Engine } from "@distronode-runner/contract";
import { cases, type Case } from "./cases/index.ts";
import { CaseContext, type Load } from "./context.ts";
import type { Script } from "./scripts.ts";

/** What a test framework hands to a test; vitest and `node:test` both have `skip`. */
export interface TestContext {
  skip?(note?: string): void;
}

export interface SuiteOptions {
  /** Your framework's function. The slowest case takes tens of seconds on a busy machine: give it a timeout above `deadline`. */
  readonly test: (name: string, run: (context?: TestContext) => Promise<void>) => unknown;
  readonly describe: (name: string, group: () => void) => unknown;
  /** A fresh engine; each case opens and closes its own. */
  readonly open: () => Engine | Promise<Engine>;
  /** An image that is present. */
  readonly image: string;
  /** How things are said in that image. */
  readonly script: Script;
  /** How hard the cases about load try: `rounds` of a megabyte right before the exit, four at a time, and containers `atOnce`. Default 20 and 50. */
  readonly load?: Partial<Load>;
  /** Milliseconds after which a case has failed. Default 60 seconds. */
  readonly deadline?: number;
  /** Cases that are known not to hold, by name, with the reason. They are skipped in plain sight. */
  readonly skip?: Readonly<Record<string, string>>;
  /** Your own cases in the same setting. */
  readonly also?: (test: (name: string, run: (context: CaseContext) => Promise<void>) => void) => void;
}

/** Declares the laws of `Engine` as tests in the author's own framework. */
export function engineSuite(options: SuiteOptions): void {
  const unknown = Object.keys(options.skip ?? {}).filter((name) => !cases.some((known) => known.name === name));
  if (unknown.length > 0) throw new Error(`There is no such case to skip: ${unknown.join("; ")}`);
  const first = firstOpening(options.open);
  options.describe("engine", () => {
    options.test("opens", async (test) => ((await first()) ? undefined : test?.skip?.("The engine does not open.")));
    for (const one of cases) declare(options, first, one);
    options.also?.((name, run) => declare(options, first, { name, run }));
  });
}

/**
 * Opens an engine once, to see whether it can be. One that is not there is a single failure, of whichever case comes first, and not one of each: false for all that
 * follow.
 */
function firstOpening(open: SuiteOptions["open"]): () => Promise<boolean> {
  let opened: Promise<void> | undefined;
  return async () => {
    if (opened !== undefined) return opened.then(() => true, () => false);
    opened = (async () => {
      const engine = await open();
      await engine.close();
    })();
    await opened;
    return true;
  };
}

function declare(options: SuiteOptions, first: () => Promise<boolean>, one: Case): void {
  options.test(one.name, async (test) => {
    const skipped = options.skip?.[one.name];
    if (skipped !== undefined) return test?.skip?.(skipped);
    if (!(await first())) return test?.skip?.("The engine does not open.");
    const open = async (): Promise<Engine> => options.open();
    const engine = await open();
    try {
      const missing = one.needs?.(engine.supports);
      if (missing !== undefined) return test?.skip?.(`The engine does not support ${missing}.`);
      const deadline = options.deadline ?? 60_000;
      const context = new CaseContext(engine, { image: options.image, script: options.script, load: { rounds: 20, atOnce: 50, ...options.load } }, open);
      await within(deadline, one.run(context)).catch(async (error: unknown) => {
        // Its own failure is the one to report.
        await within(deadline, context.finish()).catch(() => {});
        throw error;
      });
      await within(deadline, context.finish());
    } finally {
      await engine.close();
    }
  });
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`The case did not end within ${milliseconds} ms.`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
