import { abortable, type ContainerSpec, type ExecSession, type ExecSpec, type Host } from "@distronode-runner/contract";
import { JobProcess } from "./job-process.ts";

/** What `exec` needs to know of the job that a process is to stand beside. */
export interface Beside extends Pick<ContainerSpec, "name" | "image" | "labels" | "environment" | "workdir"> {
  /** Settles when the job has ended, or the signal is aborted. */
  readonly ended: (signal: AbortSignal) => Promise<unknown>;
}

/** One more process of this machine with a job's environment. It ends with the job, as long as there is this process to end it. */
export async function execBeside({ ended, ...job }: Beside, { command, environment, workdir }: ExecSpec, host: Host): Promise<ExecSession> {
  const process = new JobProcess({ ...job, command, environment: { ...job.environment, ...environment }, mounts: [], ...(workdir === undefined ? {} : { workdir }) }, host);
  const attachment = process.attach();
  await process.start();
  const over = new AbortController();
  void process.exit.then(() => over.abort());
  void ended(over.signal).then(() => process.signal("SIGKILL")).catch(() => {});
  return {
    ...attachment,
    async wait(options) {
      const { exitCode } = await abortable(process.exit, options?.signal);
      return exitCode!;
    },
  };
}
