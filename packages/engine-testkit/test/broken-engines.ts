import { isRunnerError, type Attachment, type Engine } from "@distronode-runner/contract";
import { whole } from "../src/archive/pieces.ts";
import { readTar, writeTar } from "../src/archive/tar.ts";
import { memoryImage, memoryScript } from "../src/memory.ts";

/** An engine with one fault, and the case of the suite that must catch it. */
export interface BrokenEngine {
  readonly name: string;
  readonly caughtBy: string;
  readonly spoil: (engine: Engine) => Engine;
}

/** As an object of plain functions: the engine underneath with some of them replaced. */
function replace(engine: Engine, changes: Partial<Engine>): Engine {
  return { ...engine, ...changes };
}

export const brokenEngines: readonly BrokenEngine[] = [
  {
    name: "drops early output",
    caughtBy: "what a container says first has a reader",
    spoil: (engine) =>
      replace(engine, {
        attach: async (id, options) => {
          const attachment = await engine.attach(id, options);
          return { ...attachment, output: withoutFirst(attachment.output) };
        },
      }),
  },
  {
    name: "throws on a non-zero exit code",
    caughtBy: "a non-zero exit is a value",
    spoil: (engine) =>
      replace(engine, {
        wait: async (id, options) => {
          const exit = await engine.wait(id, options);
          if (exit.exitCode !== 0) throw new Error(`exit ${exit.exitCode}`);
          return exit;
        },
      }),
  },
  {
    name: "kills on abort",
    caughtBy: "aborting wait rejects with the signal's reason and leaves the container running",
    spoil: (engine) =>
      replace(engine, {
        wait: (id, options) => {
          options?.signal?.addEventListener("abort", () => void engine.signal(id, "SIGKILL"), { once: true });
          return engine.wait(id, options);
        },
      }),
  },
  {
    name: "rejects with an error of its own on abort",
    caughtBy: "a call whose signal is aborted already rejects with its reason and does nothing",
    spoil: (engine) =>
      replace(engine, {
        list: (labels, options) => (options?.signal?.aborted === true ? Promise.reject(new Error("aborted")) : engine.list(labels, options)),
      }),
  },
  {
    name: "kills on leaving the output loop",
    caughtBy: "leaving the output loop early leaves the container running",
    spoil: (engine) =>
      replace(engine, {
        attach: async (id, options) => {
          const attachment = await engine.attach(id, options);
          return { ...attachment, output: whenLeft(attachment.output, () => engine.signal(id, "SIGKILL")) };
        },
      }),
  },
  {
    name: "can not remove twice",
    caughtBy: "a second remove resolves",
    spoil: (engine) => {
      const removed = new Set<string>();
      return replace(engine, {
        remove: async (id, options) => {
          if (removed.has(id)) throw new Error(`no container ${id}`);
          removed.add(id);
          await engine.remove(id, options);
        },
      });
    },
  },
  {
    name: "forgets labels",
    caughtBy: "list finds a container by its labels in every phase until remove",
    spoil: (engine) => replace(engine, { create: (spec, options) => engine.create({ ...spec, labels: {} }, options) }),
  },
  {
    name: "leaks",
    caughtBy: "remove takes a container that was never started",
    spoil: (engine) => replace(engine, { remove: () => Promise.resolve() }),
  },
  {
    name: "can not kill",
    caughtBy: "a container that was killed has exit code 137",
    spoil: (engine) => replace(engine, { signal: () => Promise.resolve() }),
  },
  {
    name: "throws plain errors",
    caughtBy: "an unknown container is CONTAINER_NOT_FOUND, and can be signalled and removed without effect",
    spoil: (engine) =>
      replace(engine, {
        attach: (id, options) =>
          engine.attach(id, options).catch((error: unknown) => {
            throw isRunnerError(error) ? new Error(error.message) : error;
          }),
      }),
  },
  {
    name: "saves the beginning of an image",
    caughtBy: "an image that is saved, removed and loaded is the same image",
    spoil: (engine) => replace(engine, { save: (reference, options) => startOf(engine.save(reference, options)) }),
  },
  {
    name: "lists images whatever their labels",
    caughtBy: "images finds those with all the labels, and an empty value matches any",
    spoil: (engine) => replace(engine, { images: (_labels, options) => engine.images({}, options) }),
  },
  {
    name: "can not remove an image twice",
    caughtBy: "removing an image that is gone has no effect",
    spoil: (engine) =>
      replace(engine, {
        removeImage: async (reference, options) => {
          if ((await engine.image(reference)) === undefined) throw new Error(`no image ${reference}`);
          await engine.removeImage(reference, options);
        },
      }),
  },
  {
    name: "removes images that are in use",
    caughtBy: "an image that a container was made of is IMAGE_IN_USE, unless its removal is forced",
    spoil: (engine) => replace(engine, { removeImage: (reference, options) => engine.removeImage(reference, { ...options, force: true }) }),
  },
  {
    name: "saves nothing of an absent image",
    caughtBy: "saving an absent image is IMAGE_NOT_FOUND, and what is no whole archive is REQUEST_INVALID",
    spoil: (engine) => replace(engine, { save: (reference, options) => orNothing(engine.save(reference, options)) }),
  },
  {
    name: "loads after the call was aborted",
    caughtBy: "a call about images whose signal is aborted already rejects with its reason and does nothing",
    spoil: (engine) => replace(engine, { load: (archive) => engine.load(archive) }),
  },
  {
    name: "claims to have no images and lists them",
    caughtBy: "an engine without images refuses to manage them",
    spoil: (engine) => replace(engine, { supports: Object.freeze({ ...engine.supports, images: false }) }),
  },
  {
    name: "execs in another container of the same image",
    caughtBy: "exec sees the container's files, and leaves its own there",
    spoil: (engine) => replace(engine, { exec: async (id, spec, options) => engine.exec(await freshContainer(engine, id), spec, options) }),
  },
  {
    name: "ends the container with what exec started",
    caughtBy: "the end of what exec started leaves the container alone",
    spoil: (engine) =>
      replace(engine, {
        exec: async (id, spec, options) => {
          const session = await engine.exec(id, spec, options);
          return { ...session, output: atEnd(session.output, () => engine.signal(id, "SIGKILL")) };
        },
      }),
  },
  {
    name: "throws on a non-zero exit code of exec",
    caughtBy: "a non-zero exit of what exec started is a value, each time it is asked for",
    spoil: (engine) =>
      replace(engine, {
        exec: async (id, spec, options) => {
          const session = await engine.exec(id, spec, options);
          const wait: typeof session.wait = async (call) => {
            const code = await session.wait(call);
            if (code !== 0) throw new Error(`exit ${code}`);
            return code;
          };
          return { ...session, wait };
        },
      }),
  },
  {
    name: "makes directories of its own for what is put",
    caughtBy: "a path that the container lacks is PATH_NOT_FOUND, an unknown container CONTAINER_NOT_FOUND, and what is no whole archive REQUEST_INVALID",
    spoil: (engine) => replace(engine, { put: (id, _directory, archive, options) => engine.put(id, "/", archive, options) }),
  },
  {
    name: "gets files under their whole path",
    caughtBy: "archives go in and out of a container that runs, whole, and replace what was there",
    spoil: (engine) =>
      replace(engine, {
        async *get(id, path, options) {
          const files = readTar(await whole(engine.get(id, path, options)))!;
          yield writeTar(new Map([...files].map(([name, content]) => [`tmp/${name}`, content])));
        },
      }),
  },
  {
    name: "cuts the end of large output",
    caughtBy: "one megabyte written right before the exit arrives whole, time and again",
    spoil: (engine) =>
      replace(engine, {
        attach: async (id, options) => {
          const attachment = await engine.attach(id, options);
          return { ...attachment, output: upTo(attachment.output, 900_000) };
        },
      }),
  },
];

async function* startOf(archive: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const bytes of archive) {
    yield bytes.subarray(0, 1500);
    return;
  }
}

async function* orNothing(archive: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* archive;
  } catch {
    // As an engine does whose answer ends without a word.
  }
}

async function* withoutFirst(output: Attachment["output"]): Attachment["output"] {
  let first = true;
  for await (const chunk of output) {
    if (!first) yield chunk;
    first = false;
  }
}

/** A container that runs, with nothing of the other but its labels, so that it is removed with it. */
async function freshContainer(engine: Engine, like: string): Promise<string> {
  const labels = (await engine.list({})).find(({ id }) => id === like)?.labels ?? {};
  const { id } = await engine.create({ name: `fresh_${crypto.randomUUID()}`, image: memoryImage, command: memoryScript.untilSignal(), environment: {}, mounts: [], labels });
  await engine.start(id);
  return id;
}

async function* atEnd(output: Attachment["output"], ended: () => Promise<void>): Attachment["output"] {
  yield* output;
  await ended();
}

async function* whenLeft(output: Attachment["output"], left: () => Promise<void>): Attachment["output"] {
  let whole = false;
  try {
    yield* output;
    whole = true;
  } finally {
    if (!whole) await left();
  }
}

async function* upTo(output: Attachment["output"], bytes: number): Attachment["output"] {
  let left = bytes;
  for await (const chunk of output) {
    if (left > 0) yield { ...chunk, bytes: chunk.bytes.subarray(0, left) };
    left -= chunk.bytes.length;
  }
}
