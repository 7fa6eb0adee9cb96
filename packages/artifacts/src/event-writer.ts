import { Worker } from "node:worker_threads";
import { replaceFile } from "./replace-file.ts";

export interface EventFile {
  readonly path: string;
  readonly json: string;
}

/** Writes a batch of files, private and each whole or not at all. */
export type WriteEvents = (batch: readonly EventFile[]) => Promise<void>;

/** So many files are worth a thread, whose start takes as long as some hundred of them. */
const worthAThread = 200;

/**
 * One for all jobs of a store. After the first few files a thread does the work: four system calls a file are cheapest one after the other, and no slow disk may
 * hold up this process's other business meanwhile.
 */
export function eventWriter(): WriteEvents {
  let files = 0;
  let thread: WriteEvents | undefined;
  return (batch) => {
    files += batch.length;
    if (files <= worthAThread) return writeHere(batch);
    thread ??= startThread();
    return thread(batch);
  };
}

async function writeHere(batch: readonly EventFile[]): Promise<void> {
  for (const { path, json } of batch) await replaceFile(path, json);
}

const source = `
const { parentPort } = require("node:worker_threads");
const { renameSync, writeFileSync } = require("node:fs");
parentPort.on("message", ({ number, batch }) => {
  try {
    for (const { path, json } of batch) {
      writeFileSync(path + ".tmp", json, { mode: 0o600 });
      renameSync(path + ".tmp", path);
    }
    parentPort.postMessage({ number });
  } catch (error) {
    parentPort.postMessage({ number, failure: { message: error.message, code: error.code } });
  }
});
`;

interface Answer {
  readonly number: number;
  readonly failure?: { readonly message: string; readonly code?: string };
}

function startThread(): WriteEvents {
  // A text and not a file of its own, so that it needs no place beside a bundle.
  const worker = new Worker(source, { eval: true, resourceLimits: { maxYoungGenerationSizeMb: 4 } });
  const waiting = new Map<number, { resolve(): void; reject(error: Error): void }>();
  let last = 0;
  let broken: Error | undefined;
  worker.unref();
  worker.on("message", ({ number, failure }: Answer) => {
    const waiter = waiting.get(number);
    waiting.delete(number);
    if (waiting.size === 0) worker.unref();
    if (failure === undefined) waiter?.resolve();
    else waiter?.reject(Object.assign(new Error(failure.message), { code: failure.code }));
  });
  worker.on("error", (error: Error) => {
    broken = error;
    for (const waiter of waiting.values()) waiter.reject(error);
    waiting.clear();
  });
  return (batch) =>
    new Promise((resolve, reject) => {
      if (broken !== undefined) return reject(broken);
      last += 1;
      waiting.set(last, { resolve, reject });
      worker.ref();
      worker.postMessage({ number: last, batch });
    });
}
