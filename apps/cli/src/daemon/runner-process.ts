import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename } from "node:path";

/** The hidden command that a detached job runs as; the word before the directory in its command line. */
export const daemonCommand = "daemon";

/** Whether a process is the runner of a job that was started detached in this directory. A process that merely exists is not enough: ids are used again. */
export function isRunnerOf(dataDir: string, pid: number): boolean {
  return isRunnerCommandLine(commandLine(pid), realPath(dataDir));
}

/** Also true for a job that `ansible-runner start` runs there. Its directory may be written relative to anywhere, so its name has to do. */
export function isRunnerCommandLine(words: readonly string[], dataDir: string): boolean {
  const ours = words.some((word, index) => word === daemonCommand && words[index + 1] === dataDir);
  const peer = words.findIndex((word) => basename(word) === "ansible-runner" || word === "ansible_runner");
  return ours || (peer !== -1 && words.slice(peer).includes("start") && words.slice(peer).some((word) => basename(word) === basename(dataDir)));
}

/** The path by which a directory is known, however it was spelled. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Empty for a process that has ended. */
function commandLine(pid: number): readonly string[] {
  try {
    if (existsSync("/proc/self/cmdline")) return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return execFileSync("ps", ["-ww", "-o", "args=", "-p", String(pid)], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim().split(" ");
  } catch {
    return [];
  }
}
