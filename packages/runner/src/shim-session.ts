import { RunnerError, type Attachment } from "@distronode-runner/contract";
import { createDecoder, deliver, encodeAck, encodeAttach, encodeCancel, encodeDetach, encodeJob, encodeStdin, encodeStdinEof, WireError, type AttachRequest, type AttachSecret, type ContextPayload, type Decoder, type DecoderPosition, type Frame, type JobDocument } from "@distronode-runner/shim";

/** How much of what the image printed before the handshake, or the interpreter on stderr, is kept for messages. */
const keptBytes = 16 * 1024;

/** The conversation with one shim over the streams of its container. */
export class ShimSession {
  readonly #attachment: Attachment;
  readonly #decoder: Decoder;
  #stderr = "";
  #sending: Promise<void> = Promise.resolve();
  #gone = false;

  /** `resume`: for a job that runs already; where to go on, by what its shim kept. */
  constructor(attachment: Attachment, resume?: (context: ContextPayload) => DecoderPosition) {
    this.#attachment = attachment;
    this.#decoder = createDecoder(resume);
  }

  /** Hands over the shim's source and the job. */
  async deliver(document: JobDocument): Promise<void> {
    await this.#send(deliver());
    await this.#send(encodeJob(document));
  }

  /** Asks a shim that has a job already for that job. */
  takeOver(secret: AttachSecret, request: AttachRequest): Promise<void> {
    return this.#send(encodeAttach(secret, request));
  }

  /** Where the frames have come to. */
  get position(): DecoderPosition {
    return this.#decoder.position;
  }

  /** Frames in order, to the end of the streams. */
  async *frames(): AsyncIterable<readonly Frame[]> {
    try {
      for await (const chunk of this.#attachment.output) {
        if (chunk.stream === "stderr") {
          this.#stderr = (this.#stderr + Buffer.from(chunk.bytes).toString()).slice(-keptBytes);
          continue;
        }
        yield this.#decoder.push(chunk.bytes);
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      throw new RunnerError("JOB_LOST", `The job's report is damaged: ${error.message}.`, { cause: error, hint: "Something beside the job may have written to the first process's output." });
    } finally {
      this.#gone = true;
    }
  }

  /** Bytes for the tool's standard input. */
  input(bytes: Uint8Array): Promise<void> {
    return this.#quietly(encodeStdin(bytes));
  }

  endInput(): Promise<void> {
    return this.#quietly(encodeStdinEof());
  }

  cancel(grace: number): Promise<void> {
    return this.#quietly(encodeCancel({ grace, why: "canceled" }));
  }

  ack(sequence: number, state?: string): Promise<void> {
    return this.#quietly(encodeAck(sequence, state));
  }

  /** The job goes on without this owner. */
  detach(): Promise<void> {
    return this.#quietly(encodeDetach());
  }

  /** What was printed beside the frames: by the image's entrypoint before the handshake, or by the interpreter. */
  get preamble(): string {
    return `${this.#decoder.preamble.toString()}${this.#stderr}`.trim();
  }

  get shook(): boolean {
    return this.#decoder.connected;
  }

  close(): Promise<void> {
    return this.#attachment.close();
  }

  /** One write at a time, in order. */
  #send(bytes: Uint8Array): Promise<void> {
    const sent = this.#sending.then(() => {
      if (this.#gone) throw new RunnerError("JOB_LOST", "The job's process has gone.");
      return this.#attachment.write(bytes);
    });
    this.#sending = sent.catch(() => {});
    return sent;
  }

  /** A shim that has gone needs no orders; that it has gone shows in its output. */
  #quietly(bytes: Uint8Array): Promise<void> {
    return this.#send(bytes).catch(() => {});
  }
}
