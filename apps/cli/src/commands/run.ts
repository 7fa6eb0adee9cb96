import { RunnerError, stoppedExitCode, type ErrorRecord, type JobResult } from "@distronode-runner/contract";
import { jobArguments, jobFlags } from "../arguments/job-flags.ts";
import { jobRequest } from "../arguments/job-request.ts";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { cancelOnInterrupt } from "../cancel-on-interrupt.ts";
import { followJob } from "../follow-job.ts";
import { withRunner } from "../open-runner.ts";
import { reportError } from "../report-error.ts";
import { wantsColor } from "../terminal/wants-color.ts";

export default class Run extends BaseCommand {
  static override summary = "Run a playbook and show what it says.";
  static override description = "The exit code is the tool's own; 254 when the job was canceled or ran out of time.";
  static override usage = "run PRIVATE_DATA_DIR -p PLAYBOOK [FLAGS]";
  static override examples = [
    "<%= config.bin %> run ./demo -p site.yml",
    "<%= config.bin %> run ./demo -p site.yml --limit web -vv",
    "<%= config.bin %> run ./demo -p site.yml --process-isolation --container-image ee:1",
  ];
  static override args = jobArguments;
  static override flags = jobFlags;

  protected async perform(): Promise<Outcome> {
    const { args, flags, raw } = await this.parse(Run);
    const request = jobRequest(args, flags, raw, wantsColor(process.stdout, process.env) && flags.json !== true);
    const interrupts = cancelOnInterrupt({
      tell: (text) => this.screen.tell(text),
      leave: () => process.exit(stoppedExitCode),
    });
    try {
      const result = await withRunner(async (runner) => {
        const handle = await runner.start(request);
        interrupts.watch(handle);
        return followJob(handle, this.screen);
      });
      await this.screen.flush();
      return { exitCode: result.error === undefined ? result.rc : this.#reportFailure(result, result.error) };
    } finally {
      interrupts.stop();
    }
  }

  #reportFailure(result: JobResult, record: ErrorRecord): number {
    const exitCode = reportError(new RunnerError(record.code, record.message, record), this.config.version);
    this.screen.tell(`Artifacts: ${result.artifactDir}\n`);
    return exitCode;
  }
}
