import type { JobPlan } from "@distronode-runner/contract";
import { parseMapping } from "../yaml/parse-mapping.ts";
import { pythonText } from "../yaml/python-text.ts";
import type { Secrets } from "./secrets.ts";

/** Prompts to answer: those of the request, each overruled by one of the same pattern in `env/passwords`. No answer (null) is none. */
export function planPrompts(given: Readonly<Record<string, unknown>> | undefined, file: { readonly text: string; readonly path: string } | undefined, secrets: Secrets): JobPlan["prompts"] {
  const answers = new Map<string, { readonly from: string; readonly answer: unknown }>();
  const add = (from: string, prompts: Readonly<Record<string, unknown>>): void => {
    for (const [pattern, answer] of Object.entries(prompts)) answers.set(pattern, { from, answer });
  };
  add("passwords", given ?? {});
  if (file !== undefined) add("env/passwords", parseMapping(file.text, file.path).value);
  return [...answers].filter(([, { answer }]) => answer !== null).map(([pattern, { from, answer }]) => ({ pattern, answer: secrets.keep(`${from}#${pattern}`, pythonText(answer)) }));
}
