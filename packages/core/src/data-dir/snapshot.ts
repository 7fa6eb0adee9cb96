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
  /** What is at the top of the directory, links that lead to nothing left out. */
  readonly entries: readonly DataDirEntry[];
  /** What is in `env/`, links as links. */
  readonly envEntries: readonly EnvEntry[];
  /** Whether the playbook was found in the project; `similar` lists what was there instead. */
  readonly playbook: { readonly found: boolean; readonly similar: readonly string[] };
}

/** An entry of a private data directory. */
export interface DataDirEntry {
  readonly name: string;
  readonly kind: "file" | "directory";
  /** Absolute: what it really is, links resolved. */
  readonly source: string;
}

export interface EnvEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | { readonly link: string };
}

/** Files in `env/` that the runner reads. What is in them travels to the job by other ways. */
export const envFileNames = ["envvars", "extravars", "passwords", "cmdline", "settings", "ssh_key", "secrets"] as const;
export type EnvFileName = (typeof envFileNames)[number];

export type PathKind = "file" | "directory" | "pipe" | "other" | "missing";

/** Says what a path is. The only question planning asks the disk. */
export type Probe = (path: string) => PathKind;
