import { createHash, randomBytes } from "node:crypto";
import { link, lstat, mkdir, readdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { privateDirectory, type Host } from "@distronode-runner/contract";
import { readRegular } from "../journal/regular-file.ts";

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

  /**
   * What labels say of this directory: its path, and an id of its own. Another directory of the same path, in a container or on another machine with the same
   * engine, has another id, so that nobody takes its jobs for jobs of here.
   */
  async identity(): Promise<string> {
    const path = this.#idPath;
    try {
      await this.make();
      const known = await this.knownIdentity();
      if (known !== undefined) return known;
      const beside = `${path}.${randomBytes(8).toString("hex")}`;
      await writeFile(beside, randomBytes(8).toString("hex"), { flag: "wx", mode: 0o600 });
      // Whoever was first has said it.
      await link(beside, path).catch(() => {});
      await rm(beside, { force: true });
      return (await this.knownIdentity()) ?? this.#host.runtimeDir;
    } catch {
      // Without the directory other processes do not find its jobs anyway.
      return this.#host.runtimeDir;
    }
  }

  /** The same; undefined where no job has been started yet. Makes nothing. */
  async knownIdentity(): Promise<string | undefined> {
    const id = await readRegular(this.#idPath);
    return id === undefined || id === "" ? undefined : `${this.#host.runtimeDir} ${id}`;
  }

  get #idPath(): string {
    return join(this.#host.runtimeDir, "id");
  }

  async link(jobId: string, ident: string, artifactDir: string): Promise<void> {
    const newest = this.#linkOf(ident);
    const before = await this.artifactsOf(ident);
    if (before !== undefined && before !== artifactDir) await this.#point(this.#otherLinkOf(ident, before), jobId, before);
    await this.#point(newest, jobId, artifactDir);
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
