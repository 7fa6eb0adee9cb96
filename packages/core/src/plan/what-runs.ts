import { basename } from "node:path";
import type { JobRequest } from "@distronode-runner/contract";
import type { Target } from "./target.ts";

/** What a job runs, in a few words for lists. Arguments are not among them: they may hold anything. */
export function whatRuns({ playbook, module, role }: JobRequest, { kind, executable }: Target): string {
  if (kind === "raw") return basename(executable);
  if (module !== undefined) return `module ${module}`;
  if (role !== undefined) return `role ${role}`;
  return typeof playbook === "string" ? playbook : "plays given as data";
}
