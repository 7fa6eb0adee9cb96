import { basename, dirname, isAbsolute, join } from "node:path";
import { RunnerError, type JobRequest } from "@distronode-runner/contract";
import { splitCmdline } from "../data-dir/cmdline.ts";
import type { DataDirSnapshot } from "../data-dir/snapshot.ts";
import { suggest } from "../suggest.ts";
import { jobDirToken } from "./environment.ts";
import type { PathMap } from "./path-map.ts";

/** What a job runs. */
export interface Target {
  readonly kind: "playbook" | "module" | "raw";
  readonly executable: string;
  /** Whether inventory, limits, variables and so on are put between executable and tail. */
  readonly options: boolean;
  readonly tail: readonly string[];
  /** Plays that were given as data: they are written to a directory of the job that shows the project beside them. */
  readonly plays?: readonly object[];
}

/** Where plays given as data stand: a directory that mirrors the project, so that roles/, group_vars/ and files/ are found beside them. */
const playDirectory = "project";
export const playFile: string = `${playDirectory}/play.json`;
export const playMirror: string = playDirectory;

export function planTarget(request: JobRequest, snapshot: DataDirSnapshot, paths: PathMap, inContainer: boolean): Target {
  if (snapshot.args !== undefined && request.command === undefined) {
    const [executable, ...tail] = splitCmdline(snapshot.args.text, snapshot.args.file);
    if (executable === undefined) throw new RunnerError("DATA_DIR_INVALID", `${snapshot.args.file} is empty.`, { location: { file: snapshot.args.file }, hint: "Write the whole command into it, or remove it." });
    return { kind: "raw", executable, options: false, tail };
  }
  const { playbook, module, role, binary, command } = request;
  if (command !== undefined) {
    const [executable, ...tail] = command;
    if (executable === undefined || executable === "") throw wrong("The command is empty.", "command", "Give the executable and its arguments as a list.");
    return { kind: "raw", executable, options: false, tail };
  }
  if (binary !== undefined) return { kind: "raw", executable: binary, options: true, tail: [] };
  const given = [["playbook", playbook], ["module", module], ["role", role]].filter(([, value]) => value !== undefined).map(([name]) => name as string);
  if (given.length === 0) throw wrong("Nothing was named to run: a playbook, a module or a role is needed.", "playbook", "Give -p PLAYBOOK, -m MODULE or -r ROLE.");
  if (given.length > 1) throw wrong(`Only one of playbook, module and role can be run, but ${given.join(" and ")} were given.`, given[1]!, "Run them as separate jobs.");
  if (request.hosts !== undefined && playbook !== undefined) throw wrong("Hosts were named for a playbook, which names its own.", "hosts", "Use --limit to run a playbook for some of its hosts; --hosts goes with -m or -r.");
  if (module !== undefined) return { kind: "module", executable: "ansible", options: true, tail: ["-m", module, ...(request.moduleArgs === undefined ? [] : ["-a", request.moduleArgs]), ...(request.hosts === undefined ? [] : [request.hosts])] };
  if (role !== undefined) return data([rolePlay(role, request)]);
  if (typeof playbook !== "string") return data(Array.isArray(playbook) ? (playbook as object[]) : [playbook as object]);
  checkPlaybook(playbook, snapshot, inContainer);
  return { kind: "playbook", executable: "ansible-playbook", options: true, tail: [seenPlaybook(playbook, snapshot, paths)] };
}

/** One that is named by its whole path is shown with what is beside it: its roles, variables and files. */
function seenPlaybook(playbook: string, snapshot: DataDirSnapshot, paths: PathMap): string {
  if (!isAbsolute(playbook) || !snapshot.playbook.found) return playbook;
  return join(paths.seen(dirname(playbook), "playbook"), basename(playbook));
}

function data(plays: readonly object[]): Target {
  return { kind: "playbook", executable: "ansible-playbook", options: true, tail: [`${jobDirToken}/${playFile}`], plays };
}

function rolePlay(role: string, request: JobRequest): object {
  return {
    hosts: request.hosts ?? "all",
    gather_facts: !(request.roleSkipFacts ?? false),
    roles: [{ name: role, ...(request.roleVars === undefined ? {} : { vars: request.roleVars }) }],
  };
}

/** A path that only the container can see, and a playbook of a collection (`ns.name.play`), are the tool's to judge. */
function checkPlaybook(playbook: string, snapshot: DataDirSnapshot, inContainer: boolean): void {
  if (playbook === "") throw wrong("The name of the playbook is empty.", "playbook", "Give -p PLAYBOOK, relative to project/.");
  if (snapshot.playbook.found || (inContainer && isAbsolute(playbook)) || /^\w+\.\w+\.\w+$/.test(playbook)) return;
  const { similar } = snapshot.playbook;
  throw wrong(
    `The playbook ${playbook} does not exist in ${snapshot.hasProject ? snapshot.projectDir : snapshot.root}.`,
    "playbook",
    snapshot.hasProject ? suggest(playbook, similar, similar.length === 0 ? "No playbook is there at all." : `There are: ${similar.slice(0, 10).join(", ")}`) : `There is no project directory: playbooks belong into ${snapshot.projectDir}.`,
  );
}

function wrong(message: string, key: string, hint: string): RunnerError {
  return new RunnerError("REQUEST_INVALID", message, { location: { key }, hint });
}
