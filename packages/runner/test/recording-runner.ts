import type { JobHandle, JobRequest, Runner, StartOptions } from "@distronode-runner/contract";

export interface Asked {
  readonly request: JobRequest;
  readonly options: StartOptions;
}

/** A runner whose every job prints the same; `asked` is what it was asked for. */
export function recordingRunner(stdout: string, { rc = 0, stderr = "" }: { readonly rc?: number; readonly stderr?: string } = {}): Runner & { readonly asked: readonly Asked[] } {
  const asked: Asked[] = [];
  const status = rc === 0 ? "successful" : "failed";
  const job = { result: Promise.resolve({ status, rc }), stdout: async () => stdout, stderr: async () => stderr } as unknown as JobHandle;
  return {
    asked,
    start: async (request: JobRequest, options: StartOptions = {}) => {
      asked.push({ request, options });
      return job;
    },
  } as unknown as Runner & { readonly asked: readonly Asked[] };
}
