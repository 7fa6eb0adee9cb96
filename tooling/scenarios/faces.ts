import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventText, type JobRequest } from "@distronode-runner/contract";
import { createServer } from "@distronode-runner/server";
import { createStandardRunner, nodeHost } from "@distronode-runner/standard";
import { runCli } from "./cli.ts";
import { image, isolation, type Execution } from "./executions.ts";

/** What a caller learns of a job, whichever way it was started. */
export interface Seen {
  readonly status: string;
  readonly rc: number;
  readonly stdout: string;
}

export type Face = (request: JobRequest & { readonly playbook: string }, execution: Execution) => Promise<Seen>;

/** Each face has its own, so that they can run side by side on one engine. */
export const identOf = (face: string): string => `scenario-${face}-${process.pid}`;

const throughLibrary: Face = async (request, execution) => {
  const runner = createStandardRunner();
  try {
    const job = await runner.start({ ...request, ...isolation(execution), ident: identOf("library") });
    let stdout = "";
    for await (const entry of job.entries()) {
      if (entry.type === "event") stdout += eventText(entry.event);
    }
    const { status, rc } = await job.result;
    return { status, rc, stdout };
  } finally {
    await runner.close();
  }
};

const throughCli: Face = async ({ privateDataDir, playbook, limit }, execution) => {
  const where = execution === "host" ? [] : ["--process-isolation", "--process-isolation-executable", execution, "--container-image", image];
  const { exitCode: rc, stdout, stderr } = await runCli(["run", privateDataDir, "-p", playbook, "-i", identOf("cli"), ...(limit === undefined ? [] : ["--limit", limit]), ...where]);
  return { status: rc === 0 ? "successful" : stderr === "" ? "failed" : `failed: ${stderr}`, rc, stdout };
};

const throughServer: Face = async (request, execution) => {
  // Its own: a server looks after every job that it finds there, those of tests beside this one too.
  const runtimeDir = await mkdtemp(join(tmpdir(), "distronode-runtime-"));
  const runner = createStandardRunner({ host: { ...nodeHost(), runtimeDir } });
  const server = await createServer({ runner, dataDirs: new Map([["scenario", request.privateDataDir]]), token: "test-token", clients: { engines: [execution], images: [image] } });
  try {
    const url = await server.listen({ host: "127.0.0.1", port: 0 });
    const headers = { authorization: "Bearer test-token" };
    const { playbook, limit } = request;
    const body = JSON.stringify({ dataDir: "scenario", playbook, ident: identOf("server"), ...(limit === undefined ? {} : { limit }), ...isolation(execution) });
    const created = await fetch(`${url}/api/v1/jobs`, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body });
    if (created.status !== 201) throw new Error(`The server answered ${created.status}: ${await created.text()}`);
    const stdout = await (await fetch(`${url}/api/v1/jobs/${identOf("server")}/stdout`, { headers })).text();
    for (;;) {
      const job = (await (await fetch(`${url}/api/v1/jobs/${identOf("server")}`, { headers })).json()) as { status: string; rc?: number };
      if (job.rc !== undefined && job.rc !== null) return { status: job.status, rc: job.rc, stdout };
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    await server.close();
    await runner.close();
    await rm(runtimeDir, { recursive: true, force: true });
  }
};

export const faces: Readonly<Record<string, Face>> = { library: throughLibrary, cli: throughCli, server: throughServer };
