import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Asks an engine through its own command line: a second opinion that shares no code with ours. */
export async function engineCli(engine: string, ...argv: string[]): Promise<string> {
  const { stdout } = await run(engine, argv, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Names of all containers with our label whose job has this ident, in any state. */
export async function containersOf(engine: string, ident: string): Promise<readonly string[]> {
  const names = await engineCli(engine, "ps", "--all", "--filter", `label=org.distronode.runner.ident=${ident}`, "--format", "{{.Names}}");
  return names.split("\n").filter((name) => name !== "");
}
