import { mkdir, mkdtemp, readdir, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sandboxArguments } from "../src/sandbox/arguments.ts";
import { prepareSandbox } from "../src/sandbox/prepare.ts";

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "sandbox-")));
  await mkdir(join(root, "data"));
  await mkdir(join(root, "secret"));
  await writeFile(join(root, "key"), "k");
});
afterEach(() => rm(root, { recursive: true, force: true }));

const nothing = { hide: [], readOnly: [], show: [], mounts: [], stagingDir: "/nonexistent" };

test("bubblewrap is called with the peer's arguments, in its order, but with devices and a /dev/shm of the job's own, and the boundary over everything [BWR-01]", () => {
  const argv = sandboxArguments({ hidden: new Map([["/h", "/stage/0"]]), readOnly: ["/r"], shown: ["/data"], mounts: [{ source: "/own", target: "/data", readOnly: false }, { source: "/env", target: "/data/env", readOnly: true }], workdir: "/data/project", root: false });
  expect(argv.join(" ")).toBe(
    "--die-with-parent --unshare-pid --dev /dev --tmpfs /dev/shm --proc /proc --dir /tmp " +
      "--ro-bind /bin /bin --ro-bind /etc /etc --ro-bind /usr /usr --ro-bind /opt /opt --symlink usr/lib /lib --symlink usr/lib64 /lib64 " +
      "--bind /stage/0 /h --ro-bind /r /r --bind /data /data --bind /own /data --ro-bind /env /data/env --chdir /data/project",
  );
});

test("root in a sandbox has the capabilities of root in a container, none that undoes a mount or makes a device", () => {
  const argv = sandboxArguments({ hidden: new Map(), readOnly: [], shown: [], mounts: [], root: true }).join(" ");
  expect(argv).toContain("--cap-drop ALL --cap-add CAP_CHOWN");
  for (const name of ["SYS_ADMIN", "MKNOD", "SYS_PTRACE", "DAC_READ_SEARCH", "SYS_MODULE", "SYS_RAWIO"]) expect(argv).not.toContain(name);
});

test("hidden, read-only and shown paths are sorted, without doubles, with links resolved [BWR-02]", async () => {
  await symlink(join(root, "data"), join(root, "link"));
  const prepared = await prepareSandbox({ ...nothing, readOnly: [join(root, "secret"), join(root, "key"), join(root, "secret")], show: [join(root, "link"), join(root, "data")] });
  const binds = prepared.arguments.slice(prepared.arguments.indexOf("/lib64") + 1);
  const [data, key, secret] = ["data", "key", "secret"].map((name) => join(root, name));
  expect(binds).toEqual(["--ro-bind", key, key, "--ro-bind", secret, secret, "--bind", data, data]);
});

test("an empty directory or file stands for what is hidden, in a staging directory that only the caller can enter and that is removed [BWR-02] [BWR-04]", async () => {
  const prepared = await prepareSandbox({ ...nothing, hide: [join(root, "secret"), join(root, "key")], stagingDir: root });
  const staging = (await readdir(root)).find((name) => name.startsWith("distronode_runner_pi_"))!;
  const mode = async (...path: string[]): Promise<string> => ((await stat(join(root, staging, ...path))).mode & 0o777).toString(8);
  expect(await mode()).toBe("700");
  const binds = prepared.arguments.slice(prepared.arguments.indexOf("/lib64") + 1);
  expect(binds).toEqual(["--bind", join(root, staging, "0"), join(root, "key"), "--bind", join(root, staging, "1"), join(root, "secret")]);
  expect([await mode("0"), (await stat(join(root, staging, "0"))).size, await mode("1"), await readdir(join(root, staging, "1"))]).toEqual(["600", 0, "700", []]);
  await prepared.release();
  expect((await readdir(root)).sort()).toEqual(["data", "key", "secret"]);
});

test("paths that do not exist are left out, and said; so is what is shown again by a directory around it [BWR-02]", async () => {
  const prepared = await prepareSandbox({ ...nothing, hide: [join(root, "data", "inner"), join(root, "secret")], readOnly: [join(root, "no")], show: [root], stagingDir: root });
  expect(prepared.warnings).toEqual([
    `The path ${join(root, "data", "inner")} does not exist and is left out of the sandbox.`,
    `The path ${join(root, "no")} does not exist and is left out of the sandbox.`,
    `The hidden path ${join(root, "secret")} is shown all the same: it lies in ${root}, which is shown.`,
  ]);
  await prepared.release();
});

test("a staging directory that can not be made is refused by name", async () => {
  await expect(prepareSandbox({ ...nothing, hide: [root] })).rejects.toMatchObject({ code: "SETTINGS_INVALID", message: expect.stringContaining("/nonexistent"), location: { key: "process_isolation_path" } });
});
