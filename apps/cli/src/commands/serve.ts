import { stoppedExitCode } from "@distronode-runner/contract";
import { Flags } from "@oclif/core";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { openRunner } from "../open-runner.ts";
import { renderWarning } from "../render/notice.ts";
import { onInterrupt } from "../terminal/interrupts.ts";

export default class Serve extends BaseCommand {
  static override summary = "Serve jobs over HTTP.";
  static override description =
    "Clients send the token as `Authorization: Bearer TOKEN`. It comes from --token-file, else from DISTRONODE_RUNNER_TOKEN, else one is made and shown on stderr.";
  static override usage = "serve (--data-dir NAME=PATH | --root DIR) [FLAGS]";
  static override examples = ["<%= config.bin %> serve --data-dir demo=./demo", "<%= config.bin %> serve --root /srv/jobs --token-file /etc/distronode-runner/token"];
  static override flags = {
    host: Flags.string({ helpValue: "ADDRESS", description: "address to listen on (default: 127.0.0.1, this machine only)" }),
    port: Flags.integer({ helpValue: "N", default: 4870, min: 0, max: 65535, description: "port; 0: any free one" }),
    "data-dir": Flags.string({ helpValue: "NAME=PATH", multiple: true, multipleNonGreedy: true, description: "a private data directory and the name clients use; repeatable" }),
    root: Flags.string({ helpValue: "DIR", description: "every directory in DIR is a private data directory by its name" }),
    "token-file": Flags.string({ helpValue: "FILE", description: "file that holds the token" }),
  };

  protected async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Serve);
    const { createServer, isLoopback, listen, parseDataDirs, resolveToken } = await import("@distronode-runner/server");
    const dataDirs = await parseDataDirs({ named: flags["data-dir"] ?? [], root: flags.root }, process.cwd());
    const token = await resolveToken({ file: flags["token-file"], environment: process.env });
    const runner = await openRunner();
    const app = await createServer({ runner, dataDirs, token: token.value, logger: { level: "warn", stream: process.stderr } });
    try {
      const stopped = new Promise<void>((resolve, reject) => {
        onInterrupt((count) => {
          if (count > 2) {
            this.screen.tell("Left without waiting for the end of the jobs.\ndistronode-runner doctor --fix settles what is left.\n");
            process.exit(stoppedExitCode);
          }
          if (count > 1) {
            this.screen.tell("Killing running jobs ... (again to leave at once)\n");
            void app.jobs.cancelAll({ force: true });
            return;
          }
          this.screen.tell("Stopping: running jobs are canceled ... (again to kill them at once)\n");
          app.close().then(resolve, reject);
        });
      });
      if (flags.host !== undefined && !isLoopback(flags.host)) this.screen.tell(renderWarning(`${flags.host} is reachable from other machines, and the token travels unencrypted: put a TLS proxy in front.`));
      const address = await listen(app, { host: flags.host, port: flags.port });
      if (token.generated) this.screen.tell(`Token: ${token.value}\n`);
      this.screen.tell(`Listening on ${address}\n`);
      await stopped;
      return {};
    } finally {
      await app.close();
      await runner.close();
    }
  }
}
