import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { delimiter, join } from "node:path";

/** What `doctor` finds out about this machine by itself: cheap to ask, and often the answer to "why does it not work here". */
export interface HostFacts {
  readonly node: string;
  readonly uid: number;
  readonly user: string;
  /** Path, or undefined when there is none on PATH. */
  readonly python: string | undefined;
  readonly playbookTool: string | undefined;
  readonly cgroups: "v2" | "v1" | "hybrid" | "none";
  /** Whether the user has subordinate ids, which rootless containers need; undefined for root. */
  readonly subordinateIds: boolean | undefined;
}

export async function hostFacts(environment: Readonly<Record<string, string | undefined>>): Promise<HostFacts> {
  const { uid, username } = whoAmI();
  const path = (environment["PATH"] ?? "").split(delimiter);
  return {
    node: process.version,
    uid,
    user: username,
    python: await findProgram(["python3"], path),
    playbookTool: await findProgram(["distronode-playbook", "ansible-playbook"], path),
    cgroups: await cgroupVersion(),
    subordinateIds: uid === 0 ? undefined : await hasSubordinateIds(username, uid),
  };
}

/** A user who is in no list of users has a number only. */
function whoAmI(): { readonly uid: number; readonly username: string } {
  try {
    return userInfo();
  } catch {
    const uid = process.getuid?.() ?? -1;
    return { uid, username: String(uid) };
  }
}

async function findProgram(names: readonly string[], path: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    for (const directory of path) {
      const file = join(directory, name);
      if (directory !== "" && (await access(file, constants.X_OK).then(() => true, () => false))) return file;
    }
  }
  return undefined;
}

async function cgroupVersion(): Promise<HostFacts["cgroups"]> {
  const mounts = await readFile("/proc/self/mounts", "utf8").catch(() => "");
  const kinds = new Set(mounts.split("\n").map((line) => line.split(" ")[2]));
  if (kinds.has("cgroup2")) return kinds.has("cgroup") ? "hybrid" : "v2";
  return kinds.has("cgroup") ? "v1" : "none";
}

async function hasSubordinateIds(user: string, uid: number): Promise<boolean> {
  const lists = await Promise.all(["/etc/subuid", "/etc/subgid"].map((file) => readFile(file, "utf8").catch(() => "")));
  return lists.every((list) => list.split("\n").some((line) => line.startsWith(`${user}:`) || line.startsWith(`${uid}:`)));
}
