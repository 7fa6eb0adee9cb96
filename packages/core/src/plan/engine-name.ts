import { basename } from "node:path";

/** The engine that `process_isolation_executable` asks for: by its name, or by the path of its client (`/usr/bin/docker`), which is not used itself. */
export function engineName(asked: string | undefined): string {
  return asked === undefined ? "podman" : asked.includes("/") ? basename(asked) : asked;
}
