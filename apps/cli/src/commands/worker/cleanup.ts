import { basename } from "node:path";
import { Flags } from "@oclif/core";
import { BaseCommand, type Outcome } from "../../base-command.ts";
import { removeDirectories } from "../../cleanup/directories.ts";
import { pruneImages, removeImages } from "../../cleanup/images.ts";
import { withRunner } from "../../open-runner.ts";
import { renderWarning } from "../../render/notice.ts";

interface ImageFlags {
  readonly "remove-images"?: readonly string[] | undefined;
  readonly "image-prune": boolean;
  readonly "process-isolation-executable": string;
}

const many = { multiple: true, multipleNonGreedy: true, takesWords: true } as const;

export default class WorkerCleanup extends BaseCommand {
  static override summary = "Remove private data directories and images that jobs left.";
  static override description = "A directory stays when a job in it runs, whoever started it, or may run: its pid file names a living process, or artifacts have no final status. System directories are refused. The last line says whether anything was changed.";
  static override usage = "worker cleanup [FLAGS]";
  static override examples = ["<%= config.bin %> worker cleanup --file-pattern '/srv/jobs/awx_*' --grace-period 60"];
  static override flags = {
    "file-pattern": Flags.string({ helpValue: "PATTERN", description: "shell pattern of private data directories" }),
    "exclude-strings": Flags.string({ ...many, helpValue: "TEXT", description: "leave paths that contain one of these" }),
    "grace-period": Flags.integer({ helpValue: "MINUTES", default: 60, description: "leave what was changed so recently; 0: leave nothing" }),
    "remove-images": Flags.string({ ...many, helpValue: "IMAGE", description: "images to remove" }),
    "image-prune": Flags.boolean({ description: "remove layers that no image uses" }),
    "process-isolation-executable": Flags.string({ helpValue: "ENGINE", default: "podman", description: "engine of the images" }),
  };

  protected async perform(): Promise<Outcome> {
    const { flags } = await this.parse(WorkerCleanup);
    const say = (line: string): void => void this.screen.print(`${line}\n`);
    const pattern = flags["file-pattern"];
    const directories = pattern === undefined ? 0 : await withRunner((runner) => removeDirectories({ pattern, exclude: flags["exclude-strings"] ?? [], grace: flags["grace-period"], now: Date.now(), jobs: now(() => runner.jobs()) }, say));
    if (directories > 0) say(`Removed ${directories} private data dir(s) in pattern ${pattern}`);
    const imagesChanged = (flags["remove-images"] ?? []).length > 0 || flags["image-prune"] ? await this.#cleanImages(flags, say) : false;
    return { text: `(changed: ${directories > 0 || imagesChanged ? "True" : "False"})\n` };
  }

  #cleanImages(flags: ImageFlags, say: (line: string) => void): Promise<boolean> {
    return withRunner(async (runner) => {
      const images = await runner.images(basename(flags["process-isolation-executable"]));
      const removed = await removeImages(flags["remove-images"] ?? [], images, (message) => this.screen.tell(renderWarning(message)));
      if (removed > 0) say(`Removed ${removed} image(s)`);
      const pruned = flags["image-prune"] && (await pruneImages(images));
      if (pruned) say("Pruned images");
      return removed > 0 || pruned;
    });
  }
}

/** The same answer for a second: a pattern may match a thousand directories. */
function now<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked = Number.NEGATIVE_INFINITY;
  let answer: Promise<T> | undefined;
  return () => {
    if (answer === undefined || performance.now() - asked > 1000) [asked, answer] = [performance.now(), ask()];
    return answer;
  };
}
