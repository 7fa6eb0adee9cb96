// What every published package says of the project, from one place: `node tooling/package-metadata.ts --write` puts it into each package.json,
// `pnpm run lint:packages` says where it is missing.
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { ROOT } from "./repository.ts";

export const PROJECT_URL = "https://github.com/distronode/runner";

const keywords = ["ansible", "ansible-runner", "automation", "execution-environment", "podman", "docker", "distronode"];

/** The condition by which the packages find each other's sources here. Those who install a package have built files, so it does not leave the repository. */
const sourceCondition = "@distronode-runner/source";

type Exports = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

export interface Manifest {
  readonly name: string;
  readonly description?: string;
  readonly exports: Exports;
  readonly files: readonly string[];
  readonly [field: string]: unknown;
}

export function packageHomes(): readonly string[] {
  return globSync("{packages,apps}/*/package.json", { cwd: ROOT }).map((manifest) => dirname(manifest)).toSorted();
}

export function readManifest(home: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, home, "package.json"), "utf8")) as Manifest;
}

/** The fields of the package in this directory that the project decides. */
export function metadataOf(home: string, { name, exports, files }: Manifest): Readonly<Record<string, unknown>> {
  const built = Object.fromEntries(Object.entries(exports).map(([path, target]) => [path, typeof target === "string" ? target : without(target)]));
  // Maps lead from built files to their sources. The command line is one bundle without maps.
  const needed = ["CHANGELOG.md", ...(Object.values(exports).some((target) => typeof target !== "string") ? ["src"] : [])];
  return {
    keywords: [...keywords, ...(name.includes("/engine-") ? ["distronode-runner-engine"] : []), ...(name.includes("/sink-") ? ["distronode-runner-sink"] : [])],
    homepage: `${PROJECT_URL}/tree/main/${home}#readme`,
    bugs: `${PROJECT_URL}/issues`,
    repository: { type: "git", url: `git+${PROJECT_URL}.git`, directory: home },
    author: "Distronode Runner contributors",
    license: "Apache-2.0",
    files: [...files, ...needed.filter((file) => !files.includes(file))],
    publishConfig: { access: "public", provenance: true, exports: built },
  };
}

function without(target: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(target).filter(([condition]) => condition !== sourceCondition));
}

/** What is wrong with what a package says of itself, one line each. */
export function findMetadataFaults(home: string): readonly string[] {
  const manifest = readManifest(home);
  const stale = Object.entries(metadataOf(home, manifest)).flatMap(([field, value]) => (JSON.stringify(manifest[field]) === JSON.stringify(value) ? [] : [`${home}/package.json: ${field} is not what the project says: run node tooling/package-metadata.ts --write`]));
  const unnamed = /ansible/i.test(manifest.description ?? "") ? [] : [`${home}/package.json: nobody finds a description without the word Ansible`];
  return [...stale, ...unnamed, ...findDeadLinks(home)];
}

/** Links of a README that lead out of its package lead nowhere once the package is published, unless they are absolute; those that are have to be right. */
function findDeadLinks(home: string): readonly string[] {
  const readme = join(ROOT, home, "README.md");
  if (!existsSync(readme)) return [`${home}: there is no README.md`];
  const links = [...readFileSync(readme, "utf8").matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!.replace(/#.*$/, "")).filter((link) => link !== "");
  return links.flatMap((link) => {
    const own = `${PROJECT_URL}/`;
    if (link.startsWith(own)) {
      const path = link.slice(own.length).replace(/^(blob|tree)\/main\//, "");
      return existsSync(join(ROOT, path)) || !/^(blob|tree)\//.test(link.slice(own.length)) ? [] : [`${home}/README.md: ${link} is not in the repository`];
    }
    if (/^[a-z]+:/.test(link)) return [];
    return posix.normalize(link).startsWith("..") ? [`${home}/README.md: ${link} leads out of the package; write ${own}blob/main/${posix.join(home, link)}`] : [];
  });
}

function write(): void {
  for (const home of packageHomes()) {
    const manifest = readManifest(home);
    const { name, version, description, ...others } = manifest;
    const { keywords: words, homepage, bugs, repository, author, license, files, publishConfig } = metadataOf(home, manifest) as Record<string, unknown>;
    const text = JSON.stringify({ name, version, description, keywords: words, homepage, bugs, repository, author, ...others, license, files, publishConfig }, null, 2);
    writeFileSync(join(ROOT, home, "package.json"), `${text}\n`);
  }
}

if (process.argv.includes("--write")) write();
