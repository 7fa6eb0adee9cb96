import { RunnerError, type Engine, type EngineImages, type Keychain } from "@distronode-runner/contract";
import { isLocal } from "./present-image.ts";
import { pullImage } from "./pull-image.ts";

/** What a person does with an engine's images; a pull is as a job's would be, without a limit of time. */
export function engineImages(engine: Engine, keychain: Keychain | undefined): EngineImages {
  return {
    engine: engine.name,
    list: (labels, options) => engine.images(labels, options),
    remove: (reference, options) => engine.removeImage(reference, options),
    save: (reference, options) => engine.save(reference, options),
    load: (archive, options) => engine.load(archive, options),
    pull: async (reference, { platform, signal, onProgress, onTrouble } = {}) => {
      if (isLocal(reference)) throw new RunnerError("REQUEST_INVALID", `The image ${reference} can not be pulled: names under localhost/ belong to images that were made here.`, { hint: "Build or load the image, or correct the name." });
      return pullImage(engine, {
        execution: { image: reference, pull: "always", pullTimeout: 0, options: platform === undefined ? {} : { platform } },
        registry: undefined,
        keychain,
        signal: signal ?? new AbortController().signal,
        onProgress: onProgress ?? (() => {}),
        onTrouble: onTrouble ?? (() => {}),
      });
    },
  };
}
