import { Flags } from "@oclif/core";
import { abortOnInterrupt } from "../../abort-on-interrupt.ts";
import { engineFlag, imageArgument } from "../../arguments/image-arguments.ts";
import { BaseCommand, type Outcome } from "../../base-command.ts";
import { withRunner } from "../../open-runner.ts";

export default class ImagesSave extends BaseCommand {
  static override summary = "Write an image to a file, for a machine without a network.";
  static override description = "The archive can be loaded by images load, podman load and docker load. The file is complete or not there.";
  static override usage = "images save IMAGE -o FILE [FLAGS]";
  static override examples = ["<%= config.bin %> images save registry.example/team/ee:1 -o ee.tar", "<%= config.bin %> images save registry.example/team/ee:1 -o - | ssh far distronode-runner images load -i -"];
  static override args = { image: imageArgument };
  static override flags = { output: Flags.string({ char: "o", helpValue: "FILE", required: true, description: "file to write; -: stdout" }), engine: engineFlag };

  protected async perform(): Promise<Outcome> {
    const { args, flags } = await this.parse(ImagesSave);
    const { writeArchive } = await import("../../images/write-archive.ts");
    return abortOnInterrupt((text) => this.screen.tell(text), (signal) =>
      withRunner(async (runner) => {
        const images = await runner.images(flags.engine);
        await writeArchive(images.save(args.image, { signal }), flags.output, process.stdout);
        return {};
      }),
    );
  }
}
