/** An archive as it comes from elsewhere. */
export async function* pieces(archive: Buffer): AsyncIterable<Uint8Array> {
  const size = Math.max(1000, Math.ceil(archive.length / 50));
  for (let at = 0; at < archive.length; at += size) yield archive.subarray(at, at + size);
}

export async function whole(archive: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of archive) parts.push(Uint8Array.from(part));
  return Buffer.concat(parts);
}

/** One that can not be read. */
// oxlint-disable-next-line require-yield
export async function* unreadable(reason: unknown): AsyncIterable<Uint8Array> {
  await Promise.reject(reason);
}
