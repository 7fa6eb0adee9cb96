import type { JobSummary } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { renderJobs } from "../../src/render/jobs.ts";

const now = 1_700_000_000_000;
const job = (ident: string, more: Partial<JobSummary>): JobSummary => ({ ident, status: "running", runner: "alive", artifactDir: "/a", ...more });

test("a list of jobs says of each where it runs, how long it has been running or since when it has ended, and what it asks", () => {
  const jobs = [
    job("nightly", { engine: "podman", started: now - 90_000 }),
    job("asks", { engine: "process", started: now - 600_000, question: "Your word:" }),
    job("left", { runner: "gone", engine: "docker" }),
    job("done", { status: "failed", runner: "ended", engine: "podman", ended: now - 3 * 86_400_000 }),
  ];
  expect(renderJobs(jobs, now).split("\n").map((line) => line.trimEnd().replaceAll(/ {2,}/g, " | "))).toEqual([
    "IDENT | STATUS | ENGINE | AGE",
    "nightly | running | podman | 90 s",
    "asks | asking | process | 10 min",
    "left | no runner | docker | -",
    "done | failed | podman | ended 3 d ago",
    "asks asks: Your word:",
    "",
  ]);
});
