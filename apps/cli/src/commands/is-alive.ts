import { resolve } from "node:path";
import { ignoredFlags } from "../arguments/ignored-flags.ts";
import { jobArguments } from "../arguments/job-flags.ts";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { readPid } from "../daemon/pid-file.ts";
import { isRunnerOf } from "../daemon/runner-process.ts";

export default class IsAlive extends BaseCommand {
  static override summary = "Say by the exit code whether a job that start began runs.";
  static override description = "0: it is, 1: it is not. The flags of run are accepted and ignored.";
  static override usage = "is-alive PRIVATE_DATA_DIR";
  static override examples = ["<%= config.bin %> is-alive ./demo && echo running"];
  static override args = jobArguments;
  static override flags = ignoredFlags;

  protected async perform(): Promise<Outcome> {
    const { args } = await this.parse(IsAlive);
    const dataDir = resolve(args.private_data_dir);
    const pid = await readPid(dataDir);
    return { exitCode: pid !== undefined && isRunnerOf(dataDir, pid) ? 0 : 1 };
  }
}
