import { normalisedRegistryKey, registryKeys, RunnerError, type RegistryCredentials, type RegistryTarget } from "@distronode-runner/contract";

/** What a file says of one image's registry. */
export type FileAnswer = { readonly helper: string } | { readonly credentials: RegistryCredentials };

interface AuthEntry {
  readonly auth?: unknown;
  readonly username?: unknown;
  readonly password?: unknown;
  readonly identitytoken?: unknown;
}

interface AuthFile {
  readonly auths?: Readonly<Record<string, AuthEntry>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

/**
 * Reads `auth.json` / `config.json`. Source of the format: containers-auth.json(5), and docker's documentation of `docker login`. `file` is for messages;
 * `legacy` files hold the entries at their top.
 */
export function answerOf(text: string, file: string, target: RegistryTarget, legacy = false): readonly FileAnswer[] {
  const content = parse(text, file);
  const { auths = {}, credHelpers = {}, credsStore }: AuthFile = legacy ? { auths: content as AuthFile["auths"] & object } : content;
  const helper = Object.entries(credHelpers).find(([key]) => registryKeys(target).includes(normalisedRegistryKey(key)))?.[1];
  const byKey = new Map(Object.entries(auths).map(([key, entry]) => [normalisedRegistryKey(key), entry]));
  const key = registryKeys(target).find((candidate) => isFilled(byKey.get(candidate)));
  return [
    ...(helper === undefined || helper === "" ? [] : [{ helper }]),
    ...(key === undefined ? [] : [{ credentials: credentialsOf(byKey.get(key)!, target.registry, `${file}: auths.${key}`, file) }]),
    ...(credsStore === undefined || credsStore === "" ? [] : [{ helper: credsStore }]),
  ];
}

/** Entries without content are what `docker login` leaves when a store keeps the rest. */
function isFilled(entry: AuthEntry | undefined): boolean {
  return typeof entry === "object" && entry !== null && [entry.auth, entry.username, entry.identitytoken].some((value) => typeof value === "string" && value !== "");
}

function credentialsOf(entry: AuthEntry, registry: string, where: string, file: string): RegistryCredentials {
  const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
  const token = text(entry.identitytoken);
  const [username, password] = text(entry.auth) === undefined ? [text(entry.username), text(entry.password)] : decoded(text(entry.auth)!);
  if (token !== undefined) return { registry, identityToken: token };
  if (username !== undefined && password !== undefined) return { registry, username, password };
  throw new RunnerError("SETTINGS_INVALID", `${where} holds no user name and password.`, { location: { file, key: "auths" }, hint: "Log in to the registry again, or remove the entry." });
}

/** `user:password` in base64; docker pads it with zero bytes at times. */
function decoded(auth: string): [string | undefined, string | undefined] {
  const plain = Buffer.from(auth, "base64").toString().replace(/\0+$/, "");
  const colon = plain.indexOf(":");
  return colon < 1 ? [undefined, undefined] : [plain.slice(0, colon), plain.slice(colon + 1)];
}

function parse(text: string, file: string): AuthFile {
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    // The parser's own message would quote the file.
    throw malformed(file, "is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(file, "is not a JSON object");
  for (const key of ["auths", "credHelpers"] as const) {
    const part = (value as AuthFile)[key];
    if (part !== undefined && (typeof part !== "object" || part === null || Array.isArray(part))) throw malformed(file, `has a ${key} that is not an object`);
  }
  return value as AuthFile;
}

function malformed(file: string, what: string): RunnerError {
  return new RunnerError("SETTINGS_INVALID", `The file of registry credentials ${file} ${what}.`, { location: { file }, hint: "Correct it, or log in to the registry again with podman login or docker login." });
}
