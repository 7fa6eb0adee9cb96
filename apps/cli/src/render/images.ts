import type { ImageInfo } from "@distronode-runner/contract";
import { renderColumns } from "./columns.ts";
import { printable } from "./printable.ts";
import { renderSize } from "./size.ts";

/** A line for each reference, and one for an image that has none. */
export function renderImages(images: readonly ImageInfo[]): string {
  const rows = images.flatMap(({ id, references, sizeBytes, architecture }) =>
    (references.length === 0 ? ["<none>"] : references).map((reference) => [reference, id.replace(/^sha256:/, "").slice(0, 12), sizeBytes === undefined ? "-" : renderSize(sizeBytes), architecture ?? "-"]),
  );
  const order = rows.sort(([one = ""], [other = ""]) => (one < other ? -1 : one > other ? 1 : 0));
  return `${printable(renderColumns([["REFERENCE", "ID", "SIZE", "ARCHITECTURE"], ...order]))}\n`;
}
