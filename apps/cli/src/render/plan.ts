import type { ContainerExecution, JobPlan, Mount, PlannedValue, SandboxExecution } from "@distronode-runner/contract";
import { renderColumns } from "./columns.ts";
import { printable } from "./printable.ts";
import { shellWord } from "./shell-word.ts";

/** A plan for people. The plan holds no secrets, only where they come from. */
export function renderPlan(plan: JobPlan): string {
  const sections: [string, string][] = [
    [
      "Job",
      renderColumns([
        ["ident", plan.ident],
        ["directory", plan.privateDataDir],
        ["artifacts", plan.artifactDir],
        ...(plan.output.eventFiles ? [] : [["event files", "none (job_events: false)"]]),
      ]),
    ],
    ["Command", renderCommand(plan)],
    ["Execution", renderExecution(plan.execution)],
  ];
  if (plan.execution.kind === "container") sections.push(["Mounts", plan.execution.mounts.map(renderMount).join("\n")]);
  if (plan.projectCopy !== undefined) sections.push(["Copy of the project", `${plan.projectCopy.source} -> ${plan.projectCopy.target}\n${plan.projectCopy.keep ? "kept" : "removed at the end"}`]);
  sections.push(
    ["Environment", Object.entries(plan.environment).map(renderVariable).join("\n")],
    ["Files of the job alone, in memory", Object.entries(plan.files).map(renderFile).join("\n")],
    ["Prompts that are answered", plan.prompts.map(({ pattern, answer }) => `${pattern} (${origin(answer)})`).join("\n")],
    ["SSH key", plan.sshKey === undefined ? "" : `held by an agent of the job's own (${origin(plan.sshKey)})${plan.sshKeyPassphrase === undefined ? "" : `\nopened with its passphrase (${origin(plan.sshKeyPassphrase)})`}`],
    ["Clocks", renderClocks(plan)],
    ["Warnings", plan.warnings.join("\n")],
  );
  return sections
    .filter(([, body]) => body !== "")
    .map(([title, body]) => `${title}\n${indent(printable(body))}\n`)
    .join("\n");
}

function renderCommand(plan: JobPlan): string {
  const others = plan.candidates.length > 1 ? `\n(the first of these that exists: ${plan.candidates.join(", ")})` : "";
  return `${plan.command.map(shellWord).join(" ")}\nin ${plan.cwd}${others}`;
}

function renderExecution(execution: JobPlan["execution"]): string {
  if (execution.kind === "container") return renderContainer(execution);
  return execution.sandbox === undefined ? "on this host, without a container" : renderSandbox(execution.sandbox);
}

function renderSandbox(sandbox: SandboxExecution): string {
  const rows: [string, readonly string[]][] = [
    ["hidden", sandbox.hide],
    ["read-only", sandbox.readOnly],
    ["shown", sandbox.show],
  ];
  const paths = renderColumns([...rows.flatMap(([title, listed]) => listed.map((path) => [title, path])), ["besides", "/bin, /etc, /usr and /opt, read-only; an empty /tmp"]]);
  return `on this host, in a sandbox by ${sandbox.executable}\n${paths}`;
}

function renderContainer(execution: ContainerExecution): string {
  const rows = [
    ["engine", execution.engine],
    ["image", `${execution.image} (pull: ${execution.pull})`],
    ["container", execution.containerName],
  ];
  const { environment = {}, ...options } = execution.options;
  for (const variable of Object.entries(environment)) rows.push(["environment", renderVariable(variable)]);
  for (const [name, value] of Object.entries({ ...execution.limits, ...options })) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    if (text !== "{}" && text !== "[]") rows.push([name, text]);
  }
  return renderColumns(rows);
}

function renderMount(mount: Mount): string {
  const remarks = [
    mount.readOnly ? "read-only" : "",
    mount.relabel === "none" ? "" : `relabel ${mount.relabel}`,
    mount.overlay === true ? "overlay" : "",
  ].filter((remark) => remark !== "");
  return `${mount.source} -> ${mount.target}${remarks.length === 0 ? "" : ` (${remarks.join(", ")})`}`;
}

function renderVariable([name, planned]: [string, PlannedValue]): string {
  return "secret" in planned ? `${name} (${origin(planned)})` : `${name}=${planned.value}`;
}

function renderFile([name, content]: [string, PlannedValue]): string {
  return "secret" in content ? `${name} (${origin(content)})` : name;
}

function origin(planned: PlannedValue): string {
  return "secret" in planned ? `not shown, from ${planned.secret}` : planned.value;
}

function renderClocks({ clocks, ownerGone }: JobPlan): string {
  return renderColumns([
    ["job", seconds(clocks.job)],
    ["idle", seconds(clocks.idle)],
    ["prompt", seconds(clocks.prompt)],
    ["grace", seconds(clocks.grace)],
    ["lease", lease(clocks.lease, ownerGone)],
  ]);
}

/** The clock that begins when the runner is killed. */
function lease(value: number, ownerGone: JobPlan["ownerGone"]): string {
  if (ownerGone === "continue") return "off: the job goes on without a runner";
  return value === 0 ? "off: the job goes on until another runner cancels it" : `${value} s without a runner, then canceled`;
}

function seconds(value: number): string {
  return value === 0 ? "off" : `${value} s`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
