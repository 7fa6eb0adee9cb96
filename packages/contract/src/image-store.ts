import type { Labels } from "./container.ts";
import type { CallOptions } from "./engine.ts";
import { RunnerError } from "./errors.ts";
import type { ImageInfo } from "./image.ts";

/** The images of an engine, apart from `image` and `pull`, which each engine has. */
export interface ImageStore {
  /** Images that carry all these labels (an empty value matches any), those without a name included. Default: all. */
  images(labels?: Labels, options?: CallOptions): Promise<readonly ImageInfo[]>;
  /**
   * Takes a reference from its image, or an id with all its references; an image goes with its last reference. Resolves for one that is gone.
   * `IMAGE_IN_USE` while containers were made of it, or for an id with several references. `force`: all the same, unless such a container
   * runs; whether the others go along is the engine's.
   */
  removeImage(reference: string, options?: CallOptions & { readonly force?: boolean }): Promise<void>;
  /**
   * The image as a tar archive that every engine loads (docker's format). Nothing is asked before the first read. Rejects with `IMAGE_NOT_FOUND` there;
   * leaving the loop early ends the transfer.
   */
  save(reference: string, options?: CallOptions): AsyncIterable<Uint8Array>;
  /** What `save` wrote, as images again. `REQUEST_INVALID` for what is no archive of images, or not a whole one; what reading it throws is passed on. */
  load(archive: AsyncIterable<Uint8Array>, options?: CallOptions): Promise<readonly ImageInfo[]>;
}

/** The verbs of an engine that has no store of images. */
export function withoutImageStore(engine: string): ImageStore {
  const refuse = (): Promise<never> => Promise.reject(new RunnerError("ENGINE_INCOMPATIBLE", `The engine ${engine} has no images to manage.`, { hint: "Name another engine." }));
  return {
    images: refuse,
    removeImage: refuse,
    // oxlint-disable-next-line require-yield
    async *save() {
      await refuse();
    },
    load: refuse,
  };
}
