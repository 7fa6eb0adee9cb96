import type { ExecSpec } from "@distronode-runner/contract";

/** Body of `POST /containers/<id>/exec`; both engines take the same. */
export function execBody({ command, environment = {}, user, workdir }: ExecSpec): object {
  return {
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    Cmd: command,
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    ...(user === undefined ? {} : { User: user }),
    ...(workdir === undefined ? {} : { WorkingDir: workdir }),
  };
}
