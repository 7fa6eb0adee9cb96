/** Why a job was ended before it ended itself. */
export type CancelReason = "canceled" | "job_timeout" | "idle_timeout" | "prompt_timeout" | "owner_gone";

/** A file that the shim writes below the job's private directory. `mode` is 0600 unless told, whatever the umask; at most 0777. */
export type JobFile = ({ readonly text: string } | { readonly base64: string }) & { readonly mode?: number };

/** What the tool may ask on its terminal, and what it is told then. */
export interface JobPrompt {
  /**
   * A regular expression of Python, MULTILINE, searched for in what the tool printed since the last answer: its last 64 KiB,
   * of a line its last 1024 bytes, without the event markers. One that does not compile is left out and reported by a notice.
   */
  readonly pattern: string;
  /** What is typed, without the line end, each time the pattern is found. An empty one is just the line end. */
  readonly answer: string;
}

/** A terminal's size in characters. */
export interface TerminalSize {
  readonly rows: number;
  readonly cols: number;
}

/** The clocks that the shim keeps, in seconds; 0 switches one off. */
export interface JobClocks {
  /** The longest the tool may run. */
  readonly job: number;
  /** The longest it may go without output and without an event. */
  readonly idle: number;
  /** The longest that a question on its terminal may stay unanswered. Default 0. */
  readonly prompt?: number;
  /** How long a cancel that the shim itself begins takes from SIGINT to SIGKILL. */
  readonly grace: number;
  /** How long the owner may be away (stdin closed or stdout broken, without `detach`). */
  readonly lease: number;
  /** Time between heartbeats. */
  readonly heartbeat: number;
  /** How long the shim waits, when all is over, for the acknowledgement of `end`. */
  readonly linger: number;
  /** How long it waits for a new owner then, if the last one has gone. Default: as `linger`. */
  readonly keep?: number;
}

/** Where frames wait for their acknowledgement. When both are full the shim stops reading from the job. */
export interface JobLimits {
  readonly memoryBytes: number;
  readonly spillBytes: number;
}

/** All that a shim is told about its job. `@JOB_DIR@` in `argv`, `cwd` and values of `env` becomes the job's private directory. */
export interface JobDocument {
  readonly version: 1;
  readonly ident: string;
  /**
   * Opens the door, with `attachKey`: `ID.sock` in the job's private directory, a unix socket on which another process can become the owner
   * (`attach`). Without it there is none.
   */
  readonly id?: string;
  /** What somebody at the door proves to know, and the shim in its answer. It is in the shim's memory alone. */
  readonly attachKey?: string;
  /** For a new owner: kept in the shim's memory and given to it as it is. */
  readonly context?: string;
  readonly argv: readonly string[];
  /** Names to look for on PATH, the best first; the one that is found replaces `argv[0]`. */
  readonly candidates: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Start from the shim's own environment instead of an empty one. */
  readonly inheritEnvironment: boolean;
  readonly cwd: string;
  readonly createCwd?: boolean;
  /** A terminal for the tool, or pipes. On a terminal, a question that nobody answers is reported by a notice. */
  readonly tty: TerminalSize | null;
  /** With `tty` and at least one prompt standard input is the terminal, whatever this says. */
  readonly stdin: "null" | "pipe";
  /** The tool's standard error goes where its standard output goes. */
  readonly mergeStderr: boolean;
  readonly files: Readonly<Record<string, JobFile>>;
  /**
   * Directories below the job's private one, each with a symbolic link for every entry of an absolute target: a copy to
   * which files can be added. What `files` puts below such a directory has precedence, at any depth; a target that does
   * not exist is an empty directory. `@JOB_DIR@` is replaced in targets.
   */
  readonly mirrors?: Readonly<Record<string, string>>;
  /** Answers to what the tool asks; they need a `tty`. Without one they only serve the passphrase of `sshKey`. */
  readonly prompts?: readonly JobPrompt[];
  /**
   * A private key for an ssh-agent of the job's own, which the tool finds through SSH_AUTH_SOCK and which ends with the job.
   * It is never in a file, an argument or an environment variable. If it has a passphrase, that is `sshKeyPassphrase`, or the answer of the first
   * prompt whose pattern matches `Enter passphrase for (stdin): `, the same with `/runner/artifacts/IDENT/ssh_key_data`
   * as the name, or else `Bad passphrase, try again for NAME: `.
   */
  readonly sshKey?: string;
  /** For ssh-add alone, which is told by its environment. */
  readonly sshKeyPassphrase?: string;
  /** The token of the event markers (32 hexadecimal digits), or no events. The tool's plugin gets it from the shim when it connects, and nobody else. */
  readonly events: { readonly token: string } | null;
  readonly clocks: JobClocks;
  /** What happens when the lease is over. */
  readonly ownerGone: "cancel" | "continue";
  readonly limits: JobLimits;
}

/** Payload of `cancel`. */
export interface CancelRequest {
  /** Seconds from SIGINT to SIGKILL of everything; 0 kills at once. SIGTERM comes half-way. A later cancel can only shorten. */
  readonly grace: number;
  readonly why: CancelReason;
}

/** Payload of `ready`. */
export interface ReadyPayload {
  readonly shim: number;
  readonly python: string;
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  readonly cwd: string;
  readonly hostname: string;
  readonly jobDir: string;
}

/** Payload of `started`. */
export interface StartedPayload {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly cwd: string;
}

/** Payload of `attach`, the first frame of who wants to become the owner. */
export interface AttachRequest {
  /** Also from an owner who is there. */
  readonly force?: boolean;
  /** It has the frames up to this one. Default: those of the last acknowledgement. */
  readonly after?: number;
}

/** Payload of `challenge`. */
export interface ChallengePayload {
  readonly nonce: string;
}

/** Payload of `context`. */
export interface ContextPayload {
  /** The frames after this one follow. */
  readonly after: number;
  /** What came with the last acknowledgement; empty if none has come, or none with a state. */
  readonly state: string;
  /** That of the job document. */
  readonly context: string | null;
  /** Proves that the shim knows the job's key. */
  readonly mac: string;
}

/** Payload of `heartbeat`: the job's processes together. */
export interface HeartbeatPayload {
  readonly rssKiB: number;
  readonly cpuSeconds: number;
}

/** Payload of `exited`. Either `code` or `signal` is null. */
export interface ExitedPayload {
  readonly code: number | null;
  readonly signal: string | null;
  readonly why: CancelReason | null;
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly maxRssKiB: number;
  /** Processes that the system killed meanwhile for want of memory, in the job's control group: in a container, the job's own. */
  readonly oomKills: number;
  /** Processes that reported events. */
  readonly sources: number;
}

/** Payload of `end`. */
export interface EndPayload {
  /** Numbered frames before this one. */
  readonly frames: number;
  /** Bytes of output, and of event JSON, in these frames. */
  readonly bytes: { readonly stdout: number; readonly stderr: number; readonly event: number };
  /** CRC-32 over the payloads of these frames, in order. */
  readonly crc32: number;
}

/** Why a tool was not started. */
export type FailedCode =
  | "TOOL_NOT_FOUND"
  | "TOOL_NOT_EXECUTABLE"
  | "JOB_INVALID"
  | "CWD_MISSING"
  | "SHIM_FAILED"
  /** ssh-agent or ssh-add is not on PATH, or no agent could be started. */
  | "SSH_AGENT_MISSING"
  /** ssh-add does not take the key: no key, or a passphrase that is missing or wrong. */
  | "SSH_KEY_INVALID"
  /** To `attach`: the job has an owner, who is there. */
  | "JOB_OWNED";

/** Payload of `failed`. */
export interface FailedPayload {
  readonly code: FailedCode;
  readonly message: string;
  /** The names that were looked for. */
  readonly candidates: readonly string[];
  /** Of `JOB_OWNED`: as that of `context`. */
  readonly mac?: string;
}

/** What a notice is about; a newer shim may know more kinds. */
export type NoticeKind =
  /** The tool asks, and for two seconds nobody has answered. `message` is the line it waits in, without colours; each line once. */
  | "prompt"
  /** A prompt's pattern does not compile. `details.pattern`. */
  | "pattern"
  /** A clock has run out. `details.clock` is `job`, `idle`, `prompt` or `lease`. */
  | "clock"
  /** A cancel goes from SIGINT to something stronger. `details.signal` is `SIGTERM` or `SIGKILL`. */
  | "escalation"
  /** Nobody can take this job over. */
  | "door"
  /** There is no socket for events. */
  | "events_unavailable"
  /** A process wanted to report events that is not the tool. Once. */
  | "events_refused"
  /** Something that the tool had started reported before the tool did. Once. */
  | "events_forged"
  /** What was reported is no event, or too large. Once. */
  | "events_broken";

/** Payload of `notice`: something that the owner of the job should know. */
export interface NoticePayload {
  readonly kind: NoticeKind | (string & {});
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}
