import { resolve } from "node:path";
import { RunnerError } from "@distronode-runner/contract";
import { ignoredFlags } from "../arguments/ignored-flags.ts";
import { jobArguments } from "../arguments/job-flags.ts";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { pidFile, readPid, removePidFile } from "../daemon/pid-file.ts";
import { isRunnerOf } from "../daemon/runner-process.ts";
import { stopRunner } from "../daemon/stop-daemon.ts";
import { pipesOf } from "../data-dir-pipes.ts";
import { withRunner } from "../open-runner.ts";
import { renderWarning } from "../render/notice.ts";

export default class Stop extends BaseCommand {
  static override summary = "Stop a job that start began.";
  static override description = "The job is canceled; returns when it is gone. The exit code is 1 when no job was started. The flags of run are accepted and ignored.";
  static override usage = "stop PRIVATE_DATA_DIR";
  static override examples = ["<%= config.bin %> stop ./demo"];
  static override args = jobArguments;
  static override flags = ignoredFlags;

  protected async perform(): Promise<Outcome> {
    const { args } = await this.parse(Stop);
    const dataDir = resolve(args.private_data_dir);
    const pid = await readPid(dataDir);
    if (pid === undefined) throw new RunnerError("JOB_NOT_FOUND", `No job is running in the background in ${dataDir}.`, { hint: `It has ended, or none was started: ${pidFile(dataDir)} would name its process.` });
    const alive = (): boolean => isRunnerOf(dataDir, pid);
    if (!alive()) {
      removePidFile(dataDir, pid);
      this.screen.tell(`No job is running in ${dataDir}: process ${pid} is none of its runners. The pid file was removed.\n`);
      return {};
    }
    const end = await stopRunner({ alive, signal: (name) => kill(pid, name), grace: await graceOf(dataDir) });
    if (end === "killed") this.screen.tell(renderWarning(`the runner ${pid} did not answer and was killed; its job ends by itself within seconds, without a final status.`));
    removePidFile(dataDir, pid);
    return {};
  }
}

/** The job's own plan is in its runner; the settings of the same directory say the same, unless they were a pipe, which that runner has read. */
async function graceOf(privateDataDir: string): Promise<number> {
  if (pipesOf(privateDataDir).includes("env/settings")) return defaultGrace;
  const settings = await withRunner((runner) => runner.settings({ privateDataDir })).catch(() => []);
  return Number(settings.find(({ key }) => key === "cancel_grace")?.value ?? defaultGrace);
}

const defaultGrace = 10;

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw new RunnerError("REQUEST_INVALID", `Process ${pid} can not be stopped: ${(error as Error).message}`, { hint: "It may belong to another user.", cause: error });
  }
}
