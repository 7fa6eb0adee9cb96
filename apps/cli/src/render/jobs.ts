import type { JobSummary } from "@distronode-runner/contract";
import { renderColumns } from "./columns.ts";
import { printable } from "./printable.ts";

/** `now`: milliseconds since 1970. */
export function renderJobs(jobs: readonly JobSummary[], now: number): string {
  if (jobs.length === 0) return "No job is running.\n";
  const rows = jobs.map((job) => [job.ident, stateOf(job), job.engine ?? "-", ageOf(job, now)]);
  const questions = jobs.flatMap(({ ident, question }) => (question === undefined ? [] : [`${ident} asks: ${question}`]));
  return printable(`${[renderColumns([["IDENT", "STATUS", "ENGINE", "AGE"], ...rows]), ...questions].join("\n")}\n`);
}

function stateOf({ status, runner, question }: JobSummary): string {
  if (runner === "gone") return "no runner";
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
