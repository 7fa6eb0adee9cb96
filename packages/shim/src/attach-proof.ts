import { createHmac, timingSafeEqual } from "node:crypto";
import type { AttachRequest } from "./job-document.ts";

/** What a proof at the door of a job is made of: the job's key, which is never sent, and what each side chose at random. */
export interface AttachSecret {
  readonly jobId: string;
  readonly key: string;
  /** From the shim's challenge. */
  readonly challenge: string;
  /** Of who wants to be let in. */
  readonly own: string;
}

/** Shows the shim that the caller knows the key, for this request alone. */
export function attachProof(secret: AttachSecret, { force, after }: AttachRequest): string {
  return proof(secret, "attach", secret.challenge, secret.own, force === true ? "force" : "", after === undefined ? "" : String(after));
}

/** Whether an answer is the shim's, and not that of something the job has put in its place. */
export function isFromShim(secret: AttachSecret, mac: unknown): boolean {
  const [expected, said] = [Buffer.from(proof(secret, "context", secret.own, secret.challenge)), Buffer.from(typeof mac === "string" ? mac : "")];
  return expected.length === said.length && timingSafeEqual(expected, said);
}

function proof({ jobId, key }: AttachSecret, ...words: readonly string[]): string {
  return createHmac("sha256", key).update(["distronode-runner", jobId, ...words].join("\n")).digest("hex");
}
