import type { JobPlan, PlannedValue } from "@distronode-runner/contract";
import type { FailedPayload, NoticePayload } from "@distronode-runner/shim";

/** What a shim has to say about an input, with the place where that stands, which the shim does not know. */
export function noticeMessage({ kind, message, details }: NoticePayload, plan: JobPlan): string {
  return kind === "pattern" ? located(message, plan.prompts.find(({ pattern }) => pattern === details?.["pattern"])?.answer) : message;
}

/** The same for a tool that was not started. */
export function failureMessage({ code, message }: FailedPayload, plan: JobPlan): string {
  return code === "SSH_KEY_INVALID" ? located(message, plan.sshKey) : message;
}

/** Secrets are named by where they come from: `env/passwords#PATTERN`, `env/ssh_key`. */
function located(message: string, value: PlannedValue | undefined): string {
  return value !== undefined && "secret" in value ? `${value.secret.split("#", 1)[0]}: ${message}` : message;
}
