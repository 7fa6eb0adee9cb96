import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { endShims, shellJob, start } from "./shim-process.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let project = "";

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "shim-mirror-"));
});

afterEach(async () => {
  await endShims();
  rmSync(project, { recursive: true, force: true });
});

describe("the directory of a job", () => {
  test("holds files of the modes that were asked for, whatever the umask", async () => {
    const files = { run: { text: "#!/bin/sh\necho ran", mode: 0o755 }, "a/read": { base64: "eA==", mode: 0o440 }, plain: { text: "" } };
    const shim = start(shellJob("cd @JOB_DIR@; stat -c '%a %n' run a/read plain; cat a/read; sh ./run", { files }));
    await shim.frame("end");
    expect(shim.output().toString()).toBe("755 run\n440 a/read\n600 plain\nxran\n");
  });

  test("holds a mirror of another one, with files added and files replaced at any depth, and the other one stays as it was", async () => {
    mkdirSync(join(project, "group_vars/all"), { recursive: true });
    mkdirSync(join(project, "roles/deep"), { recursive: true });
    writeFileSync(join(project, "site.yml"), "site");
    writeFileSync(join(project, "ansible.cfg"), "theirs");
    writeFileSync(join(project, ".hidden"), "");
    writeFileSync(join(project, "group_vars/all/a.yml"), "a");
    writeFileSync(join(project, "group_vars/web.yml"), "web");
    symlinkSync("nowhere", join(project, "dangling"));
    const script = "cd @JOB_DIR@/project; ls -A; cat site.yml ansible.cfg group_vars/all/a.yml group_vars/all/b.yml group_vars/web.yml; readlink roles group_vars || echo; test -L group_vars || echo real";
    const shim = start(
      shellJob(script, {
        env: { LC_ALL: "C" },
        mirrors: { project },
        files: { "project/ansible.cfg": { text: "[ours]" }, "project/group_vars/all/b.yml": { text: "[b]" }, "project/new/er": { text: "" } },
      }),
    );
    await shim.frame("end");
    const [names, rest] = [shim.output().toString().split("\n").slice(0, 7), shim.output().toString().split("\n").slice(7)];
    expect(names).toEqual([".hidden", "ansible.cfg", "dangling", "group_vars", "new", "roles", "site.yml"]);
    expect(rest.slice(0, 2)).toEqual([`site[ours]a[b]web${join(project, "roles")}`, ""]);
    expect(rest).toContain("real");
    expect(readFileSync(join(project, "ansible.cfg"), "utf8")).toBe("theirs");
    expect(readFileSync(join(project, "site.yml"), "utf8")).toBe("site");
  });

  test("gives back what was made or replaced beside a play that was given as data, and nothing else", async () => {
    mkdirSync(join(project, "roles"));
    writeFileSync(join(project, "kept"), "kept");
    writeFileSync(join(project, "replaced"), "old");
    const script = "cd @JOB_DIR@/project && echo new > made && mkdir -p deep/er && echo x > deep/er/file && echo new > temporary && mv temporary replaced && echo r > roles/r && ln -s nowhere link";
    const shim = start(shellJob(script, { mirrors: { project, other: project }, files: { "project/play.json": { text: "[]" }, "other/more": { text: "" } } }));
    await shim.frame("end");
    expect(readdirSync(project).sort()).toEqual(["deep", "kept", "link", "made", "replaced", "roles"]);
    expect(["made", "deep/er/file", "replaced", "roles/r", "kept"].map((name) => readFileSync(join(project, name), "utf8"))).toEqual(["new\n", "x\n", "new\n", "r\n", "kept"]);
  });

  test("is no home: one that cannot be written is shown in another, on a disk, from where programs can be started, and which goes with the job", async () => {
    mkdirSync(join(project, ".ansible/collections"), { recursive: true });
    mkdirSync(join(project, ".ansible/tmp"));
    writeFileSync(join(project, ".ansible/collections/c"), "collection");
    writeFileSync(join(project, ".netrc"), "netrc");
    // Root may write everywhere but where nothing is.
    const home = process.getuid?.() === 0 ? "/no/such/home" : project;
    chmodSync(project, 0o500);
    const script = 'echo "$HOME"; cat "$HOME/.ansible/collections/c" "$HOME/.netrc" 2>/dev/null; mkdir -p "$HOME/.ansible/tmp" && printf "#!/bin/sh\necho started" > "$HOME/.ansible/tmp/p" && chmod +x "$HOME/.ansible/tmp/p" && "$HOME/.ansible/tmp/p"';
    const shim = start(shellJob(script, { env: { HOME: home } }));
    await shim.frame("end");
    chmodSync(project, 0o700);
    const [place, ...said] = shim.output().toString().trim().split("\n");
    expect(place).not.toMatch(/^\/dev\/shm/);
    expect(said.join("\n")).toBe(home === project ? "collectionnetrcstarted" : "started");
    expect(existsSync(place!)).toBe(false);
    expect(readdirSync(join(project, ".ansible/tmp"))).toEqual([]);
  });

  test("holds an empty directory for a mirror of what does not exist, and a mirror in a mirror", async () => {
    mkdirSync(join(project, "roles"));
    writeFileSync(join(project, "x"), "");
    const shim = start(shellJob("cd @JOB_DIR@; ls -A none; find m/ | sort", { env: { LC_ALL: "C" }, mirrors: { none: "/no/such/place", "m/roles": join(project, "x/../.."), m: project }, files: { "m/roles/f": { text: "" } } }));
    await shim.frame("end");
    const lines = shim.output().toString().split("\n");
    expect(lines.slice(0, 2)).toEqual(["m/", "m/roles"]);
    expect(lines).toContain("m/roles/f");
    expect(lines).toContain("m/x");
  });
});
