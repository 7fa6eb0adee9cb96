import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { defineEngine, engineContract, type EnginePlugin, type Host } from "@distronode-runner/contract";
import { hostInfo } from "../host-info.ts";
import { ProcessEngine } from "../process-engine.ts";

export interface SandboxSettings {
  /** `bwrap`, or the path of a program that takes its arguments. Default `bwrap`. */
  readonly executable?: string;
}

const defaultExecutable = "bwrap";

/** Jobs as processes of this machine that see only a part of it, by bubblewrap. */
export const sandboxEngine: EnginePlugin<SandboxSettings> = defineEngine<SandboxSettings>({
  contract: engineContract,
  name: "bwrap",
  settingsSchema: { type: "object", properties: { executable: { type: "string" } }, additionalProperties: false },
  async detect({ executable = defaultExecutable }, host) {
    const version = await versionOf(executable, host);
    if (version !== undefined) return { usable: true, info: { ...hostInfo("bwrap", host), version } };
    return { usable: false, reason: `${executable} was not found, or can not be executed.`, hint: "Install bubblewrap (Debian and Fedora call the package so), or run the job in a container or on this host." };
  },
  open: ({ executable = defaultExecutable }, host) => Promise.resolve(new ProcessEngine(hostInfo("bwrap", host), host, executable)),
});

/** Empty for a program that is there and does not say; nothing if there is none. */
async function versionOf(executable: string, host: Host): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(executable, ["--version"], { env: host.environment, timeout: 5000 });
    return /\d[\w.]*/.exec(stdout)?.[0] ?? "";
  } catch (error) {
    return ["ENOENT", "EACCES", "ENOEXEC"].includes(String((error as NodeJS.ErrnoException).code)) ? undefined : "";
  }
}
