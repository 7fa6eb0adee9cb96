import { PythonDate, PythonFloat } from "./python-scalars.ts";

/** The same value with ordinary numbers and text, for data that is validated against a JSON Schema. */
export function plainNumbers(value: unknown): unknown {
  if (value instanceof PythonFloat) return value.value;
  if (value instanceof PythonDate) return value.text;
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plainNumbers);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainNumbers(item)]));
  return value;
}
