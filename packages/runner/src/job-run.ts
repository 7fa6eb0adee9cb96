import { randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  asRunnerError,
  isRunnerError,
  RunnerError,
  type CommandRecord,
  type ContainerSpec,
  type CreatedContainer,
  type Engine,
  type EntryOptions,
  type FactCache,
  type ImageInfo,
  type JobArtifacts,
  type JobHandle,
  type JobPlan,
  type JobResult,
  type JobStatus,
  type JournalEntry,
  type StartOptions,
} from "@distronode-runner/contract";
import { jobIdOf, type Planned } from "@distronode-runner/core";
import { readRegular } from "@distronode-runner/safe-files";
import { bootstrapCommand, type Frame, type ReadyPayload } from "@distronode-runner/shim";
import { attended, type Attendance } from "./attended-streams.ts";
import { containerSpec } from "./container-spec.ts";
import { ControlDoor } from "./control/control-door.ts";
import { memoryHint, outOfMemory } from "./out-of-memory.ts";
import { notMasked } from "./redact/not-masked.ts";
import { jobRedactor, shownPlan } from "./redact/job-redactor.ts";
import type { Redactor } from "./redact/redactor.ts";
import { pullImage } from "./image/pull-image.ts";
import { unsuitable } from "./image/unsuitable.ts";
import { JobRecorder } from "./events/job-recorder.ts";
import { feedInput } from "./handlers/feed-input.ts";
import { HandlerCalls, handlerFailure } from "./handlers/handler-calls.ts";
import { watchCancel } from "./handlers/watch-cancel.ts";
import { commandRecord, jobDocument } from "./job-document.ts";
import { pulse } from "./engines/pulse.ts";
import { startFailure, startTimeout } from "./start-failure.ts";
import { patiently } from "./engines/patiently.ts";
import { endStrays } from "./jobs/strays.ts";
import { missesEvents } from "./events/no-events.ts";
import { WatchClocks } from "./lifecycle/watch-clocks.ts";
import { keptExit } from "./jobs/tool-exit.ts";
import { Journal } from "./journal/journal.ts";
import { readChunks } from "./journal/read-chunks.ts";
import { exitCodeOf } from "./lifecycle/exit-code.ts";
import type { Effect, JobState, Message, Outcome, ToolExit } from "./lifecycle/states.ts";
import { initialEffects, initialState, transition } from "./lifecycle/transition.ts";
import type { RunnerParts } from "./parts.ts";
import { Phases } from "./phases.ts";
import { Acknowledgement } from "./reattach/acknowledgement.ts";
import { stateLimit, type Checkpoint } from "./reattach/checkpoint.ts";
import { makeAttachKey, removeAttachKey } from "./reattach/attach-key.ts";
import { untilBack } from "./reattach/come-back.ts";
import type { FoundJob } from "./reattach/knock.ts";
import { copyProject, discardProject } from "./project-copy.ts";
import { failureMessage, noticeMessage } from "./shim-messages.ts";
import { ShimSession } from "./shim-session.ts";
import { JobSinks } from "./sinks/job-sinks.ts";
import { ToldJob, type OutputOptions } from "./views/told-job.ts";

/** Added to the grace that the shim was given before the engine itself is asked to kill. */
const overtime = 5;

export interface JobParts extends RunnerParts {
  /** Ends what a runner that has gone left under a container's name. False if there is nothing of the kind. */
  makeRoom(name: string): Promise<boolean>;
}

/** Output is passed on in chunks of at most so many bytes. */
const chunkBytes = 64 * 1024;

/** Why a job ran out of time -> which clock that is. */
const clocks: Readonly<Record<string, JobResult["clock"]>> = { job_timeout: "job", idle_timeout: "idle", prompt_timeout: "prompt" };

/** What a run is made of. */
interface RunParts {
  readonly planned: Planned;
  /** Of the markers of events. */
  readonly token: string;
  /** Undefined: nobody can take the job over. */
  readonly attachKey?: string | undefined;
  readonly engine: Engine;
  readonly image?: ImageInfo | undefined;
  readonly parts: JobParts;
  readonly artifacts: JobArtifacts;
  readonly journal: Journal;
  readonly options: StartOptions;
  readonly door: ControlDoor;
  /** Where another runner was. */
  readonly checkpoint?: Checkpoint;
  readonly handovers: number;
}

/** A job that is taken over from a runner that has gone. */
interface Adoption {
  readonly found: FoundJob;
  readonly parts: RunnerParts;
  readonly options: StartOptions;
}

/** One job on its way: interprets the effects of the table and turns what happens into its messages. */
export class JobRun extends ToldJob implements JobHandle {
  readonly ident: string;
  readonly plan: JobPlan;
  readonly result: Promise<JobResult>;
  status: JobStatus = "unstarted";
  rc: number | undefined;
  readonly #planned: Planned;
  readonly #engine: Engine;
  readonly #parts: JobParts;
  readonly #artifacts: JobArtifacts;
  readonly #journal: Journal;
  readonly #recorder: JobRecorder;
  readonly #redactor: Redactor;
  readonly #token: string;
  readonly #attachKey: string | undefined;
  readonly #watch: WatchClocks;
  readonly #done = Promise.withResolvers<JobResult>();
  readonly #abort = new AbortController();
  readonly #phases: Phases;
  readonly #options: StartOptions;
  readonly #jobEnd = new AbortController();
  #calls: HandlerCalls | undefined;
  /** The last entries are being written. */
  #closing = false;
  #failure: RunnerError | undefined;
  #state: JobState = initialState;
  #image: ImageInfo | undefined;
  #copied: Promise<void> | undefined;
  #sinks: JobSinks | undefined;
  #session: ShimSession | undefined;
  #exit: (ToolExit & { readonly oomKills?: number; readonly sources?: number }) | undefined;
  #shimInfo: ReadyPayload | undefined;
  #tool: number | undefined;
  #overdue: NodeJS.Timeout | undefined;
  /** What the tool asks and nobody has answered. */
  #question: string | undefined;
  #left = false;
  #adopted = false;
  readonly #settled = Promise.withResolvers<void>();
  readonly #door: ControlDoor;
  readonly #acknowledgement: Acknowledgement;
  #handovers: number;

  private constructor({ planned, token, attachKey, engine, image, parts, artifacts, journal, options, door, checkpoint, handovers }: RunParts) {
    super();
    this.#planned = planned;
    this.ident = planned.plan.ident;
    this.#engine = engine;
    this.#image = image;
    this.#parts = parts;
    this.#artifacts = artifacts;
    this.#journal = journal;
    this.#token = token;
    this.#attachKey = attachKey;
    this.#watch = new WatchClocks(planned.plan.clocks, (clock) => {
      this.#remark("warning", "clock_enforced", `The job's first process did not end the job when its ${clock === "job" ? "time" : "time without output"} was over: the engine kills it.`);
      this.#tell({ is: "expired", clock });
    });
    this.#redactor = jobRedactor(planned.sensitive);
    this.plan = shownPlan(planned, this.#redactor);
    this.#recorder = new JobRecorder({ plan: this.plan, token, journal, artifacts, redactor: this.#redactor, eventFiles: options.onEvent === undefined }, checkpoint?.recorder);
    this.#options = options;
    this.#exit = checkpoint?.exit;
    this.#tool = checkpoint?.tool;
    this.#shimInfo = checkpoint?.shim;
    this.#question = checkpoint?.question;
    this.#handovers = handovers;
    this.#door = door;
    this.#phases = new Phases();
    this.#acknowledgement = new Acknowledgement({ store: () => this.#flush(), state: () => this.#checkpoint() });
    this.result = this.#done.promise;
  }

  /** Takes the place for the artifacts and sets the job going. `image`: already present. */
  static async begin(planned: Planned, engine: Engine, image: ImageInfo | undefined, parts: JobParts, options: StartOptions): Promise<JobRun> {
    const door = await ControlDoor.open(parts.host, planned.plan, engine.name);
    const artifacts = await parts.store.open(planned.plan).catch(async (error: unknown) => {
      await door.close();
      throw error;
    });
    await door.mark();
    const journal = await Journal.create(join(artifacts.directory, "events.ndjson"), () => parts.host.now());
    let unkeyed: unknown;
    const attachKey = await makeAttachKey(artifacts.directory).catch((error: unknown) => void (unkeyed = error));
    const run = new JobRun({ planned, token: randomBytes(16).toString("hex"), attachKey: attachKey ?? undefined, engine, image, parts, artifacts, journal, options, door, handovers: 0 });
    const record = run.#commandRecord();
    await artifacts.command(record);
    run.status = "starting";
    run.#recorder.status("starting", run.ident, record);
    for (const warning of [...run.plan.warnings, ...notMasked(planned.sensitive)]) run.#recorder.notice("warning", "plan_warning", warning);
    if (unkeyed !== undefined) run.#recorder.notice("warning", "door", `Nobody can take this job over: ${asRunnerError(unkeyed).message}`);
    await run.#announce();
    await run.#openSinks();
    run.#attend();
    if (options.signal?.aborted === true) void run.cancel();
    else run.#perform(initialEffects);
    return run;
  }

  /** Goes on with a job whose runner has gone: everything that this one said and the other had stored already is left as it is. */
  static async adopt({ found, parts, ...others }: Adoption): Promise<JobRun> {
    const { planned, token, attachKey, checkpoint, session, frames, engine, id } = found;
    const door = await ControlDoor.open(parts.host, planned.plan, engine.name);
    const artifacts = await parts.store.resume(planned.plan, checkpoint?.artifacts ?? { stdout: 0, stderr: 0 });
    await door.mark();
    const journal = await Journal.resume(join(artifacts.directory, "events.ndjson"), () => parts.host.now(), checkpoint?.entries ?? 0, checkpoint?.repeated, checkpoint?.sum).catch(async (error: unknown) => {
      await Promise.all([session.close(), artifacts.leave(), door.close()]);
      throw error;
    });
    const run = new JobRun({ planned, token, attachKey, engine, parts: { ...parts, makeRoom: () => Promise.resolve(false) }, artifacts, journal, options: others.options, door, handovers: (checkpoint?.handovers ?? 0) + 1, ...(checkpoint === undefined ? {} : { checkpoint }) });
    run.#adopted = true;
    run.status = "running";
    run.#phases.enter("run");
    run.#session = session;
    run.#state = { at: "running", id };
    run.#watch.begin();
    if (checkpoint?.started !== undefined) run.#watch.started(checkpoint.started, Date.now() / 1000);
    await run.#announce();
    await run.#openSinks();
    run.#attend();
    run.#listen(id, session, frames).catch((error: unknown) => run.#tell({ is: "broke", error: asRunnerError(error) }));
    if (others.options.signal?.aborted === true) void run.cancel();
    return run;
  }

  /** Lets other processes find the job and speak to it. Without that it runs all the same. */
  async #announce(): Promise<void> {
    const failure = await this.#door.announce({
      report: () => ({ status: this.status, ...(this.#question === undefined ? {} : { question: this.#question }) }),
      cancel: (force) => this.#cancel(force),
      answer: (line) => this.answer(line),
    });
    if (failure !== undefined) this.#recorder.notice("warning", "control_unavailable", `Other processes can not reach this job: ${failure.message}`);
  }

  get artifactDir(): string {
    return this.#artifacts.directory;
  }

  async #openSinks(): Promise<void> {
    this.#sinks = await JobSinks.open(this.#parts, {
      ident: this.ident,
      directory: this.#artifacts.directory,
      settings: this.#planned.sinkSettings,
      read: (options) => this.#journal.read(options),
      warn: (kind, message, details) => this.#recorder.notice("warning", kind, message, details),
    });
  }

  #commandRecord(argv?: readonly string[], cwd?: string): CommandRecord {
    return this.#redactor.value(commandRecord(this.#planned, argv, cwd));
  }

  /** Sets going what the program that started the job has to say in it. */
  #attend(): void {
    const options = this.#options;
    watchCancel({ options, jobEnd: this.#jobEnd.signal, cancel: () => void this.cancel(), failed: (error) => this.#handlerFailed(error) });
    if (options.onStatus === undefined && options.onEvent === undefined && options.onFinished === undefined) return;
    this.#calls = new HandlerCalls(options, {
      lines: () => this.#journal.lines(),
      keep: async (counter, uuid, json) => {
        if (options.onEvent === undefined) return;
        this.#artifacts.event(counter, uuid, json);
        await this.#artifacts.ready();
      },
      failed: (error) => this.#handlerFailed(error),
      left: () => this.#remark("warning", "handler_left", "A handler has not returned in the time that a canceled job gives; it is left behind, and all events are kept."),
    });
  }

  /** The job is stopped, and its result will say why. */
  #handlerFailed(error: RunnerError): void {
    this.#failure ??= error;
    this.#remark("error", "handler_failed", error.message);
    this.#cancel(false);
  }

  /** A notice, while the journal is open. */
  #remark(level: "warning" | "error", kind: string, message: string): void {
    if (!this.#closing) this.#recorder.notice(level, kind, message);
  }

  entries(options?: EntryOptions): AsyncIterable<JournalEntry> {
    return this.#journal.read(options);
  }

  override output(options: OutputOptions = {}): AsyncIterable<Uint8Array> {
    const file = this.#artifacts.output;
    // With `json` the file holds events.
    if (file === undefined || this.plan.output.json) return super.output(options);
    return readChunks(file, 0, { follow: true, ...options }, (available) => Buffer.allocUnsafeSlow(Math.min(available, chunkBytes)));
  }

  async stderr(): Promise<string> {
    await this.result;
    return (await readRegular(join(this.#artifacts.directory, "stderr"))) ?? "";
  }

  get facts(): FactCache {
    return this.#artifacts.facts;
  }

  /** Resolves when the event sinks have nothing more to deliver, or no more time; never rejects. */
  get delivered(): Promise<void> {
    return this.#sinks?.done ?? Promise.resolve();
  }

  get question(): string | undefined {
    return this.#question;
  }

  async answer(line: string): Promise<void> {
    const refuse = (why: string): RunnerError => new RunnerError("REQUEST_INVALID", `The job ${this.ident} takes no answer: ${why}.`, { hint: "With terminal: true in the request, or --terminal, it can ask." });
    if (!this.plan.interactive && this.#options.stdin === undefined) throw refuse("it has no terminal");
    if (this.#session === undefined || this.#state.at !== "running") throw refuse("it does not run");
    this.#question = undefined;
    await this.#session.input(Buffer.from(`${line}\n`));
  }

  /** Lets go of the job, which goes on and waits for another runner. `result` stays open. */
  async leave(): Promise<void> {
    this.#left = true;
    this.#watch.stop();
    await this.#session?.detach();
    await this.#flush().catch(() => {});
    await this.#door.close();
    this.#jobEnd.abort();
    await this.#session?.close();
    this.#sinks?.jobEnds();
    await this.#artifacts.leave();
    await this.#journal.leave();
    this.#settled.resolve();
  }

  /** Resolves when this process has no more to do with the job. */
  get done(): Promise<void> {
    return this.#settled.promise;
  }

  /** It was begun by another runner. */
  get adopted(): boolean {
    return this.#adopted;
  }

  cancel(options: { readonly force?: boolean } = {}): Promise<JobResult> {
    this.#cancel(options.force ?? false);
    return this.result;
  }

  #cancel(force: boolean): void {
    this.#calls?.hurry((force ? 0 : this.plan.clocks.grace) + overtime);
    this.#tell({ is: "cancel", force });
  }

  #tell(message: Message): void {
    const [state, effects] = transition(this.#state, message);
    this.#state = state;
    this.#perform(effects);
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      this.#effect(effect).catch((error: unknown) => this.#tell({ is: "broke", error: asRunnerError(error) }));
    }
  }

  async #effect(effect: Effect): Promise<void> {
    switch (effect.do) {
      case "prepare":
        return this.#prepare();
      case "create":
        return this.#create();
      case "start":
        return this.#start(effect.id);
      case "abort":
        return this.#abort.abort(new RunnerError("INTERNAL", "The job was canceled."));
      case "stop":
        return this.#stop(effect.force);
      case "kill":
        this.#arm(overtime);
        return this.#engine.signal(effect.id, "SIGKILL");
      case "remove":
        return this.#remove(effect.id);
      case "finish":
        return this.#finish(effect.outcome);
    }
  }

  async #prepare(): Promise<void> {
    const { execution, projectCopy } = this.plan;
    if (projectCopy !== undefined) await (this.#copied = copyProject(projectCopy));
    if (execution.kind === "container" && this.#image === undefined) {
      this.#phases.enter("pull");
      this.#image = await pullImage(this.#engine, {
        execution,
        registry: this.#planned.registry,
        keychain: this.#parts.keychain,
        signal: this.#abort.signal,
        onProgress: (progress) => this.#recorder.notice("info", "pull_progress", progress.message, { ...progress }),
        onTrouble: (message) => this.#recorder.notice("warning", "pull_trouble", message),
      });
    }
    this.#tell({ is: "prepared" });
  }

  async #create(): Promise<void> {
    this.#phases.enter("create");
    const python = this.#engine.supports.containers ? "python3" : this.#parts.hostPython;
    const { id, warnings } = await this.#createAnew(containerSpec(this.#planned, bootstrapCommand(python), this.#engine, this.#parts.host));
    for (const warning of warnings) this.#recorder.notice("warning", "engine_warning", warning);
    this.#tell({ is: "created", id });
  }

  /** A name that only an abandoned container holds is taken over. */
  async #createAnew(spec: ContainerSpec): Promise<CreatedContainer> {
    try {
      return await this.#engine.create(spec);
    } catch (error) {
      if (!isRunnerError(error) || error.code !== "CONTAINER_CONFLICT") throw error;
      if (!(await this.#parts.makeRoom(spec.name))) throw error;
      this.#recorder.notice("info", "abandoned_container", `The container ${spec.name}, left by a process that is gone, was removed.`);
      return this.#engine.create(spec);
    }
  }

  async #start(id: string): Promise<void> {
    this.#phases.enter("start");
    const explain = (error: unknown): never => {
      throw unsuitable(error, this.plan.execution);
    };
    const session: ShimSession = new ShimSession(attended(await this.#engine.attach(id).catch(explain), this.#attendance(() => session)));
    this.#session = session;
    await this.#engine.start(id).catch(explain);
    const told = session.deliver(jobDocument(this.#planned, this.#token, this.#options.stdin !== undefined, this.#attachKey));
    // Whether the shim took it shows in what it answers.
    told.catch(() => {});
    await this.#listen(id, session, session.frames());
  }

  #attendance(session: () => ShimSession): Attendance {
    const { start = 0 } = this.plan.clocks;
    return { shook: () => session().shook, start, late: () => startTimeout(this.plan, start, session().preamble), alive: () => pulse(this.#engine) };
  }

  /** Hears a shim to its end, also when its streams break in between. */
  async #listen(id: string, session: ShimSession, batches: AsyncIterable<readonly Frame[]>): Promise<void> {
    try {
      await this.#hear(session, batches);
    } catch (error) {
      if (!isRunnerError(error) || error.code !== "ENGINE_UNAVAILABLE") throw error;
    }
    if (this.#left || !this.#expects) return;
    const attachKey = this.#attachKey;
    const back = session.shook && this.#engine.supports.exec && attachKey !== undefined ? await untilBack({ engine: this.#engine, id, jobId: jobIdOf(this.plan.labels), ident: this.ident, hostPython: this.#parts.hostPython, attachKey }, session.position) : undefined;
    if (back === undefined) throw await this.#lost(id, session);
    this.#handovers += 1;
    this.#session = back.session;
    await session.close();
    // What was asked of the job on its way out may not have arrived.
    if (this.#state.at === "stopping") await back.session.cancel(this.plan.clocks.grace);
    return this.#listen(id, back.session, back.frames);
  }

  /** There is more to come. */
  get #expects(): boolean {
    return this.#state.at === "starting" || this.#state.at === "running" || this.#state.at === "stopping";
  }

  async #hear(session: ShimSession, batches: AsyncIterable<readonly Frame[]>): Promise<void> {
    for await (const frames of batches) {
      if (this.#left) return;
      this.#watch.heard(frames.at(-1)?.time ?? 0);
      for (const frame of frames) await this.#frame(frame);
      this.#acknowledgement.offer(session);
      await Promise.all([this.#journal.ready(), this.#artifacts.ready()]);
      if (this.#journal.failure !== undefined) throw this.#journal.failure;
      this.#watch.listening();
    }
  }

  async #frame(frame: Frame): Promise<void> {
    const time = frame.time * 1000;
    switch (frame.type) {
      case "ready":
        this.#shimInfo = frame.data;
        this.#watch.begin();
        return;
      case "started":
        this.#tool = frame.data.pid;
        this.#watch.started(frame.time);
        return this.#started(frame.data.argv, frame.data.cwd);
      case "stdout":
        this.#question = undefined;
        return this.#recorder.stdout(frame.bytes, time);
      case "stderr":
        return this.#recorder.stderr(frame.bytes);
      case "event":
        return this.#recorder.event(frame.id, frame.json, time);
      case "failed":
        return this.#recorder.stdout(Buffer.from(`${failureMessage(frame.data, this.plan)}\n`), time);
      case "exited":
        this.#exit = frame.data;
        return;
      case "end":
        return this.#ended(frame.sequence, time);
      case "notice":
        if (frame.data.kind === "prompt") this.#question = this.#redactor.text(frame.data.message);
        return this.#recorder.notice(frame.data.kind === "escalation" ? "info" : "warning", frame.data.kind, noticeMessage(frame.data, this.plan), frame.data.details);
      case "heartbeat":
      case "challenge":
      case "context":
      case "unknown":
        return;
    }
  }

  async #started(argv: readonly string[], cwd: string): Promise<void> {
    this.#phases.enter("run");
    this.status = "running";
    if (argv[0] !== this.plan.command[0]) await this.#artifacts.command(this.#commandRecord(argv, cwd));
    this.#recorder.status("running", this.ident);
    this.#tell({ is: "started" });
    this.#feed();
  }

  /** Only a tool that runs takes input. */
  #feed(): void {
    const { stdin } = this.#options;
    if (stdin === undefined) return;
    feedInput(this.#session!, stdin, this.#jobEnd.signal).catch((error: unknown) => this.#handlerFailed(handlerFailure("stdin", error)));
  }

  /** Everything has been said: only when it is on disk may the shim go. */
  async #ended(sequence: number, time: number): Promise<void> {
    this.#recorder.finish(time);
    await this.#flush();
    const exit = this.#exit ?? { code: null, signal: null, why: null };
    if (missesEvents(this.plan.command, exit, exit.sources === 0 ? await this.#shown() : "")) this.#recorder.notice("warning", "no_events", "The tool reported no events, though it had something to report: its output is all that is known of it. Perhaps something on its way keeps it from the job's private directory, or from its callback plugins.");
    await this.#artifacts.exited(keptExit(exit, this.#journal));
    await this.#session?.ack(sequence);
    this.#tell({ is: "ended", exit });
  }

  async #flush(): Promise<void> {
    await this.#journal.flush();
    await this.#artifacts.flush();
  }

  /** Undefined while it would be large. */
  #checkpoint(): Omit<Checkpoint, "frames"> | undefined {
    if (this.#recorder.held > stateLimit) return undefined;
    return {
      recorder: this.#recorder.state(),
      artifacts: this.#artifacts.sizes,
      entries: this.#journal.seq,
      sum: this.#journal.sum,
      repeated: this.#journal.repeated,
      handovers: this.#handovers,
      ...(this.#exit === undefined ? {} : { exit: this.#exit }),
      ...(this.#shimInfo === undefined ? {} : { shim: this.#shimInfo }),
      ...(this.#question === undefined ? {} : { question: this.#question }),
      ...(this.#tool === undefined ? {} : { tool: this.#tool }),
      ...(this.#watch.start === undefined ? {} : { started: this.#watch.start }),
    };
  }

  /** The streams ended without the shim's last word. */
  async #lost(id: string, session: ShimSession): Promise<RunnerError> {
    const { exitCode, outOfMemory: starved } = await patiently(() => this.#engine.wait(id));
    const said = session.preamble;
    const problems = said === "" ? [] : said.split("\n").slice(-20);
    if (!session.shook) return startFailure(this.plan, `${ended(exitCode)} before it answered`, said);
    if (starved) return new RunnerError("OUT_OF_MEMORY", "The job's first process was killed because its container ran out of memory.", { problems, hint: memoryHint });
    const reason = exitCode === 137 ? "it was killed (perhaps for want of memory)" : `its first process ${ended(exitCode)}`;
    return new RunnerError("JOB_LOST", `The job ended without a complete report: ${reason}.`, { problems });
  }

  async #stop(force: boolean): Promise<void> {
    const grace = force ? 0 : this.plan.clocks.grace;
    this.#arm(grace + overtime);
    await this.#session?.cancel(grace);
  }

  #arm(seconds: number): void {
    clearTimeout(this.#overdue);
    this.#overdue = setTimeout(() => this.#tell({ is: "overdue" }), seconds * 1000);
  }

  /** What is on the engine alone ends with it. On the host, what a job has left that did not end by itself is looked for. */
  async #endStrays(id: string): Promise<void> {
    const { execution } = this.plan;
    const byItself = this.#exit !== undefined && this.#state.at === "removing" && (this.#state.outcome.status === "successful" || this.#state.outcome.status === "failed");
    if (execution.kind !== "host" || execution.sandbox !== undefined || byItself) return;
    await this.#engine.signal(id, "SIGKILL").catch(() => {});
    const left = await endStrays(this.#tool, this.#shimInfo?.jobDir);
    if (left.length > 0) this.#recorder.notice("warning", "processes_left", `Processes of the job are still there: ${left.slice(0, 10).map(({ pid, name }) => `${pid} (${name})`).join(", ")}${left.length > 10 ? ", ..." : ""}. They could not be killed.`, { processes: left.slice(0, 100) });
  }

  /** The beginning of what the tool has printed. */
  async #shown(): Promise<string> {
    const file = this.#artifacts.output;
    if (file === undefined) return "";
    for await (const chunk of readChunks(file, 0, { follow: false }, () => Buffer.alloc(chunkBytes))) return Buffer.from(chunk).toString("latin1");
    return "";
  }

  async #remove(id: string): Promise<void> {
    clearTimeout(this.#overdue);
    this.#watch.stop();
    this.#phases.enter("remove");
    try {
      if (this.#exit !== undefined) await this.#gone(id);
      await this.#endStrays(id);
      await this.#session?.close();
      await patiently(() => this.#engine.remove(id));
      this.#tell({ is: "removed" });
    } catch (error) {
      this.#tell({ is: "remove_failed", error: asRunnerError(error, "ENGINE_FAILED") });
    }
  }

  /** Lets a shim that has said everything leave by itself, but not for long. */
  async #gone(id: string): Promise<void> {
    const patience = AbortSignal.timeout(overtime * 1000);
    // Whatever the engine has to say against waiting, the container is removed next.
    await this.#engine.wait(id, { signal: patience }).catch(() => {});
  }

  async #finish(outcome: Outcome): Promise<void> {
    clearTimeout(this.#overdue);
    await this.#discardProject();
    await this.#collect();
    this.#phases.end();
    this.#jobEnd.abort();
    await this.#verifyJournal();
    await this.#calls?.reach(this.#journal.seq);
    this.#closing = true;
    const settled = await this.#store(this.#resultOf(outcome));
    // Nothing more can be done about a disk that refuses still.
    await this.#journal.recover().catch(() => {});
    this.status = settled.status;
    this.rc = settled.rc;
    this.#sinks?.jobEnds();
    this.#recorder.status(settled.status, this.ident, { rc: settled.rc, ...(settled.error === undefined ? {} : { error: settled.error }) });
    await this.#journal.end(this.#recorder.stdoutBytes);
    await this.#door.close();
    await removeAttachKey(this.#artifacts.directory);
    const told = (): JobResult => (settled.error === undefined && this.#failure !== undefined ? { ...settled, error: this.#redactor.error(this.#failure.toJSON()) } : settled);
    await this.#calls?.finish(told);
    this.#settled.resolve();
    this.#done.resolve(told());
  }

  /** Whether the journal still is what was written: a job on the host itself can reach it. */
  async #verifyJournal(): Promise<void> {
    const { execution } = this.plan;
    try {
      const found = await this.#journal.verify(execution.kind === "host" && execution.sandbox === undefined);
      if (found === "restored") this.#recorder.notice("warning", "journal_restored", `Something other than the runner had replaced or removed ${this.#journal.path}; what was written is there again.`);
    } catch (error) {
      this.#failure ??= asRunnerError(error, "STORE_FAILED");
    }
  }

  #resultOf(told: Outcome): JobResult {
    const outcome: Outcome = this.#failure === undefined || told.status === "error" ? told : { ...told, status: "error", error: this.#failure };
    const error = outcome.error ?? (outcome.status === "failed" ? outOfMemory(this.plan.execution, this.#exit?.oomKills ?? 0) : undefined);
    const clock = outcome.clock ?? clocks[outcome.exit?.why ?? ""];
    return {
      ident: this.ident,
      status: outcome.status,
      rc: exitCodeOf(outcome),
      artifactDir: this.#artifacts.directory,
      events: this.#journal.events,
      phases: this.#phases.milliseconds,
      ...(error === undefined ? {} : { error: this.#redactor.error(error.toJSON()) }),
      ...(outcome.status === "timeout" && clock !== undefined ? { clock } : {}),
    };
  }

  /** A copy that stays behind is a nuisance, not a failure of the job. */
  async #discardProject(): Promise<void> {
    const { projectCopy } = this.plan;
    if (projectCopy === undefined || projectCopy.keep) return;
    // A job that was canceled early may still be copying.
    await this.#copied?.catch(() => {});
    await discardProject(projectCopy).catch((error: unknown) =>
      this.#recorder.notice("warning", "project_copy_left", `The copy of the project ${projectCopy.target} could not be removed: ${error instanceof Error ? error.message : String(error)}`),
    );
  }

  /** What the job left for itself becomes part of its artifacts. */
  async #collect(): Promise<void> {
    try {
      for (const sentence of await this.#artifacts.collect()) this.#recorder.notice("warning", "file_left_out", sentence);
    } catch (error) {
      this.#recorder.notice("warning", "file_left_out", `Files of the job's own could not be taken among its artifacts: ${asRunnerError(error).message}`);
    }
  }

  /** Writes the last artifacts; a disk that fails here turns the result into an error. */
  async #store(result: JobResult): Promise<JobResult> {
    try {
      await this.#artifacts.finish(result, this.#record(result));
      return result;
    } catch (error) {
      const failure = asRunnerError(error, "STORE_FAILED");
      return { ...result, status: "error", rc: failure.exitCode, error: failure.toJSON() };
    }
  }

  #record(result: JobResult): Record<string, unknown> {
    const { execution } = this.plan;
    return {
      version: 1,
      runner: this.#parts.version,
      ...result,
      privateDataDir: this.plan.privateDataDir,
      runs: this.plan.runs,
      engine: this.#engine.name,
      ...(execution.kind === "container" ? { image: { reference: execution.image, id: this.#image?.id, digest: this.#image?.digest } } : {}),
      shim: this.#shimInfo,
      exit: this.#exit,
      clocks: this.plan.clocks,
      ...(this.#handovers === 0 ? {} : { handovers: this.#handovers }),
      stdoutBytes: this.#recorder.stdoutBytes,
    };
  }
}

const ended = (exitCode: number | undefined): string => (exitCode === undefined ? "ended" : `ended with exit code ${exitCode}`);
