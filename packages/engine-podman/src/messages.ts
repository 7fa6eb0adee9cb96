import type { RunnerError } from "@distronode-runner/contract";
import { failureOf, type Answer, type MessageRow } from "@distronode-runner/engine-http";

const engine = "podman 4.3";

/** What libpod says about containers and images that are here. */
export const containerMessages: readonly MessageRow[] = [
  { pattern: /no such container/i, code: "CONTAINER_NOT_FOUND", engine, sample: 'no container with name or ID "1f2e" found: no such container' },
  { pattern: /can only create exec sessions on running containers/i, code: "CONTAINER_NOT_RUNNING", engine, sample: "can only create exec sessions on running containers: container state improper" },
  { pattern: /image not known|no such image/i, code: "IMAGE_NOT_FOUND", engine, sample: "localhost/absent:none: image not known", hint: "Pull or build the image first." },
  { pattern: /image is in use by a container|image used by/i, code: "IMAGE_IN_USE", engine, sample: "image used by 1a62fd: image is in use by a container: consider listing external containers and force-removing image", hint: "Remove the containers that were made of it first." },
  { pattern: /unable to delete image .* with more than one tag/i, code: "IMAGE_IN_USE", engine, sample: 'unable to delete image "5ec585" by ID with more than one tag ([localhost/a:1 localhost/b:1]): please force removal', hint: "Remove its names, one by one." },
  { pattern: /payload does not match any of the supported image formats/i, code: "REQUEST_INVALID", engine, sample: "unable to load image: payload does not match any of the supported image formats", hint: "Load a whole archive, as images save writes it." },
  {
    pattern: /name is already in use|name .* is in use|already in use by/i,
    code: "CONTAINER_CONFLICT",
    engine,
    sample: 'creating container storage: the container name "x" is already in use by 1f2e. You have to remove that container to be able to reuse that name: that name is already in use',
    hint: "Choose another ident, or wait for the other job.",
  },
  {
    pattern: /attempted to invoke a command that was not found|executable file not found|exec: .*no such file or directory/i,
    code: "IMAGE_UNSUITABLE",
    engine,
    sample: 'runc: runc create failed: unable to start container process: exec: "nope": executable file not found in $PATH: OCI runtime attempted to invoke a command that was not found',
  },
  { pattern: /OCI permission denied|exec: .*permission denied/i, code: "IMAGE_UNSUITABLE", engine, sample: 'runc: runc create failed: unable to start container process: exec: "/etc": permission denied: OCI permission denied' },
  { pattern: /exec format error/i, code: "IMAGE_UNSUITABLE", engine, sample: "exec /bin/true: exec format error", hint: "The image was built for another processor." },
  { pattern: /unable to find (user|group)/i, code: "IMAGE_UNSUITABLE", engine, sample: "unable to find user nobody2: no matching entries in passwd file" },
  { pattern: /statfs .*: no such file or directory/i, code: "MOUNT_REFUSED", engine, sample: "statfs /absent: no such file or directory" },
  {
    pattern: /\/dev\/net\/tun|slirp4netns failed|pasta failed/,
    code: "ENGINE_FAILED",
    engine,
    sample: 'unable to start container 1f2e: /usr/bin/slirp4netns failed: "open(\\"/dev/net/tun\\"): Permission denied\\nchild failed(1)\\n"',
    hint: "Containers without root need /dev/net/tun for a network of their own: doctor --try says more; --container-option=--network=host does without.",
  },
  { pattern: /names must match/i, code: "REQUEST_INVALID", engine, sample: "running container create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument" },
  { pattern: /repository name must be lowercase|invalid reference format/i, code: "REQUEST_INVALID", engine, sample: "invalid reference format: repository name must be lowercase" },
];

/** What it says of files that go in and out of a container. */
export const archiveMessages: readonly MessageRow[] = [
  ...containerMessages,
  { pattern: /^no such file or directory|exists but is not a directory/i, code: "PATH_NOT_FOUND", engine, sample: "no such file or directory" },
  { pattern: /reading tar stream|unexpected EOF/i, code: "REQUEST_INVALID", engine, sample: "error during bulk transfer: reading tar stream: expected EOF: unexpected EOF", hint: "Give a whole tar archive." },
];

/** What it says while it asks a registry. */
export const pullMessages: readonly MessageRow[] = [
  { pattern: /no image found in (manifest|image) (list|index) for architecture|choosing image instance/i, code: "IMAGE_UNSUITABLE", engine, sample: 'choosing an image from manifest list docker://x: no image found in manifest list for architecture arm64, variant "v8", OS linux', hint: "The registry has this image for other platforms only." },
  { pattern: /manifest unknown|name unknown|repository .* not found/i, code: "IMAGE_NOT_FOUND", engine, sample: "initializing source docker://registry.example/x:none: reading manifest none in registry.example/x: manifest unknown: manifest unknown" },
  { pattern: /toomanyrequests|too many requests/i, code: "REGISTRY_RATE_LIMITED", engine, sample: "initializing source docker://x:1: reading manifest 1 in docker.io/library/x: toomanyrequests: You have reached your pull rate limit", hint: "Wait, log in to the registry, or use a mirror." },
  { pattern: /denied: |403 \(?forbidden/i, code: "REGISTRY_FORBIDDEN", engine, sample: "initializing source docker://registry.example/x:1: reading manifest 1 in registry.example/x: denied: requested access to the resource is denied", hint: "This user may not pull the image: ask for access, or use other credentials." },
  { pattern: /unauthorized|authentication required|invalid username\/password/i, code: "REGISTRY_DENIED", engine, sample: "initializing source docker://registry.example/x:1: unauthorized: authentication required", hint: "Check the credentials for this registry." },
  { pattern: /x509:|certificate/i, code: "REGISTRY_UNTRUSTED", engine, sample: 'pinging container registry registry.example: Get "https://registry.example/v2/": x509: certificate signed by unknown authority', hint: "Put the certificate of its authority into /etc/containers/certs.d/<registry>/ca.crt, or set verify_ssl: false in container_auth_data." },
  { pattern: /first record does not look like a TLS handshake/i, code: "REGISTRY_UNTRUSTED", engine, sample: 'pinging container registry registry.example:5000: Get "https://registry.example:5000/v2/": tls: first record does not look like a TLS handshake', hint: "It answers without TLS. Set verify_ssl: false in container_auth_data, or insecure = true for it in registries.conf." },
  { pattern: /gave HTTP response to HTTPS client/i, code: "REGISTRY_UNTRUSTED", engine, sample: 'pinging container registry registry.example:5000: Get "https://registry.example:5000/v2/": http: server gave HTTP response to HTTPS client', hint: "It answers without TLS. Set verify_ssl: false in container_auth_data, or insecure = true for it in registries.conf." },
  { pattern: /connection refused|connection reset|no such host|network is unreachable|no route to host/i, code: "REGISTRY_UNREACHABLE", engine, sample: 'pinging container registry 127.0.0.1:1: Get "https://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused' },
  { pattern: /timeout|deadline exceeded|server misbehaving|\bEOF\b/i, code: "REGISTRY_UNREACHABLE", engine, sample: 'pinging container registry registry.example: Get "https://registry.example/v2/": dial tcp: i/o timeout' },
  ...containerMessages,
];

/** A refusal of libpod, in our terms. */
export function refused(answer: Pick<Answer, "status" | "text">, doing: string, messages: readonly MessageRow[] = containerMessages): RunnerError {
  return failureOf(messages, { doing, status: answer.status, message: messageOf(answer.text) });
}

/** `cause` is the innermost error, `message` the whole chain with it. */
export function messageOf(text: string): string {
  try {
    const { message, cause } = JSON.parse(text) as { readonly message?: unknown; readonly cause?: unknown };
    if (typeof message !== "string") return text;
    const whole = typeof cause !== "string" || message.includes(cause) ? message : `${message}: ${cause}`;
    // What it asked a helper of its own, pages of it.
    return whole.replace(/ for copier\.request\{.*\}(?=:)/s, "");
  } catch {
    return text;
  }
}
