import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RunnerError, type Host } from "@distronode-runner/contract";

/** The part of the docker command line's own `config.json` that is read. */
export interface DockerConfig {
  /** Where it is, with certificates and contexts beside it. */
  readonly directory: string;
  readonly currentContext?: string;
  readonly proxies?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What the user configured for docker. A file that is not there, or in the usual place and not ours to read, says nothing. */
export async function readDockerConfig({ environment, home }: Pick<Host, "environment" | "home">): Promise<DockerConfig> {
  const named = environment["DOCKER_CONFIG"] || undefined;
  const directory = named ?? join(home, ".docker");
  const file = join(directory, "config.json");
  const passing = ["ENOENT", "ENOTDIR", ...(named === undefined ? ["EACCES", "EPERM"] : [])];
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (passing.includes(error.code ?? "")) return "{}";
    throw new RunnerError("SETTINGS_INVALID", `Docker's configuration ${file} cannot be read: ${error.code ?? error.message}.`, { location: { file, key: "DOCKER_CONFIG" }, hint: "Correct DOCKER_CONFIG, or unset it.", cause: error });
  });
  try {
    const { currentContext, proxies } = JSON.parse(text === "" ? "{}" : text) as Partial<DockerConfig>;
    return { directory, ...(typeof currentContext === "string" && currentContext !== "" ? { currentContext } : {}), ...(typeof proxies === "object" && proxies !== null ? { proxies } : {}) };
  } catch {
    // Its message would quote the file, which holds logins.
    throw new RunnerError("SETTINGS_INVALID", `Docker's configuration ${file} is not JSON.`, { location: { file }, hint: "Correct it; docker itself refuses it too." });
  }
}

const variables: Readonly<Record<string, string>> = { httpProxy: "http_proxy", httpsProxy: "https_proxy", ftpProxy: "ftp_proxy", noProxy: "no_proxy", allProxy: "all_proxy" };

/** What `docker run` gives each container: the proxies for this daemon, else the default ones, in lower and upper case. */
export function proxiesOf({ proxies = {} }: Pick<DockerConfig, "proxies">, daemon: string): Readonly<Record<string, string>> {
  const section = proxies[daemon] ?? proxies["default"] ?? {};
  const found = Object.entries(variables).flatMap(([key, name]) => {
    const value = section[key];
    return typeof value === "string" && value !== "" ? [[name, value] as const, [name.toUpperCase(), value] as const] : [];
  });
  return Object.freeze(Object.fromEntries(found));
}
