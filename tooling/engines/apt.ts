import { existsSync } from "node:fs";
import { command } from "./command.ts";
import { findProgram } from "./find-program.ts";
import { Unavailable } from "./unavailable.ts";

export interface Wanted {
  readonly packages: readonly string[];
  /** Goes into the sentence "... is needed for <reason>". */
  readonly reason: string;
}

/** Installs what is missing of these Debian packages, or says why it can't and what to do. */
export async function ensurePackages(wanted: Wanted, say: (line: string) => void): Promise<void> {
  const missing = await missingPackages(wanted.packages);
  if (missing.length === 0) return;
  const byHand = `Install ${missing.join(" ")} (for ${wanted.reason}) and start again.`;
  if (!existsSync("/etc/debian_version") || findProgram("apt-get") === undefined) throw new Unavailable(`${byHand} It is installed for you only on Debian.`);
  if (process.getuid?.() !== 0) throw new Unavailable(`${byHand} As root: apt-get install --no-install-recommends ${missing.join(" ")}`);
  say(`installing ${missing.join(" ")} with apt-get, for ${wanted.reason}`);
  let ended = await install(missing);
  if (ended.code !== 0) {
    // Lists that are missing or out of date look like packages that do not exist.
    await apt(["update"]);
    ended = await install(missing);
  }
  if (ended.code !== 0) throw new Unavailable(`apt-get could not install ${missing.join(" ")} (for ${wanted.reason}):\n${tail(ended.stderr)}`);
}

export async function missingPackages(packages: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await command(["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\\n", ...packages]);
  const installed = new Set(stdout.split("\n").filter((line) => line.endsWith(" installed")).map((line) => line.split(" ")[0]));
  return packages.filter((name) => !installed.has(name));
}

// Nothing of the user's is removed to make room: docker.io, for one, conflicts with Docker's own packages.
const install = (packages: readonly string[]) => apt(["install", "--yes", "--no-install-recommends", "--no-remove", ...packages]);

const apt = (argv: readonly string[]) =>
  command(["apt-get", "--quiet", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Options::=--force-confold", ...argv], {
    env: { DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_MODE: "l" },
  });

const tail = (text: string): string => text.trimEnd().split("\n").slice(-8).join("\n");
