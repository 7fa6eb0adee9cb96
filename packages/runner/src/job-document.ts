import { jobIdOf, maskedEnvironment, shownCommand, type Planned } from "@distronode-runner/core";
import { eventsSource, type JobDocument } from "@distronode-runner/shim";
import type { CommandRecord, PlannedValue } from "@distronode-runner/contract";
import { jobContext } from "./reattach/job-context.ts";

/** How long a shim whose owner has gone keeps what nobody has stored, after the tool's end. */
const keepSeconds = { cancel: 300, continue: 86_400 };

/** What the shim is told, secrets included: it exists in memory and on the shim's stdin alone. `input`: the tool will be given standard input. */
export function jobDocument(planned: Planned, token: string, input: boolean, attachKey: string | undefined): JobDocument {
  const { plan, secrets } = planned;
  const inContainer = plan.execution.kind === "container";
  const reveal = (value: PlannedValue): string => ("value" in value ? value.value : (secrets.get(value.secret) ?? ""));
  const prompts = plan.prompts.map(({ pattern, answer }) => ({ pattern, answer: reveal(answer) }));
  return {
    version: 1,
    ident: plan.ident,
    id: jobIdOf(plan.labels),
    ...(attachKey === undefined ? {} : { attachKey }),
    context: jobContext(planned, token),
    argv: [...plan.command],
    candidates: [...plan.candidates],
    env: Object.fromEntries(Object.entries(plan.environment).map(([name, value]) => [name, reveal(value)])),
    inheritEnvironment: true,
    cwd: plan.cwd,
    createCwd: inContainer,
    tty: plan.terminal ? { rows: 24, cols: 80 } : null,
    stdin: input || plan.interactive ? "pipe" : "null",
    prompts,
    mirrors: plan.mirrors,
    ...(plan.sshKey === undefined ? {} : { sshKey: reveal(plan.sshKey) }),
    ...(plan.sshKeyPassphrase === undefined ? {} : { sshKeyPassphrase: reveal(plan.sshKeyPassphrase) }),
    mergeStderr: !plan.output.separateStderr,
    files: { "callback/distronode_runner.py": { text: eventsSource }, ...Object.fromEntries(Object.entries(plan.files).map(([name, value]) => [name, { text: reveal(value) }])) },
    events: { token },
    clocks: { job: plan.clocks.job, idle: plan.clocks.idle, prompt: plan.clocks.prompt, grace: plan.clocks.grace, lease: plan.clocks.lease, heartbeat: 5, linger: 5, keep: plan.ownerGone === "continue" ? keepSeconds.continue : keepSeconds.cancel },
    ownerGone: plan.ownerGone,
    limits: { memoryBytes: 16 * 1024 * 1024, spillBytes: 1024 * 1024 * 1024 },
  };
}

export function commandRecord(planned: Planned, argv?: readonly string[], cwd?: string): CommandRecord {
  return { command: shownCommand(argv ?? planned.plan.command), cwd: cwd ?? planned.plan.cwd, env: maskedEnvironment(planned.plan.environment) };
}
