import { dirname, join } from "node:path";
import { peer } from "../peer.ts";
import { ROOT } from "../repository.ts";
import type { Run } from "./measure.ts";
import { toolPath, type Place, type Workload } from "./workloads.ts";

export const names = ["bare", "ours", "peer"] as const;
export type Name = (typeof names)[number];
export type Contenders = Readonly<Partial<Record<Name, Run>>>;

/** The command line as users get it: the bundle, started by its own first line. */
export const ourProgram: readonly string[] = [join(ROOT, "apps/cli/bin/run.js")];

/** The same job three times: by the tool alone (in a container: by the engine's own command line), by us, by the peer. */
export function contenders(work: Workload, place: Place, image: string): Required<Contenders> {
  const root = place === "host" ? work.dataDir : "/runner";
  const tool = ["ansible-playbook", "-i", `${root}/inventory`, ...work.words, work.playbook];
  const isolation = place === "host" ? [] : ["--process-isolation", "--process-isolation-executable", place, "--container-image", image];
  const job = ["run", work.dataDir, "-p", work.playbook, ...work.words, ...isolation];
  // Ours finds this Node first.
  const env = { PATH: `${work.dataDir}/project/bin:${dirname(process.execPath)}:${toolPath(work.dataDir)}:${process.env["PATH"]}` };
  const bare: Run =
    place === "host"
      ? { argv: tool, cwd: join(work.dataDir, "project"), env }
      : { argv: [place, "run", "--rm", "--interactive", "--env", `PATH=${toolPath(root)}`, "--volume", `${work.dataDir}:/runner`, "--workdir", "/runner/project", image, ...tool] };
  return { bare, ours: { argv: [...ourProgram, ...job], env }, peer: { argv: [peer, ...job], env } };
}

/** So many of a command at once. */
export const atOnce = (count: number, run: Run): Run => ({ ...run, argv: ["/bin/sh", "-c", `n=0; while [ $n -lt ${count} ]; do "$@" & n=$((n+1)); done; wait`, "sh", ...run.argv] });
