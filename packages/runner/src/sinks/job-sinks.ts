import { sinkContract, type EventSink, type EventSinkPlugin, type Host, type JournalEntry } from "@distronode-runner/contract";
import { suggest } from "@distronode-runner/core";
import { usualPace } from "./back-off.ts";
import { deliverJournal, messageOf } from "./delivery.ts";
import { DeliveryLog } from "./delivery-log.ts";

const usualDrainSeconds = 10;
/** How long a sink may take to let go. */
const closeSeconds = 1;

type Settings = Readonly<Record<string, unknown>>;

/** What sinks may know of a job, and do to it: read its journal, and say something in it. */
export interface SinkedJob {
  readonly ident: string;
  readonly directory: string;
  /** All keys of the settings that start with `runner_`. */
  readonly settings: Settings;
  read(options: { readonly signal: AbortSignal }): AsyncIterable<JournalEntry>;
  warn(kind: string, message: string, details: Readonly<Record<string, unknown>>): void;
}

export interface SinkParts {
  readonly host: Host;
  readonly sinks?: readonly EventSinkPlugin[];
  /** Seconds that sinks may go on after their job's end. Default 10. */
  readonly drainSeconds?: number;
}

/** The sinks of one job, each with a delivery of its own. */
export class JobSinks {
  /** Resolves when nothing more will be delivered. Never rejects. */
  readonly done: Promise<void>;
  readonly #drainSeconds: number;
  readonly #job: SinkedJob;
  readonly #log: DeliveryLog;
  readonly #jobEnd = new AbortController();
  readonly #deadline = new AbortController();
  #drain: NodeJS.Timeout | undefined;
  #over = false;

  private constructor(parts: SinkParts, job: SinkedJob, sinks: readonly EventSink[], log: DeliveryLog) {
    this.#drainSeconds = parts.drainSeconds ?? usualDrainSeconds;
    this.#job = job;
    this.#log = log;
    this.done = this.#run(sinks);
  }

  /** Never rejects: a sink that can not be opened is a notice. */
  static async open(parts: SinkParts, job: SinkedJob): Promise<JobSinks> {
    const plugins = parts.sinks ?? [];
    warnOfUnknown(plugins, job);
    const sinks = plugins.flatMap((plugin) => openSink(plugin, parts.host, job));
    return new JobSinks(parts, job, sinks, await DeliveryLog.create(job.directory, sinks.length > 0));
  }

  /** The job is about to write its last entries: from now on sinks have nothing more to say, and not much time. */
  jobEnds(): void {
    if (this.#jobEnd.signal.aborted) return;
    this.#jobEnd.abort();
    if (this.#over) return;
    this.#drain = setTimeout(() => this.#deadline.abort(new Error("The time for delivery is over.")), this.#drainSeconds * 1000);
  }

  async #run(sinks: readonly EventSink[]): Promise<void> {
    await Promise.all(sinks.map((sink) => this.#deliver(sink)));
    this.#over = true;
    clearTimeout(this.#drain);
    await this.#log.close();
  }

  async #deliver(sink: EventSink): Promise<void> {
    let delivered = 0;
    const end = await deliverJournal(sink, {
      read: (signal) => this.#job.read({ signal }),
      pace: usualPace,
      jobEnd: this.#jobEnd.signal,
      deadline: this.#deadline.signal,
      onDelivered: (seq) => this.#log.write(sink.name, (delivered = seq)),
      onDelayed: (reason) => this.#warn("sink_delayed", `The event sink ${sink.name} does not get through and goes on trying: ${reason}`, { sink: sink.name, delivered }),
    });
    this.#log.write(sink.name, delivered, end);
    if (end.outcome === "given_up") this.#warn("sink_failed", `The event sink ${sink.name} has given up: ${end.reason}`, { sink: sink.name, delivered });
    await closeSoon(sink);
  }

  #warn(kind: string, message: string, details: Readonly<Record<string, unknown>>): void {
    if (!this.#jobEnd.signal.aborted) this.#job.warn(kind, message, details);
  }
}

function openSink(plugin: EventSinkPlugin, host: Host, job: SinkedJob): readonly EventSink[] {
  const fail = (reason: string): readonly EventSink[] => {
    job.warn("sink_failed", `The event sink ${plugin.name} can not be used: ${reason}`, { sink: plugin.name, delivered: 0 });
    return [];
  };
  if (plugin.contract !== sinkContract) return fail(`it was made for contract ${plugin.contract}, this runner has ${sinkContract}.`);
  try {
    const settings = Object.fromEntries(Object.entries(job.settings).filter(([key]) => plugin.settingsKeys.includes(key)));
    const sink = plugin.open(settings, { host, ident: job.ident });
    return sink === undefined ? [] : [sink];
  } catch (error) {
    return fail(messageOf(error));
  }
}

/** Settings that no sink knows are passed through without a check, so a typing mistake would go unseen. */
function warnOfUnknown(plugins: readonly EventSinkPlugin[], job: SinkedJob): void {
  const known = plugins.flatMap((plugin) => plugin.settingsKeys);
  for (const key of Object.keys(job.settings).filter((name) => !known.includes(name))) {
    job.warn("sink_setting_unknown", `The setting ${key} belongs to no event sink of this installation. ${suggest(key, known, "Nothing is sent because of it.")}`, { key });
  }
}

/** Nothing depends on the sink any more: neither its failure nor its slowness. */
async function closeSoon(sink: EventSink): Promise<void> {
  let clock: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => (clock = setTimeout(resolve, closeSeconds * 1000)));
  const closing = Promise.try(() => sink.close()).catch(() => {});
  await Promise.race([closing, enough]);
  clearTimeout(clock);
}
