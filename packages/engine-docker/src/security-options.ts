import { readFile } from "node:fs/promises";
import { RunnerError, type ContainerSpec } from "@distronode-runner/contract";

/** The command line takes the path of a seccomp profile, the API its content. */
export async function securityOptions(spec: ContainerSpec): Promise<Pick<ContainerSpec, "securityOptions">> {
  if (spec.securityOptions === undefined) return {};
  return { securityOptions: await Promise.all(spec.securityOptions.map(withContent)) };
}

async function withContent(option: string): Promise<string> {
  const path = /^seccomp[=:](\/.*)$/.exec(option)?.[1];
  if (path === undefined) return option;
  try {
    return `seccomp=${JSON.stringify(JSON.parse(await readFile(path, "utf8")))}`;
  } catch (cause) {
    throw new RunnerError("REQUEST_INVALID", `The seccomp profile ${path} can not be read: ${(cause as Error).message}.`, { cause });
  }
}
