// What a job in a container or sandbox tries in order to reach, or to leave behind, what it was not given: all in one job, looked at afterwards.
import { lstatSync, readFileSync, readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attacking, fight, isolated, kinds, makeArena, type Arena, type Fought } from "./arena.ts";

interface Battle {
  readonly arena: Arena;
  readonly fought: Fought;
  /** What the job's Python returned. */
  readonly said: unknown;
  readonly artifacts: string;
  /** Kinds of the job's artifacts. */
  readonly found: Readonly<Record<string, string>>;
}

interface Attempt {
  readonly name: string;
  /** The body of a Python function. */
  readonly python: string;
  readonly holds: (battle: Battle) => void;
}

const uid = process.getuid!();
const runners = ["envvars", "extravars", "settings", "passwords", "secrets", "ssh_key", "cmdline"];
const libc = `libc = ctypes.CDLL(None, use_errno=True)
def mount(source, target, kind, flags): return libc.mount(source.encode(), target.encode(), kind.encode(), flags, None)
def seen(): return sorted(name for name in ${JSON.stringify(runners)} if os.path.exists(root + "/env/" + name))
`;
const inChild = (body: string): string => `
out, into = os.pipe()
if os.fork() == 0:
    try:
        ${body.trim().split("\n").join("\n        ")}
    except BaseException as error:
        os.write(into, json.dumps(str(error)).encode())
    os._exit(0)
os.close(into)
os.wait()
return json.loads(os.fdopen(out).read() or "null")
`;
const tell = (value: string): string => `os.write(into, json.dumps(${value}).encode())`;
const hostOf = ({ arena }: Battle, ...path: string[]): string => join(arena.dataDir, ...path);

const attempts: readonly Attempt[] = [
  {
    name: "what the runner reads in env/ cannot be seen, whatever its name is reached by",
    python: `return [name for name in ${JSON.stringify(runners)} for path in (root + "/env/", root + "/project/../env/", root + "/env/../env/", "/proc/1/root" + root + "/env/", "/proc/self/root" + root + "/env/") if os.path.lexists(path + name)]`,
    holds: ({ said }) => expect(said).toEqual([]),
  },
  {
    name: "nothing in env/ can be written, made, removed or renamed, and env/ itself cannot either",
    python: `return [tried(lambda: put(root + "/env/settings")), tried(lambda: put(root + "/env/new")), tried(lambda: put(root + "/env/tmpabc")), tried(lambda: os.unlink(root + "/env/tmpabc")), tried(lambda: os.chmod(root + "/env", 0o777)), tried(lambda: os.rename(root + "/env", root + "/was-env")), tried(lambda: os.mkdir(root + "/env/keys"))]`,
    holds: (battle) => {
      expect((battle.said as string[]).filter((answer) => answer === null)).toEqual([]);
      expect(Object.keys(kinds(hostOf(battle, "env"))).sort()).toEqual([...runners.filter((name) => name !== "ssh_key"), "tmpabc"].sort());
      expect(readFileSync(hostOf(battle, "env/settings"), "utf8")).toBe("idle_timeout: 500\n");
    },
  },
  {
    name: "the directories that it was given cannot be renamed or replaced by links",
    python: `return [tried(lambda: os.rename(root + "/" + name, root + "/was-" + name)) for name in ("project", "inventory", "cp", "env")] + [tried(lambda: os.rmdir(root + "/cp"))]`,
    holds: (battle) => {
      expect(battle.said).toEqual(["OSError", "OSError", "OSError", "OSError", "OSError"].map(() => expect.stringMatching(/Error$/) as string));
      for (const name of ["project", "inventory", "cp", "env"]) expect(lstatSync(hostOf(battle, name)).isDirectory(), name).toBe(true);
    },
  },
  {
    name: "a command, a process number or a log of the runner's that it makes is not the next job's",
    python: `for name in ("args", "pid", "daemon.log", "artifacts.x"): tried(lambda: put(root + "/" + name, "sh -c evil"))`,
    holds: (battle) => {
      expect(readFileSync(hostOf(battle, "args"), "utf8")).not.toContain("evil");
      expect(readdirSync(battle.arena.dataDir)).not.toContain("pid");
      expect(readdirSync(battle.arena.dataDir)).not.toContain("daemon.log");
    },
  },
  {
    name: "other jobs' artifacts are not there to be read, and what is put in their place stays out",
    python: `found = sorted(os.listdir(root + "/artifacts"))
os.makedirs(root + "/artifacts/earlier"); put(root + "/artifacts/earlier/status", "failed"); put(root + "/artifacts/earlier/more")
os.makedirs(root + "/artifacts/future"); put(root + "/artifacts/future/status", "successful")
return found`,
    holds: (battle) => {
      expect((battle.said as string[]).filter((name) => name !== battle.fought.ident)).toEqual([]);
      expect(kinds(hostOf(battle, "artifacts", "earlier"))).toEqual({ status: "file 600", stdout: "file 600" });
      expect(readFileSync(hostOf(battle, "artifacts/earlier/status"), "utf8")).toBe("successful");
      expect(readdirSync(hostOf(battle, "artifacts")).sort()).toEqual(["earlier", battle.fought.ident].sort());
    },
  },
  {
    name: "what it makes at the top of its directory is taken as files, and never a link, a pipe, a device or a second name",
    python: `put(root + "/made"); os.makedirs(root + "/tree/inner"); put(root + "/tree/inner/file")
os.symlink(canary, root + "/link"); os.symlink(canary + "/secret", root + "/tree/link"); os.mkfifo(root + "/pipe"); os.link(root + "/made", root + "/second")
put(root + "/alone"); os.symlink("made", root + "/inside")
tried(lambda: os.mknod(root + "/disk", stat.S_IFBLK | 0o666, os.makedev(8, 0)))`,
    holds: (battle) => {
      expect(readFileSync(hostOf(battle, "alone"), "utf8")).toBe("put\n");
      expect(readFileSync(hostOf(battle, "tree/inner/file"), "utf8")).toBe("put\n");
      const { artifacts, project, env, inventory, ...top } = kinds(battle.arena.dataDir);
      expect([artifacts, project, env, inventory].map((kind) => kind?.split(" ")[0])).toEqual(["directory", "directory", "directory", "directory"]);
      expect(Object.entries(top).filter(([path, kind]) => !path.startsWith("project/") && !/^(file|directory)/.test(kind))).toEqual([]);
    },
  },
  {
    name: "a file that it gives the rights of its owner, or to somebody else, is the caller's without them",
    python: `for place in (root + "/top-", mine + "/"):
    for name, mode in (("setuid", 0o6755), ("closed", 0), ("open", 0o777)):
        put(place + name); os.chmod(place + name, mode)
    put(place + "theirs"); tried(lambda: os.chown(place + "theirs", 1234, 1234))`,
    holds: (battle) => {
      const modes = (prefix: string): (readonly [string, number])[] => ["setuid", "closed", "open", "theirs"].map((name) => [(lstatSync(`${prefix}${name}`).mode & 0o7777).toString(8), lstatSync(`${prefix}${name}`).uid]);
      expect(modes(hostOf(battle, "top-"))).toEqual([["755", uid], ["600", uid], ["755", uid], ["644", uid]]);
      expect(modes(`${battle.artifacts}/`)).toEqual([["700", uid], ["600", uid], ["700", uid], ["600", uid]]);
    },
  },
  {
    name: "names as long as can be, with new lines, control characters, bytes that are no text and dots are the names of files and nothing else",
    python: `names = [b"n" * 255, b"two\\nlines", b"\\x1b]0;title\\x07\\x1b[2J", b"\\xff\\xfe no text", b"...", b"..\\\\..", b"-rf", b"$(touch x)", "\\u202egnp.exe".encode(), "\\u5b57".encode() * 85]
for name in names:
    with open(mine.encode() + b"/" + name, "w") as file: file.write("x")
os.mkdir(mine.encode() + b"/\\xff"); put(mine.encode() + b"/\\xff/\\xfe")
for name in names[:4]: os.symlink(canary, mine.encode() + b"/l" + name[:250])`,
    holds: ({ found, fought }) => {
      for (const name of ["n".repeat(255), "two\nlines", "\u001b]0;title\u0007\u001b[2J", "...", "..\\..", "-rf", "$(touch x)", "\u202egnp.exe", "字".repeat(85)]) expect(found[name], JSON.stringify(name)).toBe("file 600");
      expect(fought.warnings.some((text) => text.includes("it is a link"))).toBe(true);
    },
  },
  {
    name: "facts that are links, sparse, deeper than any or no facts keep it from nothing, and environments are taken out of the others",
    python: `facts = mine + "/fact_cache"; os.makedirs(facts, exist_ok=True)
put(facts + "/localhost", json.dumps({"ansible_env": {"TOKEN": "word-of-the-environment"}, "kept": 1}))
put(facts + "/" + "\\u5b57" * 85, json.dumps({"ansible_env": {"TOKEN": "word-of-the-environment"}, "kept": 1}))
put(facts + "/deep", '{"ansible_env": 1, "x": ' + "[" * 200000 + "]" * 200000 + "}")
with open(facts + "/sparse", "w") as file: file.truncate(1900 * 1024 * 1024)
os.symlink(canary + "/facts/localhost", facts + "/link"); os.mkdir(facts + "/directory"); os.mkfifo(facts + "/pipe")`,
    holds: ({ artifacts, found }) => {
      for (const name of ["localhost", "字".repeat(85)]) expect(JSON.parse(readFileSync(join(artifacts, "fact_cache", name), "utf8"))).toEqual({ kept: 1 });
      expect(found["fact_cache/link"]).toBeUndefined();
      expect(found["fact_cache"]).toBe("directory 700");
    },
  },
  {
    name: "it cannot unmount, move or remount what covers its directory",
    python: inChild(`${libc}
done = [libc.umount2((root + "/env").encode(), 2), libc.umount2(root.encode(), 2), mount("", root + "/env", "", 4096 | 32), mount(root + "/env", root + "/cp", "", 8192), mount(root, "/mnt", "", 4096)]
${tell("[done, seen()]")}`),
    holds: ({ said }) => expect(said).toEqual([[-1, -1, -1, -1, -1], []]),
  },
  {
    name: "in namespaces of its own it uncovers nothing either, nor can it write there",
    python: inChild(`${libc}
uid = os.getuid()
if libc.unshare(0x10000000 | 0x20000) != 0:
    ${tell('["refused", []]')}
    os._exit(0)
tried(lambda: put("/proc/self/setgroups", "deny")); tried(lambda: put("/proc/self/uid_map", "0 %d 1" % uid)); tried(lambda: put("/proc/self/gid_map", "0 %d 1" % os.getgid()))
mount("", "/", "", 0x40000 | 16384)
libc.umount2((root + "/env").encode(), 2); libc.umount2((root + "/project").encode(), 2); libc.umount2(root.encode(), 2)
mount("", root + "/env", "", 4096 | 32)
mount(root, "/mnt", "", 4096); mount("/", "/mnt", "", 4096)
found = seen() + [name for name in ${JSON.stringify(runners)} for base in ("/mnt", "/mnt" + root) if os.path.exists(base + "/env/" + name)]
wrote = [tried(lambda: put(root + "/env/evil"))]
${tell('["tried", found + ([] if wrote[0] else ["written"])]')}`),
    holds: (battle) => {
      expect((battle.said as [string, unknown[]])[1]).toEqual([]);
      expect(readdirSync(hostOf(battle, "env"))).not.toContain("evil");
    },
  },
  {
    name: "neither the roots of processes nor a second change of root lead out of it",
    python: inChild(`found = [pid for pid in os.listdir("/proc") if pid.isdigit() and os.path.exists("/proc/%s/root%s/secret" % (pid, canary))] + [pid for pid in os.listdir("/proc") if pid.isdigit() and os.path.exists("/proc/%s/cwd/../../../../../../..%s/secret" % (pid, canary))]
os.makedirs(root + "/jail", exist_ok=True)
outside = os.open("/", os.O_RDONLY)
tried(lambda: os.chroot(root + "/jail")); tried(lambda: os.fchdir(outside))
for _ in range(50): os.chdir("..")
tried(lambda: os.chroot("."))
${tell('found + [path for path in (canary + "/secret",) if os.path.exists(path)]')}`),
    holds: ({ said }) => expect(said).toEqual([]),
  },
  {
    name: "it can make no device, neither in what it was given nor elsewhere",
    python: `return [tried(lambda: os.mknod(place, kind | 0o666, os.makedev(*device))) for place in (root + "/cp/device", root + "/device", "/tmp/device") for kind, device in ((stat.S_IFBLK, (8, 0)), (stat.S_IFCHR, (1, 1)))]`,
    holds: ({ said }) => expect(said).toEqual(Array.from({ length: 6 }, () => "PermissionError")),
  },
  {
    name: "the rest of its directory is as it was given: project, inventory and cp are written, env/tmpabc is read",
    python: `for name in ("project", "inventory", "cp"): put(root + "/" + name + "/written")
return open(root + "/env/tmpabc").read()`,
    holds: (battle) => {
      expect(battle.said).toBe("from the env\n");
      for (const name of ["project", "inventory", "cp"]) expect(readFileSync(hostOf(battle, name, "written"), "utf8"), name).toBe("put\n");
    },
  },
];

const attack = `
os.makedirs(mine, exist_ok=True)
${attempts.map(({ python }, index) => `def attempt_${index}():\n    ${python.trim().split("\n").join("\n    ")}`).join("\n")}
said = []
for attempt in [${attempts.map((_, index) => `attempt_${index}`).join(", ")}]:
    try: said.append([attempt()])
    except BaseException as error: said.append([repr(error)])
put(root + "/cp/said", json.dumps(said))
`;

const secrets = { "env/settings": "idle_timeout: 500\n", "env/envvars": "A: b\n", "env/extravars": "x: 1\n", "env/passwords": "{'^nothing$': word}\n", "env/secrets": "{}\n", "env/cmdline": "-v\n" };

describe.each(isolated)("a job on %s", (where) => {
  let battle: Battle | undefined;
  let before: unknown;
  const said: unknown[] = [];

  beforeAll(async () => {
    const arena = await makeArena(attack, { ...secrets, "cp/here": "" });
    before = arena.canaryState();
    await mkdir(join(arena.dataDir, "artifacts/earlier"), { recursive: true });
    for (const [name, text] of [["status", "successful"], ["stdout", "of another job"]] as const) await writeFile(join(arena.dataDir, "artifacts/earlier", name), text, { mode: 0o600 });
    const ident = `hostile-escapes-${where}`;
    const fought = await fight(attacking(arena, where, ident));
    const artifacts = join(arena.dataDir, "artifacts", ident);
    battle = { arena, fought, said: undefined, artifacts, found: kinds(artifacts) };
    if (fought.status !== "successful") throw new Error(`The job ended as ${fought.status}: ${JSON.stringify(fought.error)} ${fought.stdout}`);
    for (const [answer] of JSON.parse(readFileSync(join(arena.dataDir, "cp/said"), "utf8")) as [unknown][]) said.push(answer);
  });
  afterAll(() => battle?.arena.remove());

  test.each(attempts.map((attempt, index) => ({ ...attempt, index })))("finds that $name", ({ holds, index }) => {
    expect(said).toHaveLength(attempts.length);
    holds({ ...battle!, said: said[index] });
  });

  test("gives directories to another user, and the next one of its name runs all the same", async () => {
    const arena = await makeArena(`
os.makedirs(mine + "/theirs/inner", exist_ok=True); put(mine + "/theirs/inner/file")
for path in ("/theirs/inner/file", "/theirs/inner", "/theirs"): tried(lambda: os.chown(mine + path, 1234, 1234))
print("ran", flush=True)
`);
    try {
      for (const turn of ["first", "second"]) {
        const fought = await fight(attacking(arena, where, `hostile-theirs-${where}`));
        expect(fought, `${turn}: ${JSON.stringify(fought.error)}`).toMatchObject({ status: "successful", stdout: "ran\n" });
        expect(readFileSync(join(arena.dataDir, `artifacts/hostile-theirs-${where}/theirs/inner/file`), "utf8")).toBe("put\n");
      }
    } finally {
      await arena.remove();
    }
  });

  test("leaves regular files and directories of the caller alone among its artifacts, and nothing outside was touched", () => {
    const { arena, found } = battle!;
    expect(Object.entries(found).filter(([, kind]) => !["file 600", "file 700", "directory 700"].includes(kind))).toEqual([]);
    expect(Object.keys(found)).not.toContain(".job");
    expect(arena.canaryState()).toEqual(before);
  });
});
