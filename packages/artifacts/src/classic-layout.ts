/** Names below a job's artifact directory. All but `events` and `record` are those of `ansible-runner`. */
export const layout = {
  /** The journal, written by the runner. */
  events: "events.ndjson",
  command: "command",
  stdout: "stdout",
  stderr: "stderr",
  jobEvents: "job_events",
  factCache: "fact_cache",
  record: "record.json",
  /** From the tool's end to the last file. */
  exit: "exit.json",
  rc: "rc",
  status: "status",
} as const;
