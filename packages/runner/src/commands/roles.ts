import type { Runner } from "@distronode-runner/contract";
import { option } from "./arguments.ts";
import type { PluginOption } from "./plugin-docs.ts";
import { toolJson, type QuestionOptions } from "./tool-output.ts";

/** About roles. */
export interface RoleQuestion extends QuestionOptions {
  /** `namespace.name`: roles of this collection alone. */
  readonly collection?: string;
  /** Directory whose `roles/` and `collections/` are looked at too. */
  readonly playbookDir?: string;
}

/** A role in a list. */
export interface RoleSummary {
  /** Empty for a role of no collection. */
  readonly collection: string;
  /** Name of an entry point (`main`, ...) -> its short description. */
  readonly entry_points: Readonly<Record<string, string>>;
}

/** What `meta/argument_specs.yml` of a role says. */
export interface RoleArgspec {
  readonly collection: string;
  /** The role's directory. */
  readonly path: string;
  readonly entry_points: Readonly<Record<string, RoleEntryPoint>>;
}

/** A way into a role: a task file and its options. */
export interface RoleEntryPoint {
  readonly short_description?: string;
  readonly description?: string | readonly string[];
  readonly options?: Readonly<Record<string, PluginOption>>;
  readonly [field: string]: unknown;
}

/**
 * Roles that have an argument specification, by name.
 *
 * @throws RunnerError `TOOL_FAILED` if the command fails
 */
export async function getRoleList(runner: Runner, question: RoleQuestion = {}): Promise<Readonly<Record<string, RoleSummary>>> {
  const { collection, playbookDir, ...options } = question;
  return toolJson(runner, ["ansible-doc", "--type", "role", "--list", "--json", ...option("--playbook-dir", playbookDir), ...(collection === undefined ? [] : ["--", collection])], options);
}

/**
 * The argument specification of one role, under the role's name.
 *
 * @throws RunnerError `TOOL_FAILED` if the command fails, or knows no such role with a specification
 */
export async function getRoleArgspec(runner: Runner, role: string, question: RoleQuestion = {}): Promise<Readonly<Record<string, RoleArgspec>>> {
  const { collection, playbookDir, ...options } = question;
  const name = collection === undefined ? role : `${collection}.${role}`;
  return toolJson<Readonly<Record<string, RoleArgspec>>>(runner, ["ansible-doc", "--type", "role", "--json", ...option("--playbook-dir", playbookDir), "--", name], options, (answer) =>
    Object.keys(answer).length === 0 ? `knows no role ${name} with an argument specification.` : undefined,
  );
}
