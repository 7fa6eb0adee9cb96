/** What stands in a private data directory, as far as planning needs it. Text of files, not their meaning. */
export interface DataDirSnapshot {
  /** Absolute path of the private data directory. */
  readonly root: string;
  /** Absolute path of the project directory, whether it exists or not. */
  readonly projectDir: string;
  readonly hasProject: boolean;
  readonly hasInventory: boolean;
  readonly env: Readonly<Partial<Record<EnvFileName, string>>>;
  /** The whole command of the job, if the directory has one. */
  readonly args?: { readonly text: string; readonly file: string };
  /** Whether the playbook was found in the project; `similar` lists what was there instead. */
  readonly playbook: { readonly found: boolean; readonly similar: readonly string[] };
}

export const envFileNames = ["envvars", "extravars", "passwords", "cmdline", "settings", "ssh_key", "secrets"] as const;
export type EnvFileName = (typeof envFileNames)[number];

export type PathKind = "file" | "directory" | "pipe" | "other" | "missing";

/** Says what a path is. The only question planning asks the disk. */
export type Probe = (path: string) => PathKind;
