import { failureOf, type Answer, type MessageRow } from "@distronode-runner/engine-http";
import type { RunnerError } from "@distronode-runner/contract";

const engine = "docker 20.10";

/** What the daemon says about containers and images that are here. */
export const containerMessages: readonly MessageRow[] = [
  { pattern: /No such container/i, code: "CONTAINER_NOT_FOUND", engine, sample: "No such container: 1f2e" },
  { pattern: /Container \S+ is not running/i, code: "CONTAINER_NOT_RUNNING", engine, sample: "Container 1f2e is not running" },
  { pattern: /Could not find the file|merged\/.*: not a directory|extraction point is not a directory/i, code: "PATH_NOT_FOUND", engine, sample: "Could not find the file /nodir in container 1f2e" },
  { pattern: /No such image/i, code: "IMAGE_NOT_FOUND", engine, sample: "No such image: localhost/absent:none", hint: "Pull or build the image first." },
  { pattern: /reference does not exist/i, code: "IMAGE_NOT_FOUND", engine, sample: "reference does not exist", hint: "Pull or build the image first." },
  {
    pattern: /conflict: unable to (delete|remove).* is using its referenced image|conflict: unable to delete .* is being used by/i,
    code: "IMAGE_IN_USE",
    engine,
    sample: 'conflict: unable to remove repository reference "localhost/x:1" (must force) - container c7390c61c7c4 is using its referenced image 5ec585ae9e15',
    hint: "Remove the containers that were made of it first.",
  },
  { pattern: /image has dependent child images/i, code: "IMAGE_IN_USE", engine, sample: "conflict: unable to delete 5ec585ae9e15 (cannot be forced) - image has dependent child images", hint: "Remove the images that were built on it first." },
  { pattern: /image is referenced in multiple repositories/i, code: "IMAGE_IN_USE", engine, sample: "conflict: unable to delete 5ec585ae9e15 (must be forced) - image is referenced in multiple repositories", hint: "Remove its names, one by one." },
  {
    pattern: /Error processing tar file|docker-import-\d+\/\S+: no such file/i,
    code: "REQUEST_INVALID",
    engine,
    sample: "Error processing tar file(exit status 1): archive/tar: invalid tar header",
    hint: "Load a whole archive, as images save writes it.",
  },
  {
    pattern: /container name .* is already in use/i,
    code: "CONTAINER_CONFLICT",
    engine,
    sample: 'Conflict. The container name "/x" is already in use by container "1f2e". You have to remove (or rename) that container to be able to reuse that name.',
    hint: "Choose another ident, or wait for the other job.",
  },
  {
    pattern: /exec: .*(executable file not found|no such file or directory|permission denied)/i,
    code: "IMAGE_UNSUITABLE",
    engine,
    sample:
      'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown',
  },
  { pattern: /exec format error/i, code: "IMAGE_UNSUITABLE", engine, sample: "standard_init_linux.go:228: exec user process caused: exec format error", hint: "The image was built for another processor." },
  { pattern: /does not match the specified platform/i, code: "IMAGE_UNSUITABLE", engine, sample: "image with reference x was found but does not match the specified platform: wanted linux/arm64, actual: linux/amd64" },
  { pattern: /unable to find (user|group)/i, code: "IMAGE_UNSUITABLE", engine, sample: "unable to find user nobody2: no matching entries in passwd file" },
  { pattern: /invalid mount config|bind source path does not exist/i, code: "MOUNT_REFUSED", engine, sample: 'invalid mount config for type "bind": bind source path does not exist: /absent' },
  { pattern: /Invalid container name/i, code: "REQUEST_INVALID", engine, sample: "Invalid container name (-x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed" },
  { pattern: /invalid reference format/i, code: "REQUEST_INVALID", engine, sample: "invalid reference format: repository name must be lowercase" },
];

/** What it says while it asks a registry. */
export const pullMessages: readonly MessageRow[] = [
  { pattern: /no matching manifest for/i, code: "IMAGE_UNSUITABLE", engine, sample: "no matching manifest for linux/arm64/v8 in the manifest list entries", hint: "The registry has this image for other platforms only." },
  { pattern: /manifest unknown|not found: name unknown|repository .* not found/i, code: "IMAGE_NOT_FOUND", engine, sample: "manifest for registry.example/x:none not found: manifest unknown: manifest unknown" },
  { pattern: /toomanyrequests|too many requests/i, code: "REGISTRY_RATE_LIMITED", engine, sample: "toomanyrequests: You have reached your pull rate limit.", hint: "Wait, log in to the registry, or use a mirror." },
  { pattern: /no basic auth credentials/i, code: "REGISTRY_DENIED", engine, sample: "Head http://127.0.0.1:5000/v2/x/manifests/1: no basic auth credentials", hint: "Give credentials for this registry." },
  { pattern: /unauthorized|authentication required|incorrect username or password/i, code: "REGISTRY_DENIED", engine, sample: "Head http://127.0.0.1:5000/v2/x/manifests/1: unauthorized: authentication required", hint: "Check the credentials for this registry." },
  {
    pattern: /pull access denied/i,
    code: "REGISTRY_DENIED",
    engine,
    sample: "pull access denied for x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    hint: "Check the image's name and the credentials for this registry.",
  },
  { pattern: /denied: |403 \(?forbidden/i, code: "REGISTRY_FORBIDDEN", engine, sample: "Head https://registry.example/v2/x/manifests/1: denied: requested access to the resource is denied", hint: "This user may not pull the image: ask for access, or use other credentials." },
  { pattern: /x509:|certificate/i, code: "REGISTRY_UNTRUSTED", engine, sample: "Get https://registry.example/v2/: x509: certificate signed by unknown authority", hint: "Put the certificate of its authority into /etc/docker/certs.d/<registry>/ca.crt; the daemon looks there at each pull." },
  { pattern: /first record does not look like a TLS handshake/i, code: "REGISTRY_UNTRUSTED", engine, sample: "Get https://registry.example:5000/v2/: tls: first record does not look like a TLS handshake", hint: "It answers without TLS. Name the registry in insecure-registries of the Docker daemon." },
  { pattern: /gave HTTP response to HTTPS client/i, code: "REGISTRY_UNTRUSTED", engine, sample: "Get https://registry.example:5000/v2/: http: server gave HTTP response to HTTPS client", hint: "Name the registry in insecure-registries of the Docker daemon." },
  { pattern: /connection refused|connection reset|no such host|network is unreachable|no route to host/i, code: "REGISTRY_UNREACHABLE", engine, sample: "Get http://127.0.0.1:1/v2/: dial tcp 127.0.0.1:1: connect: connection refused" },
  { pattern: /timeout|deadline exceeded|server misbehaving|request canceled|\bEOF\b/i, code: "REGISTRY_UNREACHABLE", engine, sample: "Get https://registry.example/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)" },
  ...containerMessages,
];

/** A refusal of the daemon, in our terms. */
export function refused(answer: Pick<Answer, "status" | "text">, doing: string, messages: readonly MessageRow[] = containerMessages): RunnerError {
  return failureOf(messages, { doing, status: answer.status, message: messageOf(answer.text) });
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === "string" ? message : text;
  } catch {
    return text;
  }
}
