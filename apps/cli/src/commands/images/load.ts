import { Flags } from "@oclif/core";
import { abortOnInterrupt } from "../../abort-on-interrupt.ts";
import { engineFlag } from "../../arguments/image-arguments.ts";
import { BaseCommand, type Outcome } from "../../base-command.ts";
import { withRunner } from "../../open-runner.ts";

export default class ImagesLoad extends BaseCommand {
  static override summary = "Take images from a file that images save wrote.";
  static override usage = "images load -i FILE [FLAGS]";
  static override examples = ["<%= config.bin %> images load -i ee.tar"];
  static override flags = { input: Flags.string({ char: "i", helpValue: "FILE", required: true, description: "file to read; -: stdin" }), engine: engineFlag };

  protected async perform(): Promise<Outcome> {
    const { flags } = await this.parse(ImagesLoad);
    const { openArchive } = await import("../../images/open-archive.ts");
    const archive = await openArchive(flags.input, process.stdin);
    return abortOnInterrupt((text) => this.screen.tell(text), (signal) =>
      withRunner(async (runner) => {
        const images = await runner.images(flags.engine);
        const loaded = await images.load(archive, { signal });
        return { text: loaded.flatMap(({ id, references }) => (references.length === 0 ? [id] : references)).map((name) => `${name}\n`).join("") };
      }),
    );
  }
}
