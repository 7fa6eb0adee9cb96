import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Attachment, ContainerExit, ContainerPhase, ContainerSpec, Engine, Labels } from "@distronode-runner/contract";
import { writeImageArchive } from "./archive/image-archive.ts";
import type { Script } from "./scripts.ts";

export interface Running {
  readonly id: string;
  readonly attachment: Attachment;
}

export interface Ran {
  readonly exit: ContainerExit;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** How hard an engine is tried. */
export interface Load {
  readonly rounds: number;
  readonly atOnce: number;
}

/** What all cases of a suite have in common. */
export type CaseSetting = Pick<CaseContext, "image" | "script" | "load">;

/** What a case works with. All that it makes through this carries the case's own label, and is removed at its end. */
export class CaseContext {
  readonly engine: Engine;
  readonly image: string;
  readonly script: Script;
  readonly load: Load;
  /** On everything this case makes, and on nothing else. */
  readonly label: Labels = { "distronode-runner.suite": randomUUID() };
  readonly #open: () => Promise<Engine>;
  readonly #made: string[] = [];
  readonly #cleanups: (() => Promise<unknown>)[] = [];

  constructor(engine: Engine, { image, script, load }: CaseSetting, open: () => Promise<Engine>) {
    this.engine = engine;
    this.image = image;
    this.script = script;
    this.load = load;
    this.#open = open;
  }

  /** A specification with nothing but a name of its own, the label and the command. */
  spec(command: readonly string[], more: Partial<ContainerSpec> = {}): ContainerSpec {
    const base = { name: `suite_${randomUUID()}`, image: this.image, command, environment: {}, mounts: [], network: "none" };
    return { ...base, ...more, labels: { ...more.labels, ...this.label } };
  }

  async create(command: readonly string[], more: Partial<ContainerSpec> = {}, engine: Engine = this.engine): Promise<string> {
    const { id } = await engine.create(this.spec(command, more));
    this.#made.push(id);
    return id;
  }

  /** Creates, attaches and starts. */
  async launch(command: readonly string[], more: Partial<ContainerSpec> = {}, engine: Engine = this.engine): Promise<Running> {
    const id = await this.create(command, more, engine);
    const attachment = await engine.attach(id);
    await engine.start(id);
    return { id, attachment };
  }

  /** From `create` to the exit, with everything that was said. */
  async run(command: readonly string[], more: Partial<ContainerSpec> = {}): Promise<Ran> {
    const { id, attachment } = await this.launch(command, more);
    await attachment.end();
    const said = await this.read(attachment);
    return { exit: await this.engine.wait(id), ...said };
  }

  /** Both streams, to their end. */
  async read(attachment: Attachment): Promise<Omit<Ran, "exit">> {
    const parts = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
    for await (const { stream, bytes } of attachment.output) parts[stream].push(Uint8Array.from(bytes));
    return { stdout: Buffer.concat(parts.stdout), stderr: Buffer.concat(parts.stderr) };
  }

  /** Reads until stdout has said so much, and stays attached. */
  async hear(attachment: Attachment, text: string): Promise<void> {
    let said = "";
    const chunks = attachment.output[Symbol.asyncIterator]();
    while (!said.includes(text)) {
      const next = await chunks.next();
      if (next.done === true) assert.fail(`The output ended before ${JSON.stringify(text)}: ${JSON.stringify(said)}`);
      said += Buffer.from(next.value.bytes).toString();
    }
  }

  /** Its phase by the list; undefined when it is gone. */
  async phase(id: string, engine: Engine = this.engine): Promise<ContainerPhase | undefined> {
    return (await engine.list(this.label)).find((summary) => summary.id === id)?.phase;
  }

  /** A second engine, as another process would have it. */
  async another(): Promise<Engine> {
    const engine = await this.#open();
    this.#cleanups.push(() => engine.close());
    return engine;
  }

  /** An empty directory on this machine, by its real path. */
  async directory(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), "engine-suite-"));
    this.#cleanups.push(() => rm(path, { recursive: true, force: true }));
    return path;
  }

  /** A small image of the case's own, with its label, in an archive. */
  imageArchive(labels: Labels): { readonly reference: string; readonly archive: Buffer } {
    const reference = `localhost/distronode-runner-suite:${randomUUID()}`;
    return { reference, archive: writeImageArchive({ reference, labels: { ...labels, ...this.label }, architecture: process.arch === "x64" ? "amd64" : process.arch }) };
  }

  /** The same in the engine, until the end of the case. */
  async loadImage(labels: Labels = {}): Promise<{ readonly reference: string; readonly id: string }> {
    const { reference, archive } = this.imageArchive(labels);
    const loaded = await this.engine.load(Readable.from([archive]));
    this.#cleanups.push(() => this.engine.removeImage(reference));
    assert.deepEqual(loaded.map(({ references }) => references), [[reference]], "What was loaded is not what the archive has.");
    return { reference, id: loaded[0]!.id };
  }

  /** Removes what the case made; whatever then still carries its label is a leak. */
  async finish(): Promise<void> {
    const removed = await Promise.allSettled(this.#made.map((id) => this.engine.remove(id)));
    const left = await this.engine.list(this.label);
    await Promise.allSettled(left.map(({ id }) => this.engine.remove(id)));
    await Promise.allSettled(this.#cleanups.map((clean) => clean()));
    const failed = removed.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    assert.deepEqual(left, [], "Containers of this case are left over after all were removed.");
  }
}
