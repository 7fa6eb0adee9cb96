const block = 512;

/** A tar archive (ustar) of plain files that only their owner may write; names up to 100 bytes. `owner`: number of user and group. */
export function writeTar(files: ReadonlyMap<string, Uint8Array>, owner: number = 0): Buffer {
  const parts: Uint8Array[] = [];
  for (const [name, bytes] of files) parts.push(header(name, bytes.length, owner), bytes, Buffer.alloc((block - (bytes.length % block)) % block));
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

/** Its plain files again; undefined for what is no tar archive, or not a whole one. */
export function readTar(archive: Buffer): Map<string, Buffer> | undefined {
  const files = new Map<string, Buffer>();
  for (let at = 0; at + block <= archive.length; ) {
    const head = archive.subarray(at, at + block);
    if (head.every((byte) => byte === 0)) return files;
    if (head.toString("latin1", 257, 262) !== "ustar") return undefined;
    const size = Number.parseInt(head.toString("latin1", 124, 136), 8);
    const content = archive.subarray(at + block, at + block + size);
    if (content.length < size) return undefined;
    if (plain.includes(head.toString("latin1", 156, 157))) files.set(text(head, 0, 100), content);
    at += block + Math.ceil(size / block) * block;
  }
  return undefined;
}

/** Types of plain files. */
const plain: readonly string[] = ["0", "\0"];

function header(name: string, size: number, owner: number): Buffer {
  const head = Buffer.alloc(block);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  head.write(name, 0, 100);
  head.write(`${octal(0o644, 7)}\0${octal(owner, 7)}\0${octal(owner, 7)}\0${octal(size, 11)}\0${octal(0, 11)}\0${" ".repeat(8)}0`, 100, "latin1");
  head.write("ustar\x0000", 257, "latin1");
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${octal(sum, 6)}\0 `, 148, "latin1");
  return head;
}

function text(head: Buffer, from: number, to: number): string {
  const end = head.indexOf(0, from);
  return head.toString("utf8", from, end < 0 || end > to ? to : end);
}
