import { abortable } from "@distronode-runner/contract";

/** Resolves after so many milliseconds, or sooner when `sooner` does; rejects with the signal's reason. */
export async function pause(milliseconds: number, signal?: AbortSignal, sooner?: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  try {
    await abortable(sooner === undefined ? elapsed : Promise.race([elapsed, sooner.then(() => {})]), signal);
  } finally {
    clearTimeout(timer);
  }
}
