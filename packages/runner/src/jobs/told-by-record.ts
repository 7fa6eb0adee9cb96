import { errorTable, type ErrorCode, type ErrorRecord, type JobSummary } from "@distronode-runner/contract";

/** What a job's `record.json` tells of it, of that what has its form: a job on the host itself can write it. */
export function toldBy(record: Readonly<Record<string, unknown>> | undefined): Partial<JobSummary> {
  if (typeof record !== "object" || record === null) return {};
  const texts = (["engine", "privateDataDir", "runs"] as const).flatMap((name) => (typeof record[name] === "string" ? [[name, record[name]]] : []));
  const numbers = (["rc", "events"] as const).flatMap((name) => (Number.isSafeInteger(record[name]) ? [[name, record[name]]] : []));
  const image = (record["image"] as { readonly reference?: unknown } | null | undefined)?.reference;
  const error = errorOf(record["error"]);
  return { ...Object.fromEntries([...texts, ...numbers]), ...(typeof image === "string" ? { image } : {}), ...(error === undefined ? {} : { error }) };
}

function errorOf(value: unknown): ErrorRecord | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { code, message, hint } = value as Partial<Record<string, unknown>>;
  if (typeof code !== "string" || !Object.hasOwn(errorTable, code) || typeof message !== "string") return undefined;
  return { code: code as ErrorCode, message, ...(typeof hint === "string" ? { hint } : {}) };
}
