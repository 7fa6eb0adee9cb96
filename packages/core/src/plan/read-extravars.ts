import { isRunnerError } from "@distronode-runner/contract";
import { parseForTool } from "../yaml/parse-mapping.ts";

/** `env/extravars` as far as the runner understands it: for masking alone. */
export interface ReadExtravars {
  readonly text: string;
  /** Absent if our parser does not take what the tool may take. */
  readonly value?: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

export function readExtravars(text: string | undefined, path: string): ReadExtravars | undefined {
  if (text === undefined) return undefined;
  try {
    return { text, value: parseForTool(text, path).value, warnings: [] };
  } catch (error) {
    const line = isRunnerError(error) ? error.location?.line : undefined;
    return { text, warnings: [`${path} is handed to the tool as it is; the runner cannot read it${line === undefined ? "" : ` (line ${line})`}. Secrets in it are masked by the look of its lines: NAME: VALUE and NAME=VALUE.`] };
  }
}
