import { basename, dirname } from "node:path";
import type { JobSummary } from "@distronode-runner/contract";
import { renderColumns } from "./columns.ts";
import { printable } from "./printable.ts";

/** `now`: milliseconds since 1970; `all`: those that have ended were asked for, too. */
export function renderJobs(jobs: readonly JobSummary[], now: number, all = false): string {
  if (jobs.length === 0) return all ? "No job is known.\n" : "No job is running.\n";
  const rows = jobs.map((job) => [job.ident, stateOf(job), job.engine ?? "-", ageOf(job, now), job.runs ?? "-", directoryOf(job)]);
  const questions = jobs.flatMap(({ ident, question }) => (question === undefined ? [] : [`${ident} asks: ${question}`]));
  return printable(`${[renderColumns([["IDENT", "STATUS", "ENGINE", "AGE", "RUNS", "DIRECTORY"], ...rows]), ...questions].join("\n")}\n`);
}

/** The private data directory; of a job whose runner does not tell, as far as the place of its artifacts does. */
function directoryOf({ privateDataDir, artifactDir }: JobSummary): string {
  if (privateDataDir !== undefined) return privateDataDir;
  return basename(dirname(artifactDir)) === "artifacts" ? dirname(dirname(artifactDir)) : artifactDir;
}

function stateOf({ status, runner, question }: JobSummary): string {
  if (runner === "gone") return "no runner";
  if (runner === "unknown") return "runner unknown";
  return question === undefined ? status : "asking";
}

/** How long it has been running, or since when it has ended. */
function ageOf({ started, ended }: JobSummary, now: number): string {
  if (ended !== undefined) return `ended ${age(now - ended)} ago`;
  return started === undefined ? "-" : age(now - started);
}

function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}
