import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli, startCli, type Finished, type Started } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { image, type Execution } from "../scenarios/executions.ts";

/** What must not be found anywhere afterwards but where it was put. */
export const secret = "kn0wn-0nly-t0-the-j0b";

/** A job of about three seconds, with output of its own, events, a large result and a secret that it prints. */
const playbook = [
  "- hosts: localhost",
  "  gather_facts: false",
  "  tasks:",
  "    - {name: Few, debug: {msg: 'item {{ item }}'}, loop: '{{ range(10) | list }}'}",
  "    - {name: Secret, debug: {msg: 'it is {{ api_password }}'}}",
  "    - {name: Large, debug: {msg: \"{{ 'x' * 200000 }}\"}}",
  "    - {name: Pause, command: sleep 0.7}",
  "    - {name: Many, debug: {msg: 'item {{ item }}'}, loop: '{{ range(60) | list }}'}",
  "    - {name: Last, command: 'sh -c \"seq 200; sleep 0.5\"'}",
].join("\n");

/** A private data directory and a runtime directory, for any number of jobs. */
export class Workbench {
  readonly dataDir: string;
  readonly runtimeDir: string;

  private constructor(dataDir: string, runtimeDir: string) {
    this.dataDir = dataDir;
    this.runtimeDir = runtimeDir;
  }

  static async make(ownerGone: "continue" | "cancel"): Promise<Workbench> {
    const dataDir = await makeDataDir({ "project/site.yml": playbook, "env/extravars": `api_password: ${secret}\n`, "env/settings": `cancel_grace: 2\nowner_gone: ${ownerGone}\n` });
    return new Workbench(dataDir, await mkdtemp(join(tmpdir(), "distronode-faults-")));
  }

  artifacts(ident: string): string {
    return join(this.dataDir, "artifacts", ident);
  }

  start(ident: string, execution: Execution): Started {
    const where = execution === "host" ? [] : ["--process-isolation", "--process-isolation-executable", execution, "--container-image", image];
    return startCli(["run", this.dataDir, "-p", "site.yml", "-i", ident, ...where], this.environment);
  }

  run(...words: string[]): Promise<Finished> {
    return runCli(words, this.environment);
  }

  get environment(): Record<string, string> {
    return { DISTRONODE_RUNNER_RUNTIME_DIR: this.runtimeDir };
  }

  async remove(): Promise<void> {
    await rm(this.dataDir, { recursive: true, force: true });
    await rm(this.runtimeDir, { recursive: true, force: true });
  }
}
