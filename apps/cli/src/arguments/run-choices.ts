import type { JobRequest } from "@distronode-runner/contract";
import { fromEnvironment, rolesPathOf, type Environment } from "./environment.ts";

/** Something a run was told that is no setting, and by what: a flag or an environment variable. */
export interface RunChoice {
  readonly key: string;
  readonly value: unknown;
  readonly from: string;
}

/** Field of a request -> its flag, and the name of its environment variable. Settings are not here. */
const sources: readonly (readonly [field: keyof JobRequest, flag: string, variable?: string])[] = [
  ["playbook", "playbook", "PLAYBOOK"],
  ["module", "module", "MODULE"],
  ["moduleArgs", "args"],
  ["role", "role", "ROLE"],
  ["roleVars", "role-vars"],
  ["roleSkipFacts", "role-skip-facts"],
  ["rolesPath", "roles-path"],
  ["hosts", "hosts"],
  ["binary", "binary", "BINARY"],
  ["ident", "ident"],
  ["inventory", "inventory"],
  ["limit", "limit"],
  ["forks", "forks"],
  ["verbosity", "verbose"],
  ["cmdline", "cmdline"],
  ["artifactDir", "artifact-dir"],
  ["projectDir", "project-dir"],
  ["rotateArtifacts", "rotate-artifacts"],
  ["omitEventData", "omit-event-data"],
  ["onlyFailedEventData", "only-failed-event-data"],
  ["offline", "offline"],
  ["terminal", "terminal"],
];

export function runChoices(request: JobRequest, flags: Readonly<Record<string, unknown>>, environment: Environment): readonly RunChoice[] {
  return sources
    .filter(([field]) => request[field] !== undefined)
    .map(([field, flag, variable]) => {
      const found = variable !== undefined ? fromEnvironment(variable, environment) : field === "rolesPath" ? rolesPathOf(environment) : undefined;
      return { key: flag, value: field === "inventory" ? flags[flag] : request[field], from: flags[flag] !== undefined || found === undefined ? `--${flag}` : found.name };
    });
}
