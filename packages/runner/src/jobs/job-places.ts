import { createHash } from "node:crypto";
import { lstat, mkdir, readdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { privateDirectory, type Host } from "@distronode-runner/contract";

/**
 * Where the jobs of this user are known on this machine, below the runtime directory: `control/<job id>.sock` for each that has a runner, and
 * `jobs/<ident>`, a link to the artifacts of the newest job with that ident, which stays when the job has ended. Other directories' jobs of that ident are
 * `jobs/<ident>@<digest of the artifacts' path>`; no ident is written with an `@`.
 */
export class JobPlaces {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  socketOf(jobId: string): string {
    return join(this.#host.runtimeDir, "control", `${jobId}.sock`);
  }

  async make(): Promise<void> {
    await privateDirectory(this.#host.runtimeDir, this.#host.uid);
    await Promise.all(["control", "jobs"].map((name) => mkdir(join(this.#host.runtimeDir, name), { recursive: true, mode: 0o700 })));
  }

  async link(jobId: string, ident: string, artifactDir: string): Promise<void> {
    const link = this.#linkOf(ident);
    const before = await this.artifactsOf(ident);
    if (before !== undefined && before !== artifactDir) await this.#point(this.#otherLinkOf(ident, before), jobId, before);
    await this.#point(link, jobId, artifactDir);
    await rm(this.#otherLinkOf(ident, artifactDir), { force: true });
  }

  /** Beside it, then over it: there is no moment without a link. */
  async #point(link: string, jobId: string, artifactDir: string): Promise<void> {
    const beside = `${link}.${jobId}`;
    await symlink(artifactDir, beside);
    await rename(beside, link);
  }

  /** Ids of jobs that have a control socket, whether or not somebody answers there. */
  async jobIds(): Promise<readonly string[]> {
    return (await list(join(this.#host.runtimeDir, "control"))).flatMap((name) => (name.endsWith(".sock") ? [name.slice(0, -".sock".length)] : []));
  }

  /** Those whose socket was made longer ago than so many milliseconds. */
  async oldJobIds(age: number): Promise<readonly string[]> {
    const old = await Promise.all((await this.jobIds()).map(async (id) => ((await lstat(this.socketOf(id)).then(({ mtimeMs }) => Date.now() - mtimeMs > age, () => false)) ? [id] : [])));
    return old.flat();
  }

  async forgetSocket(jobId: string): Promise<void> {
    await rm(this.socketOf(jobId), { force: true });
  }

  /** Artifact directory of the newest job with this ident. */
  async artifactsOf(ident: string): Promise<string | undefined> {
    return readlink(this.#linkOf(ident)).catch(() => undefined);
  }

  /** Artifact directories of all jobs with this ident, that of the newest job first. */
  async allArtifactsOf(ident: string): Promise<readonly string[]> {
    const others = (await this.#names()).filter((name) => name.startsWith(`${encodeURIComponent(ident)}@`));
    const found = await Promise.all([this.artifactsOf(ident), ...others.map((name) => readlink(join(this.#host.runtimeDir, "jobs", name)).catch(() => undefined))]);
    return [...new Set(found.filter((path) => path !== undefined))];
  }

  #names(): Promise<readonly string[]> {
    return list(join(this.#host.runtimeDir, "jobs"));
  }

  async idents(): Promise<readonly string[]> {
    return [...new Set((await this.#names()).map((name) => name.replace(/@.*$/, "")))].flatMap(identOf);
  }

  /** Removes the link to these artifacts. */
  async forget(ident: string, artifactDir: string): Promise<void> {
    const link = (await this.artifactsOf(ident)) === artifactDir ? this.#linkOf(ident) : this.#otherLinkOf(ident, artifactDir);
    await rm(link, { force: true });
  }

  #otherLinkOf(ident: string, artifactDir: string): string {
    return `${this.#linkOf(ident)}@${createHash("sha256").update(artifactDir).digest("hex").slice(0, 16)}`;
  }

  #linkOf(ident: string): string {
    return join(this.#host.runtimeDir, "jobs", encodeURIComponent(ident));
  }
}

/** None, if the name is not one that we give. */
function identOf(name: string): readonly string[] {
  try {
    return [decodeURIComponent(name)];
  } catch {
    return [];
  }
}

async function list(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch(() => []);
}
