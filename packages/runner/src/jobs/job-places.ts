import { lstat, mkdir, readdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { privateDirectory, type Host } from "@distronode-runner/contract";

/**
 * Where the jobs of this user are known on this machine, below the runtime directory: `control/<job id>.sock` for each that has a runner, and
 * `jobs/<ident>`, a link to the artifacts of the newest job with that ident, which stays when the job has ended.
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
    // Beside it, then over it: there is no moment without a link.
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

  async idents(): Promise<readonly string[]> {
    return (await list(join(this.#host.runtimeDir, "jobs"))).map((name) => decodeURIComponent(name));
  }

  async forget(ident: string): Promise<void> {
    await rm(this.#linkOf(ident), { force: true });
  }

  #linkOf(ident: string): string {
    return join(this.#host.runtimeDir, "jobs", encodeURIComponent(ident));
  }
}

async function list(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch(() => []);
}
