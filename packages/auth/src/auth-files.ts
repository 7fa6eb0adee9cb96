import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RunnerError, type Host, type Keychain } from "@distronode-runner/contract";
import { answerOf } from "./auth-file.ts";
import { runHelper, type RunHelper } from "./helper.ts";
import { serverOf } from "./registry-names.ts";

type ReadText = (path: string) => Promise<string>;
const readText: ReadText = (path) => readFile(path, "utf8");

/** The files that `podman login` and `docker login` write, and the helpers they name. */
export function authFiles(host: Pick<Host, "environment" | "home" | "uid">, helper: RunHelper = runHelper, read: ReadText = readText): Keychain {
  return {
    async resolve(target, options) {
      for (const place of placesOf(host)) {
        const text = await textOf(place, read);
        if (text === undefined) continue;
        for (const answer of answerOf(text, place.path, target, place.legacy)) {
          if ("credentials" in answer) return answer.credentials;
          const found = await helper(answer.helper, serverOf(target.registry), { environment: host.environment, ...options });
          if (found !== undefined) return { registry: target.registry, ...found };
        }
      }
      return undefined;
    },
  };
}

interface Place {
  readonly path: string;
  readonly legacy?: boolean;
  /** The variable that names it, or the directory it is in. */
  readonly from?: "REGISTRY_AUTH_FILE" | "DOCKER_CONFIG";
  /** It must be there. */
  readonly required?: boolean;
}

function placesOf({ environment, home, uid }: Pick<Host, "environment" | "home" | "uid">): readonly Place[] {
  const variable = (name: string): string | undefined => (environment[name] === "" ? undefined : environment[name]);
  const named = variable("REGISTRY_AUTH_FILE");
  if (named !== undefined) return [{ path: named, from: "REGISTRY_AUTH_FILE", required: true }];
  const runtime = variable("XDG_RUNTIME_DIR");
  const config = variable("XDG_CONFIG_HOME") ?? join(home, ".config");
  const docker = variable("DOCKER_CONFIG");
  return [
    ...(runtime === undefined ? [] : [{ path: join(runtime, "containers/auth.json") }]),
    { path: `/run/containers/${uid}/auth.json` },
    { path: join(config, "containers/auth.json") },
    docker === undefined ? { path: join(home, ".docker/config.json") } : { path: join(docker, "config.json"), from: "DOCKER_CONFIG" },
    { path: join(home, ".dockercfg"), legacy: true },
  ];
}

const absent = ["ENOENT", "ENOTDIR"];
/** In a usual place: it is somebody else's. Once root has used podman, nobody else may look into /run/containers; `sudo` and `su` keep the variables of another user. */
const notOurs = ["EACCES", "EPERM"];

async function textOf({ path, from, required = false }: Place, read: ReadText): Promise<string | undefined> {
  try {
    return await read(path);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if ((absent.includes(code) && !required) || (notOurs.includes(code) && from === undefined)) return undefined;
    throw new RunnerError("SETTINGS_INVALID", `The file of registry credentials ${path} cannot be read: ${code}.`, {
      location: { file: path, ...(from === undefined ? {} : { key: from }) },
      hint: from === undefined ? "Check owner and permissions." : `Correct ${from}, or unset it.`,
      cause: error,
    });
  }
}
