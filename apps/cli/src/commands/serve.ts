import { stoppedExitCode } from "@distronode-runner/contract";
import { Flags } from "@oclif/core";
import { BaseCommand, type Outcome } from "../base-command.ts";
import { openRunner } from "../open-runner.ts";
import { renderWarning } from "../render/notice.ts";
import { loadServer } from "../load-server.ts";
import { onInterrupt } from "../terminal/interrupts.ts";

export default class Serve extends BaseCommand {
  static override summary = "Serve jobs over HTTP.";
  static override description =
    // Help shows what comes after the first line.
    "Serve jobs over HTTP.\nClients send the token as `Authorization: Bearer TOKEN`. It comes from --token-file, else from DISTRONODE_RUNNER_TOKEN, else one is made and shown on stderr.\n\nA job is isolated as the settings of its data directory say. Clients choose another engine or image only among those that are allowed here; with `NAME=` in front, for the data directory of that name alone.";
  static override usage = "serve (--data-dir NAME=PATH | --root DIR) [FLAGS]";
  static override examples = ["<%= config.bin %> serve --data-dir demo=./demo", "<%= config.bin %> serve --root /srv/jobs --token-file /etc/runner-token"];
  static override flags = {
    host: Flags.string({ helpValue: "ADDRESS", description: "address to listen on (default: 127.0.0.1, this machine only)" }),
    port: Flags.integer({ helpValue: "N", default: 4870, min: 0, max: 65535, description: "port; 0: any free one" }),
    "data-dir": Flags.string({ helpValue: "NAME=PATH", multiple: true, multipleNonGreedy: true, description: "a private data directory and the name clients use; repeatable" }),
    root: Flags.string({ helpValue: "DIR", description: "every directory in DIR is a private data directory by its name" }),
    "token-file": Flags.string({ helpValue: "FILE", description: "file that holds the token" }),
    "allow-engine": Flags.string({ helpValue: "[NAME=]ENGINE", multiple: true, multipleNonGreedy: true, description: "an engine that clients may choose; repeatable" }),
    "allow-image": Flags.string({ helpValue: "[NAME=]PATTERN", multiple: true, multipleNonGreedy: true, description: "images that clients may choose, * for any characters; repeatable" }),
    "ssh-mounts": Flags.boolean({ description: "show containers ~/.ssh and the ssh agent of this user" }),
    cmdline: Flags.boolean({ allowNo: true, default: true, description: "let clients give the tool options that are known to be harmless" }),
    "max-jobs": Flags.integer({ helpValue: "N", min: 1, description: "jobs at once; more wait (default: four for each processor)" }),
    "max-queue": Flags.integer({ helpValue: "N", min: 0, description: "jobs that wait; more are refused (default: 100)" }),
    "max-streams": Flags.integer({ helpValue: "N", min: 1, description: "open streams of output and events (default: 200)" }),
    "max-requests": Flags.integer({ helpValue: "N", min: 1, description: "requests in a minute (default: 6000)" }),
  };

  protected async perform(): Promise<Outcome> {
    const { flags } = await this.parse(Serve);
    const { createServer, forgetVariable, isLoopback, listen, parseClientRules, parseDataDirs, resolveToken, tokenVariable } = await loadServer();
    // Before anything is started that could inherit it.
    const environment = { [tokenVariable]: process.env[tokenVariable] };
    forgetVariable(tokenVariable);
    const dataDirs = await parseDataDirs({ named: flags["data-dir"] ?? [], root: flags.root }, process.cwd());
    const token = await resolveToken({ file: flags["token-file"], environment });
    const runner = await openRunner();
    const clients = parseClientRules({ engines: flags["allow-engine"], images: flags["allow-image"], sshMounts: flags["ssh-mounts"], cmdline: flags.cmdline });
    const limits = given({ jobs: flags["max-jobs"], queue: flags["max-queue"], streams: flags["max-streams"], requests: flags["max-requests"] });
    const app = await createServer({ runner, dataDirs, token: token.value, clients, limits, logger: { level: "warn", stream: process.stderr } });
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

/** Only what was said; the rest has defaults. */
function given(values: Readonly<Record<string, number | undefined>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== undefined));
}
