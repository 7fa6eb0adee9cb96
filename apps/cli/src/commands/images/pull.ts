import { Flags } from "@oclif/core";
import { abortOnInterrupt } from "../../abort-on-interrupt.ts";
import { engineFlag, imageArgument } from "../../arguments/image-arguments.ts";
import { BaseCommand, type Outcome } from "../../base-command.ts";
import { withRunner } from "../../open-runner.ts";
import { renderWarning } from "../../render/notice.ts";
import { renderProgress } from "../../render/progress.ts";

export default class ImagesPull extends BaseCommand {
  static override summary = "Fetch an image from its registry.";
  static override description = "With the credentials that podman and docker keep, as run does it. Fetches it also when it is here already.";
  static override usage = "images pull IMAGE [FLAGS]";
  static override examples = ["<%= config.bin %> images pull registry.example/team/ee:1"];
  static override args = { image: imageArgument };
  static override flags = {
    engine: engineFlag,
    platform: Flags.string({ helpValue: "OS/ARCH", description: "platform, if not the engine's own" }),
    quiet: Flags.boolean({ char: "q", description: "show no progress" }),
  };

  protected async perform(): Promise<Outcome> {
    const { args, flags } = await this.parse(ImagesPull);
    return abortOnInterrupt((text) => this.screen.tell(text), (signal) =>
      withRunner(async (runner) => {
        const images = await runner.images(flags.engine);
        const image = await images.pull(args.image, {
          signal,
          ...(flags.platform === undefined ? {} : { platform: flags.platform }),
          onProgress: (progress) => {
            if (!flags.quiet) this.screen.progress(renderProgress(progress));
          },
          onTrouble: (message) => this.screen.tell(renderWarning(message)),
        });
        return { text: `${image.id}\n` };
      }),
    );
  }
}
