import { Flags } from "@oclif/core";
import { engineFlag } from "../../arguments/image-arguments.ts";
import { BaseCommand, type Outcome } from "../../base-command.ts";
import { withRunner } from "../../open-runner.ts";
import { renderImages } from "../../render/images.ts";

export default class ImagesList extends BaseCommand {
  static override summary = "List the images of an engine.";
  static override usage = "images list [FLAGS]";
  static override examples = ["<%= config.bin %> images list", "<%= config.bin %> images list --engine docker --json"];
  static override flags = { engine: engineFlag, json: Flags.boolean({ char: "j", description: "as JSON, with all that is known of each image" }) };

  protected async perform(): Promise<Outcome> {
    const { flags } = await this.parse(ImagesList);
    const found = await withRunner(async (runner) => {
      const { engine, list } = await runner.images(flags.engine);
      return { engine, images: await list() };
    });
    return { text: flags.json ? `${JSON.stringify(found, null, 2)}\n` : renderImages(found.images) };
  }
}
