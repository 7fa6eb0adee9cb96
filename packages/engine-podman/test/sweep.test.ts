import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sweep } from "../src/sweep.ts";

test("of directories that services left, those go that are old and where nobody listens", async () => {
  const parent = await mkdtemp(join(tmpdir(), "sweep-"));
  const server = createServer();
  try {
    for (const name of ["dead", "alive", "young", "own"]) await mkdir(join(parent, `distronode-runner-podman-${name}`));
    await mkdir(join(parent, "somebody-elses"));
    await writeFile(join(parent, "distronode-runner-podman-dead/log"), "");
    await new Promise<void>((resolve) => server.listen(join(parent, "distronode-runner-podman-alive/podman.sock"), resolve));
    for (const name of ["dead", "alive", "own"]) await utimes(join(parent, `distronode-runner-podman-${name}`), 0, 0);
    await sweep(parent, "distronode-runner-podman-own");
    expect((await readdir(parent)).sort()).toEqual(["distronode-runner-podman-alive", "distronode-runner-podman-own", "distronode-runner-podman-young", "somebody-elses"]);
  } finally {
    server.close();
    await rm(parent, { recursive: true, force: true });
  }
});
