import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RunnerError, type Host, type Keychain } from "@distronode-runner/contract";
import { answerOf } from "./auth-file.ts";
import { runHelper, type RunHelper } from "./helper.ts";
import { serverOf } from "./registry-names.ts";

/** The files that `podman login` and `docker login` write, and the helpers they name. */
export function authFiles(host: Pick<Host, "environment" | "home" | "uid">, helper: RunHelper = runHelper): Keychain {
  return {
    async resolve(target, options) {
      for (const { path, legacy, required } of placesOf(host)) {
        const text = await textOf(path, required);
        if (text === undefined) continue;
        for (const answer of answerOf(text, path, target, legacy)) {
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
  /** Somebody named it. */
  readonly required?: boolean;
}

function placesOf({ environment, home, uid }: Pick<Host, "environment" | "home" | "uid">): readonly Place[] {
  const variable = (name: string): string | undefined => (environment[name] === "" ? undefined : environment[name]);
  const named = variable("REGISTRY_AUTH_FILE");
  if (named !== undefined) return [{ path: named, required: true }];
  const runtime = variable("XDG_RUNTIME_DIR");
  const config = variable("XDG_CONFIG_HOME") ?? join(home, ".config");
  return [
    ...(runtime === undefined ? [] : [{ path: join(runtime, "containers/auth.json") }]),
    { path: `/run/containers/${uid}/auth.json` },
    { path: join(config, "containers/auth.json") },
    { path: join(variable("DOCKER_CONFIG") ?? join(home, ".docker"), "config.json") },
    { path: join(home, ".dockercfg"), legacy: true },
  ];
}

async function textOf(path: string, required = false): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOENT", "ENOTDIR"].includes(code) && !required) return undefined;
    throw new RunnerError("SETTINGS_INVALID", `The file of registry credentials ${path} can not be read: ${code}.`, {
      location: { file: path, ...(required ? { key: "REGISTRY_AUTH_FILE" } : {}) },
      hint: required ? "Correct REGISTRY_AUTH_FILE, or unset it." : "Check owner and permissions.",
      cause: error,
    });
  }
}
