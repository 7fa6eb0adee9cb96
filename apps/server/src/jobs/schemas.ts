import { errorTable, finalStatuses, jobRequestSchema, settingsSchema } from "@distronode-runner/contract";
import { dataDirName } from "../data-dirs.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Stands for one of `components`. */
export function ref(name: string): JsonSchema {
  return { $ref: `${name}#` };
}

/** Neither absolute, nor upwards, nor something the tool could take for an option, nor an inventory itself (of several lines). */
const relativePath = { type: "string", minLength: 1, maxLength: 4096, pattern: "^(?![/-])(?!(.*/)?\\.\\.(/|$))[^\\u0000-\\u001f\\u007f]*$" } as const;

/** The same, or a comma list of hosts, which may be long. */
const inventory = { ...relativePath, maxLength: 16_384 } as const;

/** A name: never a path, which would be a program of the server. */
const engine = { type: "string", maxLength: 100, pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]*$", description: "Engine by its name, among those that the operator allows." } as const;
const image = { type: "string", maxLength: 1024, pattern: "^[A-Za-z0-9][A-Za-z0-9_./:@-]*$", description: "Execution environment image, among those that the operator allows." } as const;

/** Of text without line ends, which has no use for more. */
const line = (maxLength: number): JsonSchema => ({ type: "string", maxLength, pattern: "^[^\\u0000-\\u001f\\u007f]*$" });

/** The value of an option, which does not look like one itself. */
const word: JsonSchema = { type: "string", minLength: 1, maxLength: 8192, pattern: "^(?!-)[^\\u0000-\\u001f\\u007f]*$" };

/** Seconds of a clock. Beyond some three weeks timers overflow. */
const seconds = { maximum: 2_000_000 } as const;

/** Isolation may be asked for, never taken away: that is the data directory's decision. */
const onlyTrue = { const: true } as const;

function pick(properties: JsonSchema, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, properties[name]]));
}

function bounded(properties: JsonSchema, names: readonly string[], bounds: JsonSchema): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, { ...(properties[name] as JsonSchema), ...bounds }]));
}

const request = jobRequestSchema.properties as JsonSchema;
const settings = settingsSchema.properties as JsonSchema;

/** Settings that neither name paths nor widen what a job may touch. */
const settingsOfClients = {
  type: "object",
  additionalProperties: false,
  properties: {
    ...pick(settings, ["suppress_output_file", "job_events", "container_pull_policy"]),
    ...bounded(settings, ["job_timeout", "idle_timeout", "prompt_timeout"], seconds),
    ...bounded(settings, ["cancel_grace"], { maximum: 3600 }),
    process_isolation_executable: engine,
    container_image: image,
    process_isolation: onlyTrue,
    owner_gone: { enum: ["cancel", "continue"], description: "What becomes of the job when the server is killed. Default: it goes on, and the next server takes it over." },
  },
};

const jobOrderSchema: JsonSchema = {
  $id: "JobOrder",
  description: "What a client asks for: a playbook of a data directory of the server, and how it is run.",
  type: "object",
  additionalProperties: false,
  required: ["dataDir", "playbook"],
  properties: {
    dataDir: { type: "string", pattern: dataDirName, description: "Name of a private data directory of this server." },
    ...pick(request, ["verbosity", "json", "quiet", "terminal"]),
    ident: { type: "string", minLength: 1, maxLength: 200, pattern: "^[^\\u0000-\\u001f\\u007f/]+$", description: "Name of the job and its artifact directory, no longer than 200 bytes. Default: a new UUID." },
    limit: { ...line(8192), description: "Host pattern that limits the play. No file (`@`)." },
    cmdline: { ...line(8192), description: "Options for the tool in one string: those that are known to be harmless, each a word of its own." },
    processIsolationExecutable: engine,
    containerImage: image,
    extravars: { type: "object", description: "Extra variables as data, without templates and the tool's own variables. Not where the directory has an `env/extravars`." },
    tags: { ...word, description: "Tags to run, with commas." },
    skipTags: { ...word, description: "Tags to leave out, with commas." },
    forks: { type: "integer", minimum: 1, maximum: 500, description: "Hosts worked on at once." },
    timeout: { type: "number", exclusiveMinimum: 0, ...seconds, description: "Seconds the job may take. No more than the directory gives it." },
    playbook: { ...relativePath, description: "Playbook, relative to the project directory." },
    inventory: { anyOf: [inventory, { type: "array", maxItems: 20, items: inventory }], description: "File below the directory's `inventory`, or a comma list of hosts." },
    processIsolation: { ...onlyTrue, description: "Run in a container." },
    settings: settingsOfClients,
  },
};

const errorRecordSchema: JsonSchema = {
  $id: "ErrorRecord",
  type: "object",
  required: ["code", "message"],
  properties: {
    code: { type: "string", enum: Object.keys(errorTable), description: "Stable, for programs." },
    message: { type: "string", description: "For people." },
    hint: { type: "string", description: "What to do about it." },
    location: { type: "object", additionalProperties: true, description: "Where it is: a key of the request, a file and a line of the data directory." },
    problems: { type: "array", items: { type: "string" }, description: "Each fault, if there are several." },
  },
};

const errorSchema: JsonSchema = { $id: "Error", type: "object", required: ["error"], properties: { error: ref("ErrorRecord") } };

const jobViewSchema: JsonSchema = {
  $id: "Job",
  type: "object",
  required: ["ident", "dataDir", "playbook", "status", "rc", "created", "finished", "events", "plan"],
  properties: {
    ident: { type: "string" },
    dataDir: { type: "string" },
    playbook: { type: ["string", "null"], description: "Of a job that this server has not started, what it runs; null if that is not known." },
    status: { type: "string", enum: ["unstarted", "starting", "running", ...finalStatuses] },
    rc: { type: ["integer", "null"], description: "Exit code, once the job has ended." },
    created: { type: "string", format: "date-time" },
    finished: { type: ["string", "null"], format: "date-time" },
    events: { type: ["integer", "null"] },
    plan: {
      type: "object",
      required: ["command", "execution", "warnings"],
      properties: {
        command: { type: "array", items: { type: "string" } },
        execution: { type: "string", enum: ["host", "container"] },
        engine: { type: "string" },
        image: { type: "string" },
        warnings: { type: "array", items: { type: "string" } },
      },
    },
    question: { type: "string", description: "What the job asks on its terminal and nobody has answered." },
    error: ref("ErrorRecord"),
  },
};

/** One line, without its end. */
const answerSchema: JsonSchema = {
  $id: "Answer",
  type: "object",
  additionalProperties: false,
  required: ["line"],
  properties: { line: { type: "string", maxLength: 4000, pattern: "^[^\\u0000\\r\\n]*$", writeOnly: true, description: "The answer, without a line end. It is in no log, journal or artifact." } },
};

const cancelSchema: JsonSchema = { $id: "Cancel", type: ["object", "null"], additionalProperties: false, properties: { force: { type: "boolean", description: "Kill it at once." } } };

const jobListSchema: JsonSchema = {
  $id: "JobList",
  type: "object",
  required: ["jobs", "more"],
  properties: { jobs: { type: "array", items: ref("Job") }, more: { type: "boolean", description: "Whether there are older ones." } },
};

const healthSchema: JsonSchema = { $id: "Health", type: "object", required: ["status"], properties: { status: { type: "string", const: "ok" } } };

export const identSchema: JsonSchema = { type: "object", required: ["ident"], properties: { ident: { type: "string", description: "The job's ident." } } };

/** Those that the description has by name. */
export const components: readonly JsonSchema[] = [answerSchema, cancelSchema, errorRecordSchema, errorSchema, healthSchema, jobListSchema, jobOrderSchema, jobViewSchema];
