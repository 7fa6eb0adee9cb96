import type { ObjectSchema } from "./object-schema.ts";

/**
 * `env/settings`. Keys without a remark are those of `ansible-runner`; ours say so. Keys that start with `runner_` belong to event
 * plugins and are passed through. Types, validators, docs/settings.md and the editor schema are generated from this object.
 */
const paths = { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] } as const;

export const settingsSchema: ObjectSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "https://distronode-runner.example/schema/settings.json",
  title: "Settings",
  description: "env/settings of a private data directory.",
  type: "object",
  additionalProperties: false,
  patternProperties: { "^runner_": { description: "Passed through to event plugins." } },
  properties: {
    job_timeout: { type: ["number", "null"], minimum: 0, maximum: 1_000_000_000, default: 0, description: "Seconds a job may take; 0 or null: no limit." },
    start_timeout: { type: ["number", "null"], minimum: 0, maximum: 1_000_000_000, default: 120, description: "Ours. Seconds from the start of a container until the job's first process in it answers; 0 or null: no limit. Pulling the image is not part of it." },
    idle_timeout: { type: ["number", "null"], minimum: 0, maximum: 1_000_000_000, default: 0, description: "Seconds without any output or event; 0 or null: no limit." },
    prompt_timeout: { type: "number", minimum: 0, maximum: 1_000_000_000, default: 0, description: "Ours. Seconds that a question of a job with a terminal may stay unanswered; then the job ends as with the other timeouts. 0: no limit." },
    subprocess_timeout: { type: ["number", "null"], minimum: 0, maximum: 1_000_000_000, description: "Instead of `job_timeout` for commands (inventory, documentation, `runCommand`); 0: no limit." },
    pexpect_timeout: { type: ["number", "null"], minimum: 0, maximum: 1_000_000_000, description: "Accepted for compatibility; nothing here is polled." },
    pexpect_use_poll: { type: "boolean", description: "Accepted for compatibility; nothing here is polled." },
    cancel_grace: { type: "number", minimum: 0, maximum: 1_000_000_000, default: 10, description: "Ours. Seconds between asking a job to stop and killing it." },
    owner_gone: { enum: ["cancel", "continue"], default: "cancel", description: "Ours. What becomes of a job whose runner was killed: it is canceled when `owner_gone_timeout` is over, or it goes on and waits to be attached to." },
    owner_gone_timeout: { type: "number", minimum: 0, maximum: 1_000_000_000, default: 10, description: "Ours. Seconds that a job waits for its runner before it is canceled; 0: for ever." },
    suppress_output_file: { type: "boolean", default: false, description: "Keep no `stdout` and `stderr` artifact." },
    job_events: { type: "boolean", default: true, description: "Ours. False: no file for each event in `job_events`; the journal `events.ndjson` holds them all." },
    mask_variables_by_name: { type: "boolean", default: true, description: "Ours. Mask the values of variables whose names are those of credentials (`db_password`, `API_TOKEN`). False: only answers to prompts, named passwords, keys and passwords in addresses are masked." },
    suppress_ansible_output: { type: "boolean", default: false, description: "Show nothing on the console." },
    suppress_distronode_output: { type: "boolean", description: "Another name of `suppress_ansible_output`." },
    fact_cache: { type: "string", default: "fact_cache", description: "Directory of the fact cache, below the job's artifacts unless it is absolute or starts with `..`." },
    fact_cache_type: { type: "string", default: "jsonfile", description: "Cache plugin of the tool. For others than `jsonfile`, `ANSIBLE_CACHE_PLUGIN_CONNECTION` of the user counts." },
    process_isolation: { type: "boolean", default: false, description: "Run the job in a container or a sandbox." },
    process_isolation_executable: { type: "string", default: "podman", description: "Engine: `podman`, `docker`, a plugin's name, or `auto` (first usable); `bwrap`, or the path of a program that takes its arguments, for a sandbox." },
    process_isolation_path: { type: "string", description: "Where a sandbox keeps its staging directory. Default: the directory for temporary files." },
    process_isolation_hide_paths: { ...paths, description: "Paths hidden from a sandbox." },
    process_isolation_show_paths: { ...paths, description: "Paths shown in a sandbox." },
    process_isolation_ro_paths: { ...paths, description: "Paths shown read-only in a sandbox." },
    directory_isolation_base_path: { type: "string", description: "A directory that exists: the job works in a throw-away copy of the project made there." },
    directory_isolation_cleanup: { type: "boolean", default: true, description: "Remove the copy afterwards." },
    container_image: { type: "string", description: "Execution environment image." },
    container_pull_policy: { enum: ["missing", "never", "always", "newer"], default: "missing", description: "Ours. When to fetch the image; `newer`: each time, but one that is here will do when the registry can not be reached." },
    container_pull_timeout: { type: ["number", "null"], minimum: 0, maximum: 1_000_000_000, default: 0, description: "Ours. Seconds that fetching the image may take, all attempts together; 0 or null: no limit." },
    container_volume_mounts: {
      anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
      description: "`SOURCE:TARGET[:LABELS]`; labels are a comma list of `ro`, `rw`, `Z`, `z`, `O`.",
      examples: [["/etc/pki/ca-trust:/etc/pki/ca-trust:ro"]],
    },
    container_ssh_mounts: { type: "boolean", default: true, description: "Ours. Show `~/.ssh`, the known hosts of this machine and the ssh agent in the container." },
    container_options: {
      anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
      description: "Options as `podman run` and `docker run` spell them, e.g. `--network=host`.",
    },
    container_auth_data: {
      type: "object",
      additionalProperties: false,
      required: ["host"],
      description: "Registry credentials.",
      properties: {
        host: { type: "string", description: "Registry, with port if it has one." },
        username: { type: "string", description: "User name." },
        password: { type: "string", description: "Password or token." },
        verify_ssl: { type: "boolean", description: "False: accept any certificate of this registry. True: insist on a good one. Default: as the engine is configured, e.g. by `insecure` in `registries.conf`." },
      },
    },
    engine_plugins: { ...paths, description: "Ours. Modules with further engines: packages that are installed beside the runner, or files; a path that begins with `./` or `../` starts at the private data directory, of which only `env/` is trusted. Their code runs in the runner." },
    engines: {
      type: "object",
      additionalProperties: { type: "object" },
      description: "Ours. A section for each engine, e.g. `engines: {podman: {socket: /run/podman/podman.sock}}`.",
    },
  },
};
