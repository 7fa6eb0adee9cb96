import { RunnerError } from "@distronode-runner/contract";
import { jobArgument } from "../arguments/job-argument.ts";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { withJob } from "../jobs/with-job.ts";
import { readAnswer } from "../terminal/read-answer.ts";

export default class Answer extends BaseCommand {
  static override summary = "Answer the question that a job waits with.";
  static override description = "The answer is read from the terminal, unseen, or is the first line of standard input: it is in no argument and no history. `ps` shows what is asked.";
  static override usage = "answer JOB";
  static override examples = ["<%= config.bin %> answer nightly", "pass show become | <%= config.bin %> answer nightly"];
  static override args = jobArgument;
  static override flags = {};

  protected async perform(): Promise<Outcome> {
    const { args } = await this.parse(Answer);
    return withJob(args.job, async (job, runner) => {
      const running = (await runner.jobs()).find(({ artifactDir }) => artifactDir === job.artifactDir);
      if (running === undefined) throw new RunnerError("REQUEST_INVALID", `The job ${job.ident} has ended.`);
      await job.answer(await readAnswer(running.question ?? "Answer:"));
      return {};
    });
  }
}
