import { isAbsolute, join, normalize, resolve } from "node:path";
import { RunnerError, type Mount } from "@distronode-runner/contract";
import type { Probe } from "../data-dir/snapshot.ts";
import { leftBy, type Writable } from "./writable.ts";

export interface MountContext {
  readonly probe: Probe;
  readonly cwd: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly writable: Writable;
  /** Against which relative targets are resolved. */
  readonly workdir: string;
}

const refused = new Set(["/", "/home", "/usr"]);
const labels = new Set(["ro", "rw", "z", "Z", "O"]);

/** `SOURCE:TARGET[:LABELS]` as `--container-volume-mount` and `container_volume_mounts` have it. `origin` is for messages. */
export function parseMount(text: string, origin: string, context: MountContext): Mount {
  const [written = "", target, marks = "", ...rest] = text.split(":");
  if (written === "" || target === undefined || target === "" || rest.length > 0) {
    throw refuse(text, origin, "is not of the form SOURCE:TARGET[:LABELS]", "For example /etc/pki:/etc/pki:ro");
  }
  const words = marks.split(",").filter((word) => word !== "");
  const unknown = words.find((word) => !labels.has(word));
  if (unknown !== undefined) throw refuse(text, origin, `has the label ${JSON.stringify(unknown)}, which is not known`, "Labels are ro, rw, Z, z and O, joined by commas.");
  const source = resolve(context.cwd, expand(written, context));
  const place = normalize(isAbsolute(target) ? target : join(context.workdir, target));
  for (const path of [source, place.replace(/(.)\/$/, "$1")]) {
    if (refused.has(path)) throw refuse(text, origin, `would mount ${path}`, "/, /home and /usr are never mounted; name a directory below.");
  }
  if (context.probe(source) === "missing") throw refuse(text, origin, `names ${source}, which does not exist`, "Create it first, or correct the path.");
  refuseLinks(source, text, origin, context);
  return {
    source,
    target: place.replace(/(.)\/$/, "$1"),
    readOnly: words.includes("ro"),
    relabel: words.includes("Z") ? "private" : words.includes("z") ? "shared" : "none",
    ...(words.includes("O") ? { overlay: true } : {}),
  };
}

/** `~` and `$NAME` or `${NAME}`, as the peer expands them; an unset variable stays as written. */
function expand(path: string, context: MountContext): string {
  const home = path === "~" || path.startsWith("~/") ? context.home + path.slice(1) : path;
  return home.replaceAll(/\$(?:(\w+)|\{([^}]+)\})/g, (whole, plain: string | undefined, braced: string | undefined) => context.environment[plain ?? braced ?? ""] ?? whole);
}

/** A job may have put a link into what it can write to; where that leads is not what was meant to be shown. */
function refuseLinks(source: string, text: string, origin: string, { writable }: MountContext): void {
  const directory = leftBy(source, writable);
  if (directory === undefined) return;
  throw refuse(text, origin, `leads out of ${directory} by a link`, "Jobs can write there, so such a link is not followed. Name the place itself.");
}

function refuse(text: string, origin: string, fault: string, hint: string): RunnerError {
  return new RunnerError("MOUNT_REFUSED", `The volume mount ${JSON.stringify(text)} ${fault}.`, { location: { key: origin }, hint });
}
