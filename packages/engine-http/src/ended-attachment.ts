import { RunnerError, type Attachment, type OutputChunk } from "@distronode-runner/contract";

/** The streams of a container that has exited: nothing to read, nobody to write to. */
export function endedAttachment(): Attachment {
  return {
    write: () => Promise.reject(new RunnerError("ENGINE_FAILED", "The container has exited and takes no input.")),
    end: () => Promise.resolve(),
    output: nothing(),
    close: () => Promise.resolve(),
  };
}

async function* nothing(): AsyncGenerator<OutputChunk, void, undefined> {}
