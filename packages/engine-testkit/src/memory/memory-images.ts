import { createHash } from "node:crypto";
import { hasLabels, RunnerError, type ErrorCode, type ImageInfo, type ImageStore, type Labels } from "@distronode-runner/contract";
import { readImageArchive, writeImageArchive } from "../archive/image-archive.ts";
import { answer } from "./calls.ts";

/** The images of a memory engine: reference -> labels. */
export type MemoryImages = Map<string, Labels>;

export function describeImage(reference: string, labels: Labels): ImageInfo {
  return { id: `sha256:${createHash("sha256").update(reference).digest("hex")}`, references: [reference], labels };
}

/** `isUsed`: whether containers were made of an image; `force` leaves them as they are. */
export function memoryImageStore(images: MemoryImages, isUsed: (reference: string) => boolean): ImageStore {
  const find = (reference: string): Labels => {
    const labels = images.get(reference);
    if (labels === undefined) throw failure("IMAGE_NOT_FOUND", `There is no image ${reference}.`);
    return labels;
  };
  return {
    images: (wanted = {}, call) =>
      answer(call, () => [...images].filter(([, labels]) => hasLabels(labels, wanted)).map(([reference, labels]) => describeImage(reference, labels))),
    removeImage: (reference, call) =>
      answer(call, () => {
        if (call?.force !== true && isUsed(reference)) throw failure("IMAGE_IN_USE", `Containers were made of the image ${reference}.`);
        images.delete(reference);
      }),
    async *save(reference, call) {
      const labels = await answer(call, () => find(reference));
      yield writeImageArchive({ reference, labels, architecture: "none" });
    },
    load: async (archive, call) => {
      await answer(call, () => undefined);
      const parts: Uint8Array[] = [];
      for await (const part of archive) parts.push(Uint8Array.from(part));
      call?.signal?.throwIfAborted();
      const loaded = readImageArchive(Buffer.concat(parts));
      if (loaded === undefined) throw failure("REQUEST_INVALID", "This is no whole archive of images.");
      return loaded.map(({ reference, labels }) => {
        images.set(reference, labels);
        return describeImage(reference, labels);
      });
    },
  };
}

function failure(code: ErrorCode, message: string): RunnerError {
  return new RunnerError(code, message, { cause: new Error(message) });
}
