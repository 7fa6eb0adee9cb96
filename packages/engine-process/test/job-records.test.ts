import { appendFile, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerSpec, Host } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { JobRecords } from "../src/job-records.ts";

test("records that are damaged are no jobs, and keep nobody from seeing the others", async () => {
  const runtimeDir = await mkdtemp(join(tmpdir(), "distronode-records-"));
  try {
    const records = new JobRecords({ runtimeDir, uid: process.getuid!(), pid: process.pid } as Host);
    for (const id of ["torn", "zeros", "emptied", "edited", "whole"]) await records.add(id, { name: id, image: "", labels: { a: "b" }, environment: {} } as unknown as ContainerSpec);
    const path = (id: string): string => join(runtimeDir, "host", `${id}.ndjson`);
    await truncate(path("torn"), 20);
    await appendFile(path("torn"), "\n");
    await writeFile(path("zeros"), `${"\0".repeat(400)}\n`);
    await truncate(path("emptied"), 0);
    await writeFile(path("edited"), "null\n3\n{}\n");
    expect((await records.all()).map(({ name }) => name)).toEqual(["whole"]);
  } finally {
    await rm(runtimeDir, { recursive: true, force: true });
  }
});
