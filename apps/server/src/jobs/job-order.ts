import { isAbsolute, join } from "node:path";
import type { JobRequest } from "@distronode-runner/contract";
import type { ClientRules } from "../clients/client-rules.ts";

/** What a client asks for: a job request without anything that names a path of the server's disk. */
export interface JobOrder extends Omit<PlaybookRequest, "privateDataDir" | "artifactDir" | "projectDir" | "inventory" | "extravars" | "color" | "containerVolumeMounts" | "containerOptions"> {
  readonly dataDir: string;
  readonly inventory?: string | readonly string[];
  /** As data: a text would be the name of a file. */
  readonly extravars?: Readonly<Record<string, unknown>>;
}

/** Clients run playbooks that stand in a data directory; they bring none of their own. */
export type PlaybookRequest = JobRequest & { readonly playbook: string };

/**
 * `privateDataDir` is what `order.dataDir` stands for. An inventory that is not a comma list lies below the directory's `inventory`. Jobs see nothing of the
 * server user's ssh, whatever the directory's settings say, unless the operator allows it.
 */
export function toJobRequest({ dataDir: _name, inventory, ...order }: JobOrder, privateDataDir: string, { sshMounts = false }: Pick<ClientRules, "sshMounts"> = {}): PlaybookRequest {
  const locate = (source: string): string => (source.includes(",") || isAbsolute(source) ? source : join(privateDataDir, "inventory", source));
  return {
    ...order,
    privateDataDir,
    ...(sshMounts ? {} : { settings: { ...order.settings, container_ssh_mounts: false } }),
    ...(inventory === undefined ? {} : { inventory: typeof inventory === "string" ? locate(inventory) : inventory.map(locate) }),
  };
}
