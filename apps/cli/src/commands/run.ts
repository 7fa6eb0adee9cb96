import { randomUUID } from "node:crypto";
import { stoppedExitCode } from "@distronode-runner/contract";
import { Flags } from "@oclif/core";
import { jobArguments, jobFlags } from "../arguments/job-flags.ts";
import { jobRequest } from "../arguments/job-request.ts";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { cancelOnInterrupt } from "../cancel-on-interrupt.ts";
import { openDebugLog } from "../debug-log.ts";
import { followWithDebug } from "../follow-job.ts";
import { makeDataDir } from "../make-data-dir.ts";
import { withRunner } from "../open-runner.ts";
import { answerOnTerminal } from "../jobs/answer-on-terminal.ts";
import { detach } from "../jobs/detach.ts";
import { reportResult } from "../report-error.ts";
import { wantsColor } from "../terminal/wants-color.ts";

export default class Run extends BaseCommand {
  static override summary = "Run a playbook, a module or a role and show what it says.";
  static override description = "The exit code is the tool's own; 254 when the job was canceled or ran out of time.";
  static override usage = "run PRIVATE_DATA_DIR (-p PLAYBOOK | -m MODULE | -r ROLE) [FLAGS]";
  static override examples = [
    "<%= config.bin %> run ./demo -p site.yml",
    "<%= config.bin %> run ./demo -p site.yml --limit web -vv",
    "<%= config.bin %> run ./demo -p site.yml --process-isolation --container-image ee:1",
    "<%= config.bin %> run ./demo -p site.yml --detach",
    "<%= config.bin %> run ./demo -m command -a 'ls -l' --hosts web",
    "<%= config.bin %> run ./demo -r greet --role-vars 'greeting=\"good day\" count=3' --hosts web",
  ];
  static override args = jobArguments;
  static override flags = { ...jobFlags, detach: Flags.boolean({ char: "d", helpGroup: "how to run it", description: "leave the job running, and print its ident" }) };

  protected async perform(): Promise<Outcome> {
    const { args, flags, raw } = await this.parse(Run);
    const cwd = process.cwd();
    const request = jobRequest(args, flags, raw, { cwd, environment: process.env, color: wantsColor(process.stdout, process.env) && !flags.json });
    const tell = (text: string): void => this.screen.tell(text);
    if (flags.detach) {
      const ident = request.ident ?? randomUUID();
      return detach({ request: { ...request, ident, settings: { owner_gone: "continue", ...request.settings } }, cwd, debug: flags.debug, as: "detach", ...(flags.logfile === undefined ? {} : { logfile: flags.logfile }) }, this.screen);
    }
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
        const terminal = answerOnTerminal(handle, tell);
        return followWithDebug(handle, this.screen, log, (entry) => terminal.see(entry)).finally(() => terminal.close());
      });
      await this.screen.flush();
      return { exitCode: reportResult(result, this.config.version, this.screen) };
    } finally {
      interrupts.stop();
    }
  }
}
