import { errorTable, finalStatuses, jobRequestSchema, settingsSchema } from "@distronode-runner/contract";
import { dataDirName } from "../data-dirs.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/** Neither absolute, nor upwards, nor something the tool could take for an option, nor an inventory itself (of several lines). */
const relativePath = { type: "string", minLength: 1, pattern: "^(?![/-])(?!(.*/)?\\.\\.(/|$))[^\\u0000\\n]*$" } as const;

/** Isolation may be asked for, never taken away: that is the data directory's decision. */
const onlyTrue = { const: true } as const;

function pick(properties: JsonSchema, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, properties[name]]));
}

const request = jobRequestSchema.properties as JsonSchema;
const settings = settingsSchema.properties as JsonSchema;

/** Settings that neither name paths nor widen what a job may touch. */
const settingsOfClients = {
  type: "object",
  additionalProperties: false,
  properties: {
    ...pick(settings, ["job_timeout", "idle_timeout", "prompt_timeout", "cancel_grace", "suppress_output_file", "job_events", "process_isolation_executable", "container_image", "container_pull_policy"]),
    process_isolation: onlyTrue,
  },
};

export const jobOrderSchema: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["dataDir", "playbook"],
  properties: {
    dataDir: { type: "string", pattern: dataDirName, description: "Name of a private data directory of this server." },
    ...pick(request, ["ident", "limit", "verbosity", "cmdline", "json", "quiet", "terminal", "processIsolationExecutable", "containerImage"]),
    playbook: { ...relativePath, description: "Playbook, relative to the project directory." },
    inventory: { anyOf: [relativePath, { type: "array", items: relativePath }], description: "File below the directory's `inventory`, or a comma list of hosts." },
    processIsolation: { ...onlyTrue, description: "Run in a container." },
    settings: settingsOfClients,
  },
};

const errorRecordSchema: JsonSchema = {
  type: "object",
  required: ["code", "message"],
  properties: {
    code: { type: "string", enum: Object.keys(errorTable) },
    message: { type: "string" },
    hint: { type: "string" },
    location: { type: "object", additionalProperties: true },
    problems: { type: "array", items: { type: "string" } },
  },
};

export const errorSchema: JsonSchema = { type: "object", required: ["error"], properties: { error: errorRecordSchema } };

export const jobViewSchema: JsonSchema = {
  type: "object",
  required: ["ident", "dataDir", "playbook", "status", "rc", "created", "finished", "events", "plan"],
  properties: {
    ident: { type: "string" },
    dataDir: { type: "string" },
    playbook: { type: ["string", "null"], description: "Null: the job was taken over from a runner that had been killed." },
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
    error: errorRecordSchema,
  },
};

/** One line, without its end. */
export const answerSchema: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["line"],
  properties: { line: { type: "string", maxLength: 4000, pattern: "^[^\\u0000\\r\\n]*$", writeOnly: true, description: "The answer, without a line end. It is in no log, journal or artifact." } },
};

export const identSchema: JsonSchema = { type: "object", required: ["ident"], properties: { ident: { type: "string" } } };
