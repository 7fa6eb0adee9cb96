import { Flags } from "@oclif/core";
import { engineFlag, imageArgument } from "../../arguments/image-arguments.ts";
import { BaseCommand, type Outcome } from "../../base-command.ts";
import { withRunner } from "../../open-runner.ts";

export default class ImagesRemove extends BaseCommand {
  static override summary = "Remove an image from an engine.";
  static override description = "A name is taken from its image, which goes with its last name. That it is not there is no error; that containers were made of it is.";
  static override usage = "images remove IMAGE [FLAGS]";
  static override examples = ["<%= config.bin %> images remove registry.example/team/ee:1"];
  static override args = { image: imageArgument };
  static override flags = { engine: engineFlag, force: Flags.boolean({ description: "also when containers were made of it, unless one runs" }) };

  protected async perform(): Promise<Outcome> {
    const { args, flags } = await this.parse(ImagesRemove);
    await withRunner(async (runner) => (await runner.images(flags.engine)).remove(args.image, { force: flags.force }));
    return {};
  }
}
