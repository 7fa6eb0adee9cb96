import { isDeepStrictEqual } from "node:util";
import { isRunnerError, type Admit, type ContainerExecution, type JobClocks, type JobPlan, type JobRequest, type SandboxExecution } from "@distronode-runner/contract";
import { matchesImage, type ClientRules } from "./client-rules.ts";
import { forbidden } from "./refuse.ts";

type Alternative = Parameters<Admit>[1];

/** What only the operator decides, through the directory: a client's plan has it as the directory alone would. */
const operators = ["privateDataDir", "artifactDir", "factCache", "candidates", "cwd", "environment", "files", "mirrors", "projectCopy", "prompts", "sshKey", "sshKeyPassphrase", "ownerGone", "labels"] as const satisfies readonly (keyof JobPlan)[];

/**
 * Judges the plan of a client's request by what its directory alone would give: same kind of isolation, the same engine and image or those the operator allows, no
 * mount more, nothing else that touches this machine. `ownerGone` has been decided: see `ownerGoneFor`. It sees what will be done and not how it was asked for, so that no combination of fields gets around it.
 */
export function admitPlan(request: JobRequest & { readonly playbook: string }, rules: Pick<Required<ClientRules>, "engines" | "images"> & { readonly ownerGone?: "cancel" | "continue" | undefined }): Admit {
  return (plan, alternative) => {
    const [sshMounts, { ownerGone }] = [request.settings?.["container_ssh_mounts"], rules];
    const servers = { ...(sshMounts === undefined ? {} : { container_ssh_mounts: sshMounts }), ...(ownerGone === undefined ? {} : { owner_gone: ownerGone }) };
    const settings = Object.keys(servers).length === 0 ? {} : { settings: servers };
    const bare: JobRequest = { privateDataDir: request.privateDataDir, playbook: request.playbook, ident: plan.ident, ...(request.terminal === undefined ? {} : { terminal: request.terminal }), ...settings };
    const [own, ownImage] = barePlan(bare, plan, alternative);
    if (request.cmdline !== undefined && !isDeepStrictEqual(own.command, alternative({ ...bare, cmdline: " ", ...(ownImage ? {} : { containerImage: imageOf(plan) }) }).command)) {
      throw forbidden("cmdline", "This data directory has a command line of its own (env/cmdline), which clients do not replace.", "Leave cmdline out.");
    }
    const isolated = kindOf(own) === "host" && kindOf(plan) !== "host";
    const [base, baseImage] = isolated ? barePlan({ ...bare, processIsolation: true }, plan, alternative) : [own, ownImage];
    if (isolated && kindOf(base) !== kindOf(plan)) {
      // The directory would isolate by other means: the operator has to have named those that the client asks for.
      const asked = request.processIsolationExecutable ?? request.settings?.["process_isolation_executable"];
      if (typeof asked !== "string" || !rules.engines.includes(asked)) throw forbidden("processIsolationExecutable", "The means of isolation asked for is not among those that clients may choose here.", allowHint);
      const [other, otherImage] = barePlan({ ...bare, processIsolation: true, processIsolationExecutable: asked }, plan, alternative);
      return judge(plan, other, otherImage, rules);
    }
    judge(plan, base, baseImage, rules);
  };
}

const allowHint = "Leave it out, or ask the operator, who starts the server with --allow-engine.";

/** The plan of the directory's own, and whether it names an image itself, if it needs one. Otherwise the client's is put in its place, to be judged. */
function barePlan(bare: JobRequest, plan: JobPlan, alternative: Alternative): readonly [JobPlan, boolean] {
  try {
    return [alternative(bare), true];
  } catch (error) {
    if (!isRunnerError(error) || error.location?.key !== "container_image") throw error;
    return [alternative({ ...bare, containerImage: imageOf(plan) }), false];
  }
}

function imageOf({ execution }: JobPlan): string {
  return execution.kind === "container" ? execution.image : "none";
}

function kindOf({ execution }: JobPlan): "host" | "sandbox" | "container" {
  return execution.kind === "container" ? "container" : execution.sandbox === undefined ? "host" : "sandbox";
}

function judge(plan: JobPlan, base: JobPlan, baseImage: boolean, rules: Pick<Required<ClientRules>, "engines" | "images">): void {
  if (kindOf(plan) !== kindOf(base)) {
    throw forbidden("processIsolationExecutable", `Jobs of this data directory run in a ${kindOf(base)}; clients do not change that.`, "Leave processIsolationExecutable out.");
  }
  judgeVariables(plan, base);
  for (const key of operators) {
    if (!isDeepStrictEqual(key === "files" ? withoutVariables(plan.files) : plan[key], base[key])) throw forbidden(key, `The request changes what only the operator decides: ${key}.`, "Leave out what is not about the play itself.");
  }
  if (plan.command[0] !== base.command[0]) throw forbidden("playbook", "The request changes the command that this data directory runs.", "Name a playbook of the directory.");
  judgeClocks(plan.clocks, base.clocks);
  if (plan.execution.kind === "container" && base.execution.kind === "container") judgeContainer(plan.execution, base.execution, baseImage, rules);
  else if (plan.execution.kind === "host" && base.execution.kind === "host" && plan.execution.sandbox !== undefined) judgeSandbox(plan.execution.sandbox, base.execution.sandbox);
}

/** Where variables stand that came as data. They have been looked at: see `checkVariables`. */
const variablesFile = "extravars.json";

function withoutVariables({ [variablesFile]: _variables, ...files }: JobPlan["files"]): JobPlan["files"] {
  return files;
}

/** The variables of a request beat those of the directory, which are for the operator to say. */
function judgeVariables(plan: JobPlan, base: JobPlan): void {
  if (!(variablesFile in plan.files) || variablesFile in base.files) return;
  const at = plan.command.findIndex((word, index) => plan.command[index - 1] === "-e" && word.endsWith(`/${variablesFile}`));
  if (plan.command[at - 3] === "-e" && plan.command[at - 2]!.startsWith("@")) {
    throw forbidden("extravars", "This data directory has extra variables of its own (env/extravars), which clients do not replace.", "Leave extravars out, or ask the operator to move the directory's variables to its inventory.");
  }
}

function judgeContainer(asked: ContainerExecution, base: ContainerExecution, baseImage: boolean, rules: Pick<Required<ClientRules>, "engines" | "images">): void {
  if (asked.engine !== base.engine && !rules.engines.includes(asked.engine)) {
    throw forbidden("processIsolationExecutable", `The engine ${JSON.stringify(asked.engine)} is not among those that clients may choose here.`, allowHint);
  }
  if (!(baseImage && asked.image === base.image) && !matchesImage(asked.image, rules.images)) {
    throw forbidden("containerImage", `The image ${JSON.stringify(asked.image)} is not among those that clients may choose here.`, "Leave it out, or ask the operator, who starts the server with --allow-image.");
  }
  if (base.pull === "never" && asked.pull !== "never") throw forbidden("settings.container_pull_policy", "This data directory never fetches images; clients do not change that.", "Leave container_pull_policy out.");
  if (!asked.mounts.every((mount) => base.mounts.some((own) => isDeepStrictEqual(own, mount)))) throw forbidden("request", "The request would show the container more of the server than the data directory does.", "Name nothing outside the data directory.");
  const { engine, image, pull, mounts } = base;
  if (!isDeepStrictEqual({ ...asked, engine, image, pull, mounts }, base)) throw forbidden("request", "The request changes the container in a way that only the operator decides.", "Leave out what is not about the play itself.");
}

function judgeSandbox(asked: SandboxExecution, base: SandboxExecution | undefined): void {
  if (!isDeepStrictEqual(asked, base)) throw forbidden("processIsolationExecutable", "The request changes the sandbox, which only the operator decides.", "Leave processIsolationExecutable out.");
}

/** A client may shorten the times that the operator gives a job, and not lift them. */
function judgeClocks(asked: JobClocks, base: JobClocks): void {
  for (const clock of ["job", "idle", "prompt"] as const) {
    if (base[clock] > 0 && (asked[clock] === 0 || asked[clock] > base[clock])) throw forbidden(`settings.${clock}_timeout`, `This data directory gives a job ${base[clock]} s (${clock}_timeout); clients do not give it more.`, "Ask for less, or leave it out.");
  }
  if (asked.lease !== base.lease) throw forbidden("settings", "How long a job outlives its runner is for the operator to say.", "Leave it out.");
}
