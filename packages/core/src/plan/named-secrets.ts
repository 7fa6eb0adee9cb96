import { RunnerError, type JobRequest, type PlannedValue } from "@distronode-runner/contract";
import { suggest } from "../suggest.ts";
import { parseMapping } from "../yaml/parse-mapping.ts";
import { pythonText } from "../yaml/python-text.ts";
import { jobDirToken } from "./environment.ts";
import type { Secrets } from "./secrets.ts";

/** Options that tell the tool where it finds its passwords, and the files that hold them, in the job's private directory. */
export interface NamedSecrets {
  readonly options: readonly string[];
  readonly files: Readonly<Record<string, PlannedValue>>;
  /** Of the job's own SSH key; no option of the tool. */
  readonly sshKeyPassphrase?: PlannedValue;
}

const names = ["connection", "become", "vault", "ssh_key"];

/**
 * Passwords by what they are for: `connection`, `become`, `vault` (one, or one for each vault id), and `ssh_key`, the passphrase of the job's own key. The
 * request's beat those of `env/secrets`, one by one. The tool gets files, no prompt is awaited. Password files for connection and become need ansible-core 2.12.
 */
export function planNamedSecrets(request: JobRequest, file: { readonly text: string; readonly path: string } | undefined, secrets: Secrets): NamedSecrets {
  const options: string[] = [];
  const files: Record<string, PlannedValue> = {};
  let sshKeyPassphrase: PlannedValue | undefined;
  const given = { ...(file === undefined ? {} : flattened(parseMapping(file.text, file.path).value, "env/secrets", file.path)), ...flattened(request.secrets ?? {}, "secrets") };
  for (const [name, { from, value }] of Object.entries(given)) {
    const kept = secrets.keep(`${from}#${name}`, value);
    if (name === "ssh_key") {
      sshKeyPassphrase = kept;
      continue;
    }
    const path = `secrets/${name.replace(":", "-")}`;
    files[path] = kept;
    const [kind, id = "default"] = name.split(":");
    options.push(...(kind === "vault" ? ["--vault-id", `${id}@${jobDirToken}/${path}`] : [`--${kind}-password-file`, `${jobDirToken}/${path}`]));
  }
  return { options, files, ...(sshKeyPassphrase === undefined ? {} : { sshKeyPassphrase }) };
}

function flattened(given: Readonly<Record<string, unknown>>, from: string, path?: string): Record<string, { readonly from: string; readonly value: string }> {
  const found: Record<string, { from: string; value: string }> = {};
  const wrong = (key: string, what: string, hint: string): RunnerError =>
    new RunnerError(path === undefined ? "REQUEST_INVALID" : "DATA_DIR_INVALID", `${from}: ${key} ${what}.`, { location: { ...(path === undefined ? {} : { file: path }), key }, hint });
  for (const [name, value] of Object.entries(given)) {
    if (!names.includes(name)) throw wrong(name, "is no secret that the tool knows", suggest(name, names, `There are: ${names.join(", ")}. Answers to prompts belong into env/passwords.`));
    if (value === null) continue;
    const each = typeof value === "object" && name === "vault" ? Object.entries(value).map(([id, password]) => [`vault:${id}`, password] as const) : [[name, value] as const];
    for (const [key, password] of each) {
      if (typeof password === "object" || password === "" || /^vault:$/.test(key)) throw wrong(key.replace(":", "."), "is no password", "Write it as text; vault passwords may be a mapping of vault ids.");
      if (key.startsWith("vault:") && !/^vault:[\w.-]+$/.test(key)) throw wrong(key.replace(":", "."), "is not the name of a vault id", "Vault ids have letters, digits, dots, dashes and underscores.");
      if (key === "ssh_key" && /PRIVATE KEY-----/.test(pythonText(password))) throw wrong(key, "is the passphrase of a key, not the key", "The key itself belongs into env/ssh_key.");
      found[key === "vault" ? "vault:default" : key] = { from, value: pythonText(password) };
    }
  }
  return found;
}
