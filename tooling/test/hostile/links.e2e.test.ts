// Links that one job leaves for the next: in places that the runner itself goes to, or shows to another job.
import { readFileSync, readdirSync } from "node:fs";
import { mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isRunnerError, type JobRequest } from "@distronode-runner/contract";
import { describe, expect, test } from "vitest";
import { attacking, fight, isolated, kinds, makeArena, type Arena } from "./arena.ts";

/** What came of a job, refusals included. */
async function outcome(request: JobRequest): Promise<string> {
  try {
    const { status, stdout } = await fight(request);
    return `${status}: ${stdout}`;
  } catch (error) {
    if (isRunnerError(error)) return error.code;
    throw error;
  }
}

/** A first job puts a link in place of a directory, `path` below the data directory; the second one is asked with what leads there. */
interface Trap {
  readonly name: string;
  readonly path: string;
  readonly request: (path: string) => Partial<JobRequest>;
  readonly on: (where: string) => boolean;
}

const traps: readonly Trap[] = [
  { name: "the project directory", path: "cp/app", request: (path) => ({ projectDir: path }), on: () => true },
  { name: "the cache of facts", path: "cp/facts", request: (path) => ({ settings: { fact_cache: join(path, "facts") } }), on: () => true },
  { name: "the directory of all artifacts", path: "cp/out", request: (path) => ({ artifactDir: path }), on: () => true },
  { name: "a directory that the settings mount", path: "cp/app", request: (path) => ({ containerVolumeMounts: [`${path}:/mounted`] }), on: (where) => where !== "bwrap" },
  { name: "a directory that the settings show to a sandbox", path: "cp/app", request: (path) => ({ settings: { process_isolation_show_paths: [path] } }), on: (where) => where === "bwrap" },
  { name: "a directory that the settings show to a sandbox read-only", path: "cp/app", request: (path) => ({ settings: { process_isolation_ro_paths: [path] } }), on: (where) => where === "bwrap" },
];

/** Looks in every place that the second job could have been given. */
const attack = `
trap = os.environ.get("ARENA_TRAP")
if trap: gone(root + "/" + trap); os.symlink(canary, root + "/" + trap)
else:
    print("reached", [path for path in ("secret", root + "/project/secret", "/mounted/secret", canary + "/secret", root + "/cp/app/secret") if os.path.exists(path)])
`;
const second = "sh -c 'test -e attack.py || cd project; test -e attack.py && exec python3 attack.py; echo reached elsewhere; cat secret'\n";

describe.each(isolated)("what a job on %s", (where) => {
  test.each(traps.filter(({ on }) => on(where)))("put a link in place of is not followed by the next job: $name", async ({ path, request }) => {
    const arena = await makeArena(attack, { "cp/app/attack.py": "print('own')\n", "cp/facts/x": "", "cp/out/x": "" });
    try {
      const before = arena.canaryState();
      const first = attacking(arena, where, `hostile-links-${where}-1`);
      expect((await fight({ ...first, envvars: { ...(first.envvars as Record<string, string>), ARENA_TRAP: path } })).status).toBe("successful");
      expect(kinds(arena.dataDir)[path]).toBe("link");
      await writeFile(join(arena.dataDir, "args"), second);
      expect(await outcome(attacking(arena, where, `hostile-links-${where}-2`, request(join(arena.dataDir, path))))).toBe("MOUNT_REFUSED");
      expect(arena.canaryState()).toEqual(before);
    } finally {
      await arena.remove();
    }
  });

  test.each(["out", "deeper/out"])("forges among artifacts that are kept in %s of its directory stays out of them", async (name) => {
    const arena = await makeArena(`
os.makedirs(root + "/${name}/forged"); put(root + "/${name}/forged/status", "successful"); put(root + "/${name}/forged/stdout")
`);
    try {
      const artifactDir = join(arena.dataDir, name);
      const ident = `hostile-forged-${where}`;
      expect((await fight(attacking(arena, where, ident, { artifactDir }))).status).toBe("successful");
      expect(readdirSync(artifactDir)).toEqual([ident]);
    } finally {
      await arena.remove();
    }
  });

  test("leaves in the project for directory isolation is copied without links being followed and without rights of others", async () => {
    const arena = await makeArena(`
if not os.path.exists(root + "/project/left"):
    put(root + "/project/left"); os.mkdir(root + "/project/tree"); os.symlink(canary, root + "/project/tree/out"); os.mkfifo(root + "/project/pipe")
    put(root + "/project/setuid"); tried(lambda: os.chown(root + "/project/setuid", 1234, 1234)); os.chmod(root + "/project/setuid", 0o6755)
    os.chdir(root + "/project")
    for _ in range(60): os.mkdir("d"); os.chdir("d")
else:
    print(sorted(os.listdir(".")), oct(os.stat("setuid").st_mode), os.path.exists("tree/out/secret"), os.path.islink("tree/out"))
`);
    try {
      const before = arena.canaryState();
      await mkdir(join(arena.dataDir, "../", `hostile-base-${where}`)).catch(() => {});
      const base = join(arena.dataDir, "../", `hostile-base-${where}`);
      expect((await fight(attacking(arena, where, `hostile-copy-${where}-1`))).status).toBe("successful");
      const copied = await fight(attacking(arena, where, `hostile-copy-${where}-2`, { settings: { directory_isolation_base_path: base } }));
      expect(copied.stdout).toBe("['attack.py', 'd', 'left', 'setuid', 'tree'] 0o100755 False True\n");
      expect(await readdir(base)).toEqual([]);
      expect(arena.canaryState()).toEqual(before);
      await rm(base, { recursive: true });
    } finally {
      await arena.remove();
    }
  });
});

test.skipIf(!isolated.includes("bwrap"))("a job in a sandbox does not see its private data directory or artifacts under the names that links of the caller lead to, in a directory that is shown", async () => {
  const arena = await makeArena(`
print(sorted(name for base in ("/opt/hostile-real", "/opt/hostile-real/artifacts", "/opt/hostile-artifacts") for name in (os.listdir(base) if os.path.isdir(base) else [])), tried(lambda: open("/opt/hostile-real/env/settings").read()), tried(lambda: open("/opt/hostile-artifacts/other/stdout").read()))
`, { "env/settings": "idle_timeout: 500\n" });
  const moved = { ...arena, dataDir: `${arena.dataDir}-link` } satisfies Arena;
  try {
    await mkdir("/opt/hostile-artifacts/other", { recursive: true });
    await writeFile("/opt/hostile-artifacts/other/stdout", "of another job");
    await symlink("/opt/hostile-artifacts", `${arena.dataDir}-artifacts`);
    await rm("/opt/hostile-real", { recursive: true, force: true });
    await mkdir("/opt/hostile-real");
    for (const name of ["project", "inventory", "env"]) await mkdir(`/opt/hostile-real/${name}`);
    for (const name of ["project/attack.py", "inventory/hosts", "args", "env/settings"]) await writeFile(`/opt/hostile-real/${name}`, readFileSync(join(arena.dataDir, name)));
    await symlink("/opt/hostile-real", moved.dataDir);
    const { stdout } = await fight(attacking(moved, "bwrap", "hostile-alias", { artifactDir: `${arena.dataDir}-artifacts` }));
    expect(stdout).toContain("FileNotFoundError FileNotFoundError");
    expect(stdout).not.toContain("other");
  } finally {
    for (const path of ["/opt/hostile-artifacts", "/opt/hostile-real", moved.dataDir, `${arena.dataDir}-artifacts`]) await rm(path, { recursive: true, force: true });
    await arena.remove();
  }
});
