import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Prepared } from "./cases.ts";
import { contenders, ourProgram } from "./contenders.ts";
import { waiting, type Place } from "./workloads.ts";

/** Time for what the orphaned job still does by itself. */
const alone = 3000;

/** `attach` to a job whose runner was killed in the middle and whose tool has ended since: to the last byte and the final status. */
export async function reattach(place: Place, image: string): Promise<Prepared> {
  const work = await waiting();
  const ident = `bench-reattach-${place}`;
  const { ours } = contenders(work, place, image);
  const env = { ...ours.env, DISTRONODE_RUNNER_RUNTIME_DIR: join(work.dataDir, "run") };
  const go = join(work.dataDir, "project/go");
  const before = async (): Promise<void> => {
    await rm(go, { force: true });
    const [program, ...words] = ours.argv;
    const child = spawn(program!, [...words, "--ident", ident], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
    const gone = once(child, "close");
    for await (const text of child.stdout.setEncoding("utf8") as AsyncIterable<string>) if (text.includes("TASK [Wait]")) break;
    child.kill("SIGKILL");
    await gone;
    await writeFile(go, "");
    await sleep(alone);
  };
  return { directory: work.dataDir, contenders: { ours: { argv: [...ourProgram, "attach", ident], env, before } } };
}
