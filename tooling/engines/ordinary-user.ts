import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "../repository.ts";
import type { Cleanup } from "./cleanup.ts";
import { command } from "./command.ts";
import { Unavailable } from "./unavailable.ts";

const name = "distronode-test";
const comment = "tests of Distronode Runner";
const tun = "/dev/net/tun";

/** A user of this machine without any rights, for as long as the tests run. */
export interface OrdinaryUser {
  /** Of this run, and the user's: for what has to get out. */
  readonly directory: string;
  /**
   * The words that run these words as the user: in the checkout, with a clean environment and these variables. The checkout is seen at a place of its own,
   * because it may lie where the user may not go.
   */
  readonly as: (words: readonly string[], environment?: Readonly<Record<string, string>>) => readonly string[];
  /** Our Node, for `as`. */
  readonly node: string;
}

/** Makes the user, which only root can; the cleanup removes it with all it had. */
export async function ordinaryUser(cleanup: Cleanup, say: (line: string) => void): Promise<OrdinaryUser> {
  await forget(); // what a run that was killed has left
  say(`making the user ${name} for this run`);
  cleanup.add(`remove the user ${name}`, forget);
  await must(["useradd", "--create-home", "--shell", "/bin/sh", "--comment", comment, name]);
  const { home } = await lookUp();
  if (!readFileSync("/etc/subuid", { encoding: "utf8", flag: "a+" }).includes(`${name}:`)) {
    const range = nextRange();
    await must(["usermod", "--add-subuids", range, "--add-subgids", range, name]);
  }
  openTun(cleanup);

  // Short, because the paths of sockets inside may not exceed 107 characters.
  const directory = mkdtempSync(join(tmpdir(), "user-"));
  cleanup.add(`remove ${directory}`, async () => rmSync(directory, { recursive: true, force: true }));
  const [bin, checkout, runtime] = ["bin", "checkout", "run"].map((part) => join(directory, part)) as [string, string, string];
  for (const path of [bin, checkout, runtime]) mkdirSync(path);
  chmodSync(directory, 0o755);
  chmodSync(runtime, 0o700);
  const node = join(bin, "node");
  copyFileSync(process.execPath, node);
  await must(["chown", name, runtime]);

  const variables = { HOME: home, USER: name, LOGNAME: name, XDG_RUNTIME_DIR: runtime, PATH: [bin, "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter), LANG: "C.UTF-8" };
  const become = ["unshare", "--mount", "sh", "-c", 'mount --bind "$1" "$2" && shift 2 && exec "$@"', "sh", ROOT, checkout, "setpriv", "--reuid", name, "--regid", name, "--init-groups"];
  return {
    directory: runtime,
    node,
    as: (words, environment = {}) => [
      ...become, "env", "--ignore-environment", `--chdir=${checkout}`, ...Object.entries({ ...variables, ...environment }).map(([key, value]) => `${key}=${value}`), ...words,
    ],
  };
}

async function lookUp(): Promise<{ readonly uid: number; readonly home: string }> {
  const fields = (await must(["getent", "passwd", name])).split(":");
  return { uid: Number(fields[2]), home: fields[5]! };
}

/** Ends what the user runs and removes the account with its home and its ranges; only one that an earlier line here has made. */
async function forget(): Promise<void> {
  const known = await command(["getent", "passwd", name]);
  if (known.code !== 0) return;
  if (!known.stdout.includes(`:${comment}:`)) throw new Unavailable(`The user ${name} is somebody's and not of these tests.`);
  const { uid } = await lookUp();
  for (let tries = 0; tries < 50 && processesOf(uid).length > 0; tries += 1, await sleep(100)) {
    for (const pid of processesOf(uid)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has just gone.
      }
    }
  }
  // Also when one of its dead has not been collected yet.
  await must(["userdel", "--force", "--remove", name], [0, 12]);
}

/** The living ones. */
function processesOf(uid: number): readonly number[] {
  return readdirSync("/proc").filter((entry) => /^\d+$/.test(entry)).map(Number).filter((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      return new RegExp(`^Uid:\\t${uid}\\t`, "m").test(status) && !/^State:\tZ/m.test(status);
    } catch {
      return false;
    }
  });
}

/** 65536 ids that nobody has. */
function nextRange(): string {
  const ends = ["/etc/subuid", "/etc/subgid"].flatMap((path) => readFileSync(path, { encoding: "utf8", flag: "a+" }).split("\n")).map((line) => {
    const [, first, count] = line.split(":").map(Number);
    return (first ?? 0) + (count ?? 0);
  });
  const first = Math.max(100_000, ...ends.filter(Number.isFinite));
  return `${first}-${first + 65_535}`;
}

/** Networks of users need it. With udev it is everybody's; without it is root's. */
function openTun(cleanup: Cleanup): void {
  const mode = statSync(tun, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || (mode & 0o006) === 0o006) return;
  chmodSync(tun, 0o666);
  cleanup.add(`give ${tun} its mode back`, async () => chmodSync(tun, mode & 0o777));
}

async function must(argv: readonly string[], allowed: readonly number[] = [0]): Promise<string> {
  const ended = await command(argv);
  if (!allowed.includes(ended.code)) throw new Unavailable(`${argv.join(" ")} failed:\n${ended.stderr.trim()}`);
  return ended.stdout.trim();
}
