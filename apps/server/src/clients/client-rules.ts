/** What the operator lets clients choose for the jobs of a data directory, besides what the directory's own settings say. */
export interface ClientRules {
  /** Names of engines: `podman`, `docker`, a plug-in's, `auto`; `bwrap` lets them put a job of a directory without isolation into a sandbox. Default: none. */
  readonly engines?: readonly string[];
  /** Patterns of image names, in which `*` stands for any characters, slashes among them: `registry.example/team/*`. Default: none. */
  readonly images?: readonly string[];
  /** Whether containers are shown the server user's `~/.ssh`, known hosts and ssh agent, where the settings do not say no. Default: false. */
  readonly sshMounts?: boolean;
  /** Whether clients may give the tool those options of `cmdline` that are known to be harmless. Default: true. */
  readonly cmdline?: boolean;
}

/** Those for all data directories, or for each by its name. */
export type RulesOfClients = ClientRules | ((dataDir: string) => ClientRules);

export function rulesFor(rules: RulesOfClients | undefined, dataDir: string): Required<ClientRules> {
  return { engines: [], images: [], sshMounts: false, cmdline: true, ...(typeof rules === "function" ? rules(dataDir) : rules) };
}

/** From the command line: `VALUE` counts for all data directories, `NAME=VALUE` for one of them. */
export function parseClientRules(words: { readonly engines?: readonly string[] | undefined; readonly images?: readonly string[] | undefined; readonly sshMounts?: boolean | undefined; readonly cmdline?: boolean | undefined }): RulesOfClients {
  const [engines, images] = [(words.engines ?? []).map(parseWord), (words.images ?? []).map(parseWord)];
  const of = (all: readonly Word[], dataDir: string): readonly string[] => all.filter((word) => word.dataDir === undefined || word.dataDir === dataDir).map(({ value }) => value);
  return (dataDir) => ({ engines: of(engines, dataDir), images: of(images, dataDir), sshMounts: words.sshMounts ?? false, cmdline: words.cmdline ?? true });
}

interface Word {
  readonly dataDir?: string;
  readonly value: string;
}

function parseWord(word: string): Word {
  const [, dataDir, value] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
  return dataDir === undefined || value === undefined ? { value: word } : { dataDir, value };
}

/** Whether an image has the form of one of the patterns. */
export function matchesImage(image: string, patterns: readonly string[]): boolean {
  // A name like `docker-archive:/path` is a file of the server to some engines.
  if (image.includes(":/")) return false;
  return patterns.some((pattern) => new RegExp(`^${pattern.split("*").map((text) => text.replaceAll(/[^\w]/g, "\\$&")).join(".*")}$`, "s").test(image));
}
