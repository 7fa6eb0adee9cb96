import { execFile } from "node:child_process";
import { RunnerError } from "@distronode-runner/contract";

/** Runs the engine's own program and returns what it printed. */
export type EngineProgram = (...words: string[]) => Promise<string>;

/** Takes these names from their images. Podman only drops the names; docker removes an image with its last name. Returns how many. */
export async function removeImages(references: readonly string[], executable: string, program: EngineProgram = engineProgram(executable)): Promise<number> {
  let removed = 0;
  for (const reference of references) {
    const listed = await program("images", "--format", "{{.Repository}}:{{.Tag}}", reference);
    for (const name of new Set(listed.split("\n").filter((line) => line !== "" && isMeant(reference, line)))) {
      removed += /(^|\/)podman$/.test(executable) ? await untag(name, program) : (await program("rmi", name, "-f")).split("Untagged:").length - 1;
    }
  }
  return removed;
}

/** Podman lists every name that a found image has, also those that nobody asked about. An id or digest means all names of its image. */
function isMeant(reference: string, name: string): boolean {
  if (/@sha256:|^(sha256:)?[\da-f]{12,64}$/.test(reference)) return true;
  const wanted = reference.replace(/[.+^$(){}|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
  const tag = /:[^/:]+$/.test(reference) ? "" : "(:[^/:]+)?";
  return new RegExp(`^(.*/)?${wanted}${tag}$`).test(name);
}

export async function pruneImages(executable: string, program: EngineProgram = engineProgram(executable)): Promise<boolean> {
  const said = await program("image", "prune", "-f");
  return said !== "" && said !== "Total reclaimed space: 0B";
}

/** The name stands there twice: with the image alone podman would take away every name it has. */
async function untag(name: string, program: EngineProgram): Promise<number> {
  return program("untag", name, name).then((said) => (said === "" ? 1 : 0), () => 0);
}

function engineProgram(executable: string): EngineProgram {
  return (...words) =>
    new Promise((resolve, reject) => {
      execFile(executable, words, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout.trim());
        else if ((error as NodeJS.ErrnoException).code === "ENOENT") reject(new RunnerError("ENGINE_NOT_FOUND", `${executable} was not found.`, { hint: "Name the engine's program with --process-isolation-executable.", cause: error }));
        else reject(new RunnerError("ENGINE_FAILED", `This command failed: ${[executable, ...words].join(" ")}`, { problems: `${stdout}${stderr}`.trim().split("\n").slice(-20), cause: error }));
      });
    });
}
