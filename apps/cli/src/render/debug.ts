import type { JobPlan, JobResult, JournalEntry } from "@distronode-runner/contract";
import { shellWord } from "./shell-word.ts";

/** What was decided. The environment is not here: the journal has it, masked. */
export function planLines(plan: JobPlan): string[] {
  const { execution } = plan;
  return [
    `job ${plan.ident} in ${plan.privateDataDir}, artifacts in ${plan.artifactDir}`,
    execution.kind === "host" ? `runs on this host${execution.sandbox === undefined ? "" : ` in a sandbox by ${execution.sandbox.executable}`}` : `runs in a container of ${execution.image}, engine ${execution.engine}, as ${execution.containerName}`,
    ...(execution.kind === "host" ? [] : execution.mounts.map((mount) => `mount ${mount.source} -> ${mount.target}`)),
    `clocks ${JSON.stringify(plan.clocks)}`,
  ];
}

/** What happened. Events are the tool's, not ours. */
export function entryLines(entry: JournalEntry): string[] {
  switch (entry.type) {
    case "status":
      return [
        `status ${entry.status}`,
        ...(entry.command === undefined ? [] : [`command: ${entry.command.map(shellWord).join(" ")}`]),
        ...(entry.cwd === undefined ? [] : [`cwd: ${entry.cwd}`]),
        ...Object.entries(entry.env ?? {}).map(([name, value]) => `env: ${name}=${value}`),
      ];
    case "notice":
      return [`${entry.level} ${entry.kind}: ${entry.message}`];
    case "end":
      return [`end of the journal: ${entry.events} events, ${entry.stdoutBytes} bytes of output`];
    case "event":
      return [];
  }
}

/** How it ended; `record` is the final record of the artifacts, where there is one. */
export function resultLines(result: JobResult, record: string | undefined): string[] {
  const phases = Object.entries(result.phases).map(([name, milliseconds]) => `${name} ${milliseconds} ms`);
  return [`phases: ${phases.join(", ")}`, `result: ${result.status}, exit code ${result.rc}`, ...(record === undefined ? [] : [`record: ${record}`])];
}
