import { basename } from "node:path";
import type { JobPlan } from "@distronode-runner/contract";

/** What a job runs, in a few words for lists. Arguments are not among them: they may hold anything. */
export function whatRuns({ command, files }: Pick<JobPlan, "command" | "files">): string {
  const [executable = "", ...words] = command;
  const tool = basename(executable);
  const module = words.lastIndexOf("-m");
  if (/^(ansible|distronode)$/.test(tool) && module !== -1) return `module ${words[module + 1] ?? ""}`;
  if (!/^(ansible|distronode)-playbook$/.test(tool)) return tool;
  const play = files["project/play.json"];
  if (play === undefined) return words.at(-1) ?? tool;
  const role = "value" in play ? roleOf(play.value) : undefined;
  return role === undefined ? "plays given as data" : `role ${role}`;
}

function roleOf(plays: string): string | undefined {
  try {
    const [play] = JSON.parse(plays) as readonly { readonly roles?: readonly { readonly name?: unknown; readonly role?: unknown }[] }[];
    const { name, role } = play?.roles?.[0] ?? {};
    return [name, role].find((value) => typeof value === "string");
  } catch {
    return undefined;
  }
}
