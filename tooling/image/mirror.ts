import { command } from "../engines/command.ts";

interface Source {
  readonly label: string;
  readonly codename: string;
  readonly uri: string;
}

/** Suites whose security archive is no more, or never was. */
const withoutSecurity: ReadonlySet<string> = new Set(["bullseye", "sid"]);

/**
 * Where this machine gets Debian from, as lines for another suite. Empty when it is not Debian:
 * mmdebstrap then knows a place itself.
 */
export async function sourceLines(suite: string): Promise<readonly string[]> {
  const format = "$(ORIGIN)|$(LABEL)|$(CODENAME)|$(REPO_URI)|$(CREATED_BY)";
  const { stdout } = await command(["apt-get", "indextargets", "--format", format]);
  const rows = stdout.split("\n").map((line) => line.split("|"));
  const sources = rows.flatMap(([origin, label = "", codename = "", uri = "", kind]): Source[] => (origin === "Debian" && kind === "Packages" ? [{ label, codename, uri }] : []));
  const main = sources.find((source) => source.label === "Debian" && !source.codename.includes("-")) ?? sources.find((source) => source.label === "Debian");
  if (main === undefined) return [];
  const security = sources.find((source) => source.label === "Debian-Security");
  const here = (name: string): boolean => sources.some((source) => source.codename === name);
  return [
    `deb ${main.uri} ${suite} main`,
    ...(here(`${suite}-updates`) ? [`deb ${main.uri} ${suite}-updates main`] : []),
    ...(security === undefined || withoutSecurity.has(suite) ? [] : [`deb ${security.uri} ${suite}-security main`]),
  ];
}

/** Settings of this machine's apt without which its mirror may not be usable. */
export async function aptOptions(): Promise<readonly string[]> {
  const { stdout } = await command(["apt-config", "dump"]);
  const wanted = /^Acquire::(Check-Valid-Until|Check-Date|https?::Proxy\S*) "[^"]+";$/;
  return stdout.split("\n").filter((line) => wanted.test(line));
}
