import { abortable, type Archives, type CallOptions, type ContainerSpec, type Engine, type EngineSignal, type EngineSupports, type ExecSpec, type ImageStore, type Labels } from "@distronode-runner/contract";
import { answerPatience, pulse } from "./pulse.ts";

export interface Patience {
  /** Milliseconds that a call may take before the engine is asked whether it is there. */
  readonly call: number;
  /** Milliseconds that it has for that answer. */
  readonly answer: number;
}

const usual: Patience = { call: 15_000, answer: answerPatience };

/**
 * An engine of which every call comes to an end. Engines have no timeouts: a pull takes as long as it takes. But while a call takes long, the engine is asked something
 * simple from time to time, and when it does not answer that, because its service is stopped or the network swallows all, the call is given up with
 * `ENGINE_UNAVAILABLE`.
 */
export function attentive(engine: Engine, patience: Patience = usual): Engine {
  return new AttentiveEngine(engine, patience);
}

class AttentiveEngine implements Engine {
  readonly name: string;
  readonly supports: EngineSupports;
  readonly proxies?: Readonly<Record<string, string>>;
  readonly #engine: Engine;
  readonly #patience: Patience;
  #asking: Promise<void> | undefined;

  constructor(engine: Engine, patience: Patience) {
    this.name = engine.name;
    this.supports = engine.supports;
    if (engine.proxies !== undefined) this.proxies = engine.proxies;
    this.#engine = engine;
    this.#patience = patience;
  }

  info: Engine["info"] = (options) => this.#watch(options, (call) => this.#engine.info(call));
  image: Engine["image"] = (reference, options) => this.#watch(options, (call) => this.#engine.image(reference, call));
  pull: Engine["pull"] = (request, options) => this.#watch(options, (call) => this.#engine.pull(request, call));
  images: ImageStore["images"] = (labels, options) => this.#watch(options, (call) => this.#engine.images(labels, call));
  removeImage: ImageStore["removeImage"] = (reference, options) => this.#watch(options, (call) => this.#engine.removeImage(reference, call));
  save: ImageStore["save"] = (reference, options) => this.#engine.save(reference, options);
  load: ImageStore["load"] = (archive, options) => this.#watch(options, (call) => this.#engine.load(archive, call));
  create: Engine["create"] = (spec: ContainerSpec, options) => this.#watch(options, (call) => this.#engine.create(spec, call));
  attach: Engine["attach"] = (id, options) => this.#watch(options, (call) => this.#engine.attach(id, call));
  start: Engine["start"] = (id, options) => this.#watch(options, (call) => this.#engine.start(id, call));
  exec: Engine["exec"] = (id, spec: ExecSpec, options) => this.#watch(options, (call) => this.#engine.exec(id, spec, call));
  wait: Engine["wait"] = (id, options) => this.#watch(options, (call) => this.#engine.wait(id, call));
  signal: Engine["signal"] = (id, signal: EngineSignal, options) => this.#watch(options, (call) => this.#engine.signal(id, signal, call));
  remove: Engine["remove"] = (id, options) => this.#watch(options, (call) => this.#engine.remove(id, call));
  list: Engine["list"] = (labels: Labels, options) => this.#watch(options, (call) => this.#engine.list(labels, call));
  put: Archives["put"] = (id, directory, archive, options) => this.#watch(options, (call) => this.#engine.put(id, directory, archive, call));
  get: Archives["get"] = (id, path, options) => this.#engine.get(id, path, options);
  close: Engine["close"] = () => this.#engine.close();

  async #watch<Options extends CallOptions, T>(options: Options | undefined, work: (call: Options & { readonly signal: AbortSignal }) => Promise<T>): Promise<T> {
    const gone = new AbortController();
    const signal = options?.signal === undefined ? gone.signal : AbortSignal.any([options.signal, gone.signal]);
    let timer: NodeJS.Timeout;
    let ended = false;
    const look = (): void => {
      timer = setTimeout(() => {
        this.#pulse().then(() => {
          if (!ended) look();
        }, (error: unknown) => gone.abort(error));
      }, this.#patience.call);
    };
    look();
    try {
      return await abortable(work({ ...(options as Options), signal }), signal);
    } finally {
      ended = true;
      clearTimeout(timer!);
    }
  }

  /** One question for all calls that wait. */
  #pulse(): Promise<void> {
    this.#asking ??= pulse(this.#engine, this.#patience.answer).finally(() => (this.#asking = undefined));
    return this.#asking;
  }
}
