import { cp, mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FinalStatus, JobRequest } from "@distronode-runner/contract";

/** One directory below `scenarios/`: a private data directory and what must come out of it. */
export interface Scenario {
  readonly name: string;
  readonly dataDir: string;
  readonly request: Omit<JobRequest, "privateDataDir" | "playbook"> & { readonly playbook: string };
  readonly expect: {
    readonly status: FinalStatus;
    readonly rc: number;
    /** Texts that the `stdout` artifact holds. */
    readonly stdout?: readonly string[];
    readonly absentStdout?: readonly string[];
    /** Texts that no artifact holds. */
    readonly absent?: readonly string[];
    /** Event kind -> how many, or null for at least one. */
    readonly events?: Readonly<Record<string, number | null>>;
    /** File below the private data directory -> its content afterwards. */
    readonly files?: Readonly<Record<string, string>>;
    /** Files that the artifact directory holds. */
    readonly artifacts?: readonly string[];
  };
}

const directory = join(import.meta.dirname, "../../scenarios");

export async function loadScenarios(): Promise<readonly Scenario[]> {
  const names = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  return Promise.all(
    names.map(async (name) => {
      const written = JSON.parse(await readFile(join(directory, name, "scenario.json"), "utf8")) as Omit<Scenario, "name" | "dataDir">;
      return { ...written, name, dataDir: join(directory, name, "data") };
    }),
  );
}

/** A copy to run in, so that no run sees what another left. The caller removes it. */
export async function copyDataDir(scenario: Scenario): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "distronode-scenario-"));
  await cp(scenario.dataDir, copy, { recursive: true });
  return copy;
}
