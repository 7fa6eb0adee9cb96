import { RunnerError, stoppedExitCode, type ErrorRecord, type JobResult } from "@distronode-runner/contract";
import { jobArguments, jobFlags } from "../arguments/job-flags.ts";
import { jobRequest } from "../arguments/job-request.ts";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { cancelOnInterrupt } from "../cancel-on-interrupt.ts";
import { openDebugLog } from "../debug-log.ts";
import { followWithDebug } from "../follow-job.ts";
import { makeDataDir } from "../make-data-dir.ts";
import { withRunner } from "../open-runner.ts";
import { reportError } from "../report-error.ts";
import { wantsColor } from "../terminal/wants-color.ts";

export default class Run extends BaseCommand {
  static override summary = "Run a playbook, a module or a role and show what it says.";
  static override description = "The exit code is the tool's own; 254 when the job was canceled or ran out of time.";
  static override usage = "run PRIVATE_DATA_DIR (-p PLAYBOOK | -m MODULE | -r ROLE) [FLAGS]";
  static override examples = [
    "<%= config.bin %> run ./demo -p site.yml",
    "<%= config.bin %> run ./demo -p site.yml --limit web -vv",
    "<%= config.bin %> run ./demo -p site.yml --process-isolation --container-image ee:1",
    "<%= config.bin %> run ./demo -m command -a 'ls -l' --hosts web",
    "<%= config.bin %> run ./demo -r greet --role-vars 'greeting=\"good day\" count=3' --hosts web",
  ];
  static override args = jobArguments;
  static override flags = jobFlags;

  protected async perform(): Promise<Outcome> {
    const { args, flags, raw } = await this.parse(Run);
    const cwd = process.cwd();
    const request = jobRequest(args, flags, raw, { cwd, environment: process.env, color: wantsColor(process.stdout, process.env) && !flags.json });
    const tell = (text: string): void => this.screen.tell(text);
    const interrupts = cancelOnInterrupt({ tell, leave: () => process.exit(stoppedExitCode) });
    const undo = await makeDataDir(request, cwd);
    try {
      const result = await withRunner(async (runner) => {
        const log = openDebugLog(flags, cwd, tell);
        const handle = await runner.start(request).catch(async (error: unknown) => {
          await undo();
          throw error;
        });
        interrupts.watch(handle);
        return followWithDebug(handle, this.screen, log);
      });
      await this.screen.flush();
      if (result.error !== undefined) this.#reportFailure(result, result.error);
      return { exitCode: result.rc };
    } finally {
      interrupts.stop();
    }
  }

  #reportFailure(result: JobResult, record: ErrorRecord): void {
    reportError(new RunnerError(record.code, record.message, record), this.config.version);
    this.screen.tell(`Artifacts: ${result.artifactDir}\n`);
  }
}
