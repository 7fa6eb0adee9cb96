import { RunnerError, type OutputChunk } from "@distronode-runner/contract";

const headerBytes = 8;

/**
 * Takes apart the engines' raw stream: frames of one type byte, three zero bytes, a big-endian length and the payload. Payloads come
 * out as they arrive, as views of what was pushed; a frame need not be complete for that.
 */
export class FrameDecoder {
  #header: Buffer = Buffer.alloc(0);
  #stream: OutputChunk["stream"] = "stdout";
  #left = 0;

  push(bytes: Uint8Array): OutputChunk[] {
    const chunks: OutputChunk[] = [];
    let input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    while (input.length > 0) {
      if (this.#left === 0) {
        const header = Buffer.concat([this.#header, input.subarray(0, headerBytes - this.#header.length)]);
        input = input.subarray(header.length - this.#header.length);
        this.#header = header;
        if (header.length < headerBytes) break;
        this.#open(header);
        continue;
      }
      const payload = input.subarray(0, this.#left);
      chunks.push({ stream: this.#stream, bytes: payload });
      this.#left -= payload.length;
      input = input.subarray(payload.length);
    }
    return chunks;
  }

  /** True between frames: a stream that ends elsewhere was cut. */
  get complete(): boolean {
    return this.#left === 0 && this.#header.length === 0;
  }

  #open(header: Buffer): void {
    const type = header[0]!;
    if (type > 2 || header[1] !== 0 || header[2] !== 0 || header[3] !== 0) {
      throw new RunnerError("ENGINE_FAILED", `The engine sent a stream that is not framed: ${header.toString("hex")}.`);
    }
    this.#header = Buffer.alloc(0);
    this.#stream = type === 2 ? "stderr" : "stdout";
    this.#left = header.readUInt32BE(4);
  }
}
