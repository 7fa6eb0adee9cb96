import { hostname } from "node:os";
import { command } from "./command.ts";

const label = "org.distronode.runner";

export interface JobContainer {
  readonly id: string;
  readonly name: string;
  /** `host:pid` of the process that started the job. */
  readonly owner: string;
}

/** All containers of jobs in an engine, in any state. `as` turns a command into another user's. */
export async function jobContainers(engine: string, as: (words: readonly string[]) => readonly string[] = (words) => words): Promise<readonly JobContainer[]> {
  const listed = await command(as([engine, "ps", "--all", "--no-trunc", "--filter", `label=${label}.job`, "--format", `{{.ID}} {{.Names}}`]));
  if (listed.code !== 0) throw new Error(`${engine} could not list containers: ${listed.stderr.trim()}`);
  const rows = listed.stdout.split("\n").filter((line) => line !== "").map((line) => line.split(" "));
  return Promise.all(rows.map(async ([id = "", name = ""]) => ({ id, name, owner: await ownerOf(as([engine, "inspect", "--format", `{{index .Config.Labels "${label}.owner"}}`, id])) })));
}

async function ownerOf(argv: readonly string[]): Promise<string> {
  const { stdout } = await command(argv);
  return stdout.trim();
}

/** Somebody on this machine is running a job of their own while the tests run: not ours to judge. */
export function ownerLives({ owner }: JobContainer): boolean {
  const colon = owner.lastIndexOf(":");
  if (owner.slice(0, colon) !== hostname()) return false;
  try {
    process.kill(Number(owner.slice(colon + 1)), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
