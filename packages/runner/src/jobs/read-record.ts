import { join } from "node:path";
import type { JobResult } from "@distronode-runner/contract";
import { readRegular } from "../journal/regular-file.ts";

/** What `record.json` tells, of that what has its form; undefined for one that is lost or damaged. */
export async function readRecord(artifactDir: string): Promise<Partial<JobResult> | undefined> {
  const text = await readRegular(join(artifactDir, "record.json"));
  const record = text === undefined ? undefined : parse(text);
  if (typeof record !== "object" || record === null) return undefined;
  const { status, rc, events, phases, clock, error } = record as Partial<JobResult>;
  return {
    ...(typeof status === "string" ? { status } : {}),
    ...(Number.isInteger(rc) ? { rc: rc! } : {}),
    ...(Number.isInteger(events) ? { events: events! } : {}),
    ...(typeof phases === "object" && phases !== null ? { phases } : {}),
    ...(typeof clock === "string" ? { clock } : {}),
    ...(typeof error === "object" && error !== null ? { error } : {}),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
