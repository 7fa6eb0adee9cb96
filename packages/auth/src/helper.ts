import { spawn } from "node:child_process";
import { RunnerError, type RegistryCredentials } from "@distronode-runner/contract";

type Without<T> = T extends unknown ? Omit<T, "registry"> : never;

/** Asks a credential helper about a server. Nothing if it has no credentials for it. */
export type RunHelper = (name: string, server: string, options: HelperOptions) => Promise<Without<RegistryCredentials> | undefined>;

export interface HelperOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** Helpers may ask a person or a network; this is for those that hang. */
const patience = 60_000;

/**
 * Runs `docker-credential-<name> get`: the server goes to its stdin, an object with `Username` and `Secret` comes back. Source: docker-credential-helpers. What it
 * prints is never part of a message.
 */
export const runHelper: RunHelper = async (name, server, { environment, signal }) => {
  const program = `docker-credential-${name}`;
  if (!/^[\w.-]+$/.test(name)) throw failed(program, "has a name that no program has", "Correct credHelpers or credsStore in the file of registry credentials.");
  const timeout = AbortSignal.timeout(patience);
  const { code, stdout } = await execute(program, server, environment, signal === undefined ? timeout : AbortSignal.any([signal, timeout]));
  if (code !== 0) {
    if (/credentials not found/i.test(stdout)) return undefined;
    throw failed(program, `ended with exit code ${code}`, `Try it by hand: echo ${server} | ${program} get`);
  }
  let answer: { readonly Username?: unknown; readonly Secret?: unknown };
  try {
    answer = JSON.parse(stdout) as typeof answer;
  } catch {
    throw failed(program, "answered with something that is not JSON", `Try it by hand: echo ${server} | ${program} get`);
  }
  const { Username: username, Secret: secret } = answer;
  if (typeof username !== "string" || typeof secret !== "string" || secret === "") return undefined;
  return username === "<token>" ? { identityToken: secret } : { username, password: secret };
};

function execute(program: string, input: string, environment: HelperOptions["environment"], signal: AbortSignal): Promise<{ readonly code: number; readonly stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["get"], { env: { ...environment }, stdio: ["pipe", "pipe", "ignore"], signal });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.once("error", (error: NodeJS.ErrnoException) => {
      if (signal.aborted && !(signal.reason instanceof DOMException && signal.reason.name === "TimeoutError")) reject(signal.reason as Error);
      else if (signal.aborted) reject(failed(program, `did not answer within ${patience / 1000} s`, "Try it by hand; it may wait for somebody to unlock a key ring."));
      else reject(failed(program, error.code === "ENOENT" ? "is not installed" : `can not be started (${error.code ?? error.message})`, "Install it, or remove its name from credHelpers or credsStore in the file of registry credentials."));
    });
    child.once("close", (code) => resolve({ code: code ?? -1, stdout }));
    child.stdin.on("error", () => {});
    child.stdin.end(`${input}\n`);
  });
}

function failed(program: string, what: string, hint: string): RunnerError {
  return new RunnerError("REGISTRY_DENIED", `The credential helper ${program} ${what}.`, { hint });
}
