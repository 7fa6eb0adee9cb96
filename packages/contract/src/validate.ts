import { validateJobRequest as jobRequest, validateSettings as settings, type ValidationError } from "./generated/validators.ts";
import type { JobRequest } from "./generated/job-request.ts";
import type { Settings } from "./generated/settings.ts";

/** One fault of a value: where, and what. */
export interface SchemaProblem {
  /** Keys from the root to the fault; empty for the root itself. */
  readonly path: readonly string[];
  /** `unknown`: the last key of `path` is not allowed here; `allowed` lists what is. */
  readonly kind: "unknown" | "missing" | "type" | "value";
  /** What is wrong, without the path: `must be a number`. */
  readonly message: string;
  readonly allowed?: readonly string[];
}

type Outcome<T> = { readonly value: T } | { readonly problems: readonly SchemaProblem[] };

/** A foreign value as settings, or every fault of it. */
export function validateSettings(value: unknown): Outcome<Settings> {
  return settings(value) ? { value: value as Settings } : { problems: toProblems(settings.errors ?? []) };
}

/** A foreign value as a job request, or every fault of it. */
export function validateJobRequest(value: unknown): Outcome<JobRequest> {
  return jobRequest(value) ? { value: value as JobRequest } : { problems: toProblems(jobRequest.errors ?? []) };
}

/** ajv reports every branch of an `anyOf`; people want one line for each faulty key. */
function toProblems(errors: readonly ValidationError[]): SchemaProblem[] {
  const byPath = new Map<string, SchemaProblem>();
  for (const error of errors) {
    const problem = toProblem(error);
    const key = problem.path.join("\0");
    const earlier = byPath.get(key);
    if (earlier === undefined) byPath.set(key, problem);
    else if (earlier.kind === "type" && problem.kind === "type" && !earlier.message.includes(problem.message.slice(8))) {
      byPath.set(key, { ...earlier, message: `${earlier.message} or ${problem.message.slice(8)}` });
    }
  }
  return [...byPath.values()].filter((problem) => problem.message !== "");
}

function toProblem(error: ValidationError): SchemaProblem {
  const path = error.instancePath.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const parameters = error.params;
  switch (error.keyword) {
    case "additionalProperties":
      return { path: [...path, String(parameters["additionalProperty"])], kind: "unknown", message: "is not known", allowed: Object.keys((error.parentSchema?.["properties"] as object | undefined) ?? {}) };
    case "required":
      return { path: [...path, String(parameters["missingProperty"])], kind: "missing", message: "is missing" };
    case "type":
      return { path, kind: "type", message: `must be ${typeNames(parameters["type"])}` };
    case "enum":
      return { path, kind: "value", message: `must be one of ${(parameters["allowedValues"] as unknown[]).map(String).join(", ")}` };
    case "anyOf":
      return { path, kind: "type", message: "" };
    default:
      return { path, kind: "value", message: error.message ?? "is not valid" };
  }
}

function typeNames(type: unknown): string {
  const names: Record<string, string> = { string: "text", array: "a list", object: "a mapping", number: "a number", integer: "a whole number", boolean: "true or false", null: "null" };
  return (Array.isArray(type) ? type : String(type).split(",")).map((name: string) => names[name] ?? name).join(" or ");
}
