import { existsSync } from "node:fs";
import { ensurePackages } from "./engines/apt.ts";

/** Named in full: another Python that comes first on PATH would not see what Debian's packages brought. */
export const peer = "/usr/bin/ansible-runner";

/** The program whose behaviour the differential tests compare ours with, the tool both start, and the sandbox both know. */
export async function ensurePeer(say: (line: string) => void): Promise<void> {
  if (!existsSync(peer) || !existsSync("/usr/bin/ansible-playbook")) await ensurePackages({ packages: ["ansible-core", "python3-ansible-runner"], reason: "comparing with ansible-runner" }, say);
  if (!existsSync("/usr/bin/bwrap")) await ensurePackages({ packages: ["bubblewrap"], reason: "jobs in a sandbox" }, say);
  if (!existsSync("/usr/bin/docker-registry") || !existsSync("/usr/bin/htpasswd")) await ensurePackages({ packages: ["docker-registry", "apache2-utils", "openssl", "iproute2"], reason: "pulling images from a registry" }, say);
}
