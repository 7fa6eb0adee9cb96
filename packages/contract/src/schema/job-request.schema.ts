import type { ObjectSchema } from "./object-schema.ts";

/** What a caller (command line, program, server) asks for. What is said here beats `env/settings`, which beats defaults. */
const strings = { type: "array", items: { type: "string" } } as const;

export const jobRequestSchema: ObjectSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "https://distronode-runner.example/schema/job-request.json",
  title: "JobRequest",
  description: "A request to run one job from a private data directory.",
  type: "object",
  additionalProperties: false,
  required: ["privateDataDir", "playbook"],
  properties: {
    privateDataDir: { type: "string", description: "Private data directory; relative to the caller's working directory." },
    playbook: { type: "string", description: "Playbook, relative to the project directory." },
    ident: { type: "string", description: "Name of the artifact directory. Default: a new UUID." },
    inventory: { anyOf: [{ type: "string" }, strings], description: "Inventory file, directory or comma list. Default: `inventory` of the private data directory." },
    limit: { type: "string", description: "Host pattern that limits the play." },
    verbosity: { type: "integer", minimum: 0, description: "Number of v in -vvv." },
    cmdline: { type: "string", description: "Options for the tool in one string; instead of `env/cmdline`." },
    artifactDir: { type: "string", description: "Directory in which the job's artifact directory is made. Default: `artifacts` of the private data directory." },
    projectDir: { type: "string", description: "Project directory. Default: `project` of the private data directory." },
    json: { type: "boolean", description: "Events as JSON lines instead of text in `stdout`." },
    quiet: { type: "boolean", description: "Show nothing of the tool on the console." },
    color: { type: "boolean", description: "Ask the tool for colours. Default: leave it to the tool." },
    processIsolation: { type: "boolean", description: "Run in a container." },
    processIsolationExecutable: { type: "string", description: "Engine." },
    containerImage: { type: "string", description: "Execution environment image." },
    containerVolumeMounts: { ...strings, description: "Further mounts, `SOURCE:TARGET[:LABELS]`." },
    containerOptions: { ...strings, description: "Further options as the engines' `run` spells them." },
    settings: { type: "object", description: "Settings, instead of those of the same name in `env/settings`." },
  },
};
