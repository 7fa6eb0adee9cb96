import { isFinal, type ErrorRecord, type JobStatus } from "@distronode-runner/contract";
import { recordWithoutPaths, withoutPaths } from "../clients/without-paths.ts";
import type { JobRecord } from "./job-registry.ts";

/** A job as clients see it. Paths of the server's disk stay out, except in the command. */
export interface JobView {
  readonly ident: string;
  readonly dataDir: string;
  /** Of a job that was not started by this server, what it runs; null if that is not known. */
  readonly playbook: string | null;
  /** `unstarted`: it waits for its turn. */
  readonly status: JobStatus;
  readonly rc: number | null;
  readonly created: string;
  readonly finished: string | null;
  readonly events: number | null;
  readonly plan: { readonly command: readonly string[]; readonly execution: "host" | "container"; readonly engine?: string; readonly image?: string; readonly warnings: readonly string[] };
  /** What it asks and nobody has answered. */
  readonly question?: string;
  readonly error?: ErrorRecord;
}

export function jobView({ handle, dataDir, playbook, created, finished, result }: JobRecord): JobView {
  const { command, execution, runs, warnings, privateDataDir } = handle.plan;
  const status = result?.status ?? handle.status;
  return {
    ident: handle.ident,
    dataDir,
    playbook: playbook ?? runs ?? null,
    status,
    rc: result?.rc ?? handle.rc ?? null,
    created: new Date(created).toISOString(),
    finished: finished === undefined ? null : new Date(finished).toISOString(),
    events: result?.events ?? null,
    plan: {
      command,
      execution: execution.kind,
      ...(execution.kind === "container" ? { engine: execution.engine, image: execution.image } : {}),
      warnings: warnings.map((warning) => withoutPaths(warning, privateDataDir, dataDir)),
    },
    ...(handle.question === undefined || isFinal(status) ? {} : { question: handle.question }),
    ...(result?.error === undefined ? {} : { error: recordWithoutPaths(result.error, privateDataDir, dataDir) }),
  };
}

const shownWords = 50;
const shownCharacters = 200;

/** The same in a list, which holds many: long commands and warnings are cut. */
export function shortJobView(job: JobRecord): JobView {
  const view = jobView(job);
  return { ...view, plan: { ...view.plan, command: shortened(view.plan.command), warnings: shortened(view.plan.warnings) } };
}

function shortened(texts: readonly string[]): readonly string[] {
  const shown = texts.slice(0, shownWords).map((text) => (text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`.toWellFormed()));
  return texts.length > shownWords ? [...shown, "…"] : shown;
}
