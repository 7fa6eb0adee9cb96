import { ensureImage } from "../image/ensure-image.ts";
import type { Recipe } from "../image/recipe.ts";
import { ensurePackages } from "./apt.ts";
import type { Cleanup } from "./cleanup.ts";
import { command } from "./command.ts";
import { containersConf } from "./containers-conf.ts";
import { findProgram } from "./find-program.ts";
import { lookAtMachine } from "./machine.ts";
import { ordinaryUser, type OrdinaryUser } from "./ordinary-user.ts";
import { Unavailable } from "./unavailable.ts";

/** A user of this run whose podman has run a container of the image. Podman is there, and the caller is root. */
export async function ensureRootlessPodman(image: Recipe, cleanup: Cleanup, say: (line: string) => void): Promise<OrdinaryUser> {
  if (findProgram("newuidmap") === undefined || findProgram("slirp4netns") === undefined) await ensurePackages({ packages: ["uidmap", "slirp4netns"], reason: "podman without root" }, say);
  const user = await ordinaryUser(cleanup, say);
  // Without these words podman copies whole images for each container.
  await write(user, "storage.conf", '[storage]\ndriver = "overlay"\n');
  if ((await command(user.as(["podman", "info"]), { timeoutSeconds: 60 })).code !== 0) await write(user, "storage.conf", "");
  await ensureImage(image, ["podman"], say, user.as);
  const first = await probe(user, image);
  if (first === undefined) return user;
  // No session of the user's is here, whatever runs the machine.
  await write(user, "containers.conf", containersConf({ ...(await lookAtMachine()), systemd: false }));
  const second = await probe(user, image);
  if (second !== undefined) throw new Unavailable(`podman could not run a container without root:\n${first}\nand with settings for this machine:\n${second}`);
  return user;
}

async function probe(user: OrdinaryUser, image: Recipe): Promise<string | undefined> {
  const ended = await command(user.as(["podman", "run", "--rm", image.reference, "true"]), { timeoutSeconds: 60 });
  return ended.code === 0 ? undefined : ended.stderr.trim() || `exit code ${ended.code}`;
}

const write = (user: OrdinaryUser, name: string, text: string): Promise<unknown> =>
  command(user.as(["sh", "-c", 'mkdir -p "$HOME/.config/containers" && printf %s "$2" > "$HOME/.config/containers/$1"', "sh", name, text]));
