import { createHash } from "node:crypto";
import type { Labels } from "@distronode-runner/contract";
import { readTar, writeTar } from "./tar.ts";

export interface ArchivedImage {
  readonly reference: string;
  readonly labels: Labels;
  readonly architecture: string;
}

/** An image with one small file in it, in docker's format. It can be created from, not started. */
export function writeImageArchive({ reference, labels, architecture }: ArchivedImage): Buffer {
  const layer = writeTar(new Map([["suite", Buffer.from(reference)]]));
  const rootfs = { type: "layers", diff_ids: [`sha256:${createHash("sha256").update(layer).digest("hex")}`] };
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  return writeTar(
    new Map([
      ["layer.tar", layer],
      ["config.json", json({ os: "linux", architecture, config: { Labels: labels }, rootfs })],
      ["manifest.json", json([{ Config: "config.json", RepoTags: [reference], Layers: ["layer.tar"] }])],
    ]),
  );
}

/** The images of such an archive; undefined for anything else. */
export function readImageArchive(archive: Buffer): readonly ArchivedImage[] | undefined {
  const files = readTar(archive);
  const parse = <T>(name: string): T | undefined => (files?.get(name) === undefined ? undefined : (JSON.parse(files.get(name)!.toString()) as T));
  return parse<readonly { readonly Config: string; readonly RepoTags: readonly string[] }[]>("manifest.json")?.map(({ Config: name, RepoTags: [reference = ""] }) => {
    const config = parse<{ readonly architecture: string; readonly config: { readonly Labels: Labels } }>(name);
    return { reference, labels: config?.config.Labels ?? {}, architecture: config?.architecture ?? "" };
  });
}
