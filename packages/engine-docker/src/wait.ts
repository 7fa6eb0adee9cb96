import type { CallOptions, ContainerExit } from "@distronode-runner/contract";
import { RunnerError } from "@distronode-runner/contract";
import type { ContainerNames } from "@distronode-runner/engine-http";
import { refused } from "./messages.ts";
import type { Daemon } from "./ping.ts";
import { toExit, type InspectedContainer } from "./records.ts";

/**
 * `wait` answers at once for a container that was never started, unless it is asked for the next exit; and the next exit may be
 * the one that has just been missed. So: subscribe to the next exit, and when the daemon has sent the head of its answer, look whether
 * there was one before.
 */
export async function waitForExit(daemon: Daemon, id: string, names: ContainerNames, options?: CallOptions): Promise<ContainerExit> {
  const path = `/v${daemon.apiVersion}/containers/${id}`;
  const subscription = await daemon.transport.stream({ method: "POST", path: `${path}/wait`, query: { condition: "next-exit" }, signal: options?.signal });
  const { status, body } = subscription;
  try {
    let earlier: InspectedContainer | undefined;
    if (status === 200) {
      earlier = await inspect();
      const exit = earlier === undefined ? undefined : toExit(earlier);
      if (exit !== undefined) return exit;
    }
    const text = await readAll(body);
    if (status >= 400) throw refused({ status, text }, `Container ${names.of(id)} can not be waited for`);
    const { StatusCode: exitCode, Error: error } = JSON.parse(text) as { StatusCode: number; Error: { Message: string } | null };
    const container = await inspect();
    if (container !== undefined) return { exitCode, outOfMemory: container.State.OOMKilled };
    // The removal of one that never ran counts as an exit with 0.
    if (error != null || (exitCode === 0 && earlier?.State.Status === "created")) throw refused({ status: 404, text: `No such container: ${names.of(id)}` }, "The container was removed before it exited");
    return { exitCode, outOfMemory: false };
  } catch (error) {
    if (options?.signal?.aborted === true) throw options.signal.reason;
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ECONNRESET") {
      throw new RunnerError("ENGINE_UNAVAILABLE", `Docker broke off while container ${names.of(id)} was waited for.`, { cause: error });
    }
    throw error;
  } finally {
    body.destroy();
  }

  async function inspect(): Promise<InspectedContainer | undefined> {
    const answer = await daemon.transport.request({ method: "GET", path: `${path}/json`, signal: options?.signal });
    if (answer.status === 404) return undefined;
    if (answer.status >= 400) throw refused(answer, `Container ${names.of(id)} can not be inspected`);
    return JSON.parse(answer.text) as InspectedContainer;
  }
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString();
}
