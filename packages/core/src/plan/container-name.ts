import { createHash } from "node:crypto";

/**
 * `distronode_runner_<ident>`, with characters that engines refuse replaced by `_`. Where something was replaced, a short hash of the
 * ident follows, so that `a b` and `a:b` are two containers.
 */
export function containerName(ident: string): string {
  const safe = ident.replaceAll(/[^a-zA-Z0-9_.-]/g, "_");
  return `distronode_runner_${safe === ident ? safe : `${safe}_${createHash("sha256").update(ident).digest("hex").slice(0, 8)}`}`;
}
