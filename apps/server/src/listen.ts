import { RunnerError } from "@distronode-runner/contract";
import type { FastifyInstance } from "fastify";

export interface ListenOptions {
  /** Only this machine can connect unless another address is given. */
  readonly host?: string | undefined;
  /** 0: any free one. */
  readonly port?: number | undefined;
}

/** Whether an address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Resolves with the URL. */
export async function listen(app: FastifyInstance, { host = "127.0.0.1", port = 4870 }: ListenOptions = {}): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") throw new RunnerError("USAGE", `Port ${port} of ${host} is taken.`, { cause: error, hint: "Choose another one with --port." });
    if (code === "EACCES" || code === "EADDRNOTAVAIL" || code === "ENOTFOUND") throw new RunnerError("USAGE", `Can not listen on ${host}, port ${port} (${code}).`, { cause: error });
    throw error;
  }
}
