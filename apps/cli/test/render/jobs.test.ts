import type { JobSummary } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { renderJobs } from "../../src/render/jobs.ts";

const now = 1_700_000_000_000;
const job = (ident: string, more: Partial<JobSummary>): JobSummary => ({ ident, status: "running", runner: "alive", artifactDir: "/a", ...more });

test("a list of jobs says of each where it runs, what and of which directory, how long it has been running or since when it has ended, and what it asks", () => {
  const jobs = [
    job("nightly", { engine: "podman", started: now - 90_000, runs: "site.yml", privateDataDir: "/srv/demo" }),
    job("asks", { engine: "process", started: now - 600_000, question: "Your word:" }),
    job("left", { runner: "gone", engine: "docker", artifactDir: "/srv/demo/artifacts/left" }),
    job("done", { status: "failed", runner: "ended", engine: "podman", ended: now - 3 * 86_400_000 }),
  ];
  expect(renderJobs(jobs, now).split("\n").map((line) => line.trimEnd().replaceAll(/ {2,}/g, " | "))).toEqual([
    "IDENT | STATUS | ENGINE | AGE | RUNS | DIRECTORY",
    "nightly | running | podman | 90 s | site.yml | /srv/demo",
    "asks | asking | process | 10 min | - | /a",
    "left | no runner | docker | - | - | /srv/demo",
    "done | failed | podman | ended 3 d ago | - | /a",
    "asks asks: Your word:",
    "",
  ]);
});
