import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { endShims, shellJob, start } from "./shim-process.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let home = "";
let project = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "shim-home-"));
  project = mkdtempSync(join(tmpdir(), "shim-project-"));
});
afterEach(async () => {
  await endShims();
  for (const path of [home, project]) rmSync(path, { recursive: true, force: true });
});

/** What a tool of a name gets to see of variables that add to its configuration; `image`: what it would start with anyway. */
async function seen(image: Record<string, string> = {}, tool = "ansible-playbook"): Promise<Record<string, string>> {
  const bin = join(home, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, tool), "#!/bin/sh\nenv | grep -E '^(ANSIBLE|DISTRONODE)_(CALLBACK_PLUGINS|ROLES_PATH|HOST_KEY_CHECKING)='\n");
  chmodSync(join(bin, tool), 0o755);
  const env = { ANSIBLE_CALLBACK_PLUGINS: "@CONFIGURED@:@JOB_DIR@/callback", ANSIBLE_ROLES_PATH: "/mine:@CONFIGURED@", ANSIBLE_HOST_KEY_CHECKING: "@CONFIGURED@", HOME: home, PATH: `${bin}:/usr/bin:/bin` };
  const shim = start(shellJob("", { argv: [tool], env, cwd: project, inheritEnvironment: true }), { PATH: "/usr/bin:/bin", ...image });
  await shim.frame("end");
  const { jobDir } = (await shim.frame("ready")).data;
  return Object.fromEntries(shim.output().toString().trim().split("\n").map((line) => line.replaceAll(jobDir, "JOB").replaceAll(project, "PROJECT").split("=") as [string, string]));
}

describe("a variable that adds to the tool's configuration takes nothing away", () => {
  test("of its defaults", async () => {
    expect(await seen()).toEqual({
      ANSIBLE_CALLBACK_PLUGINS: "~/.ansible/plugins/callback:/usr/share/ansible/plugins/callback:JOB/callback",
      ANSIBLE_ROLES_PATH: "/mine:~/.ansible/roles:/usr/share/ansible/roles:/etc/ansible/roles",
      ANSIBLE_HOST_KEY_CHECKING: "False",
    });
  });

  test("of ansible.cfg beside the playbook, whose relative paths start there", async () => {
    writeFileSync(join(project, "ansible.cfg"), "# x\n[other]\nroles_path = /wrong\n[defaults]\nCallback_Plugins: ./plugins/cb:/abs ; a remark\nroles_path = roles:\n    ~/more\nhost_key_checking=True\n");
    expect(await seen()).toEqual({ ANSIBLE_CALLBACK_PLUGINS: "PROJECT/./plugins/cb:/abs:JOB/callback", ANSIBLE_ROLES_PATH: "/mine:PROJECT/roles:~/more", ANSIBLE_HOST_KEY_CHECKING: "True" });
  });

  test("of a file in the home directory, of one that ANSIBLE_CONFIG names, and of a home of the tool; others may write to a directory that everybody may write to", async () => {
    writeFileSync(join(home, ".ansible.cfg"), "[defaults]\ncallback_plugins=/from/home\nhome = ~/tool\n");
    writeFileSync(join(project, "ansible.cfg"), "[defaults]\ncallback_plugins=/from/project\n");
    chmodSync(project, 0o777);
    expect(await seen()).toMatchObject({ ANSIBLE_CALLBACK_PLUGINS: "/from/home:JOB/callback", ANSIBLE_ROLES_PATH: "/mine:~/tool/roles:/usr/share/ansible/roles:/etc/ansible/roles" });
    mkdirSync(join(home, "named"));
    writeFileSync(join(home, "named/ansible.cfg"), "[defaults]\nroles_path=here\n");
    expect(await seen({ ANSIBLE_CONFIG: join(home, "named"), ANSIBLE_HOME: "/h" })).toMatchObject({ ANSIBLE_CALLBACK_PLUGINS: "/h/plugins/callback:/usr/share/ansible/plugins/callback:JOB/callback", ANSIBLE_ROLES_PATH: `/mine:${join(home, "named/here")}` });
  });

  test("of the image", async () => {
    expect(await seen({ ANSIBLE_CALLBACK_PLUGINS: "/image/cb", ANSIBLE_ROLES_PATH: "/image/roles", ANSIBLE_HOST_KEY_CHECKING: "yes" })).toEqual({ ANSIBLE_CALLBACK_PLUGINS: "/image/cb:JOB/callback", ANSIBLE_ROLES_PATH: "/mine:/image/roles", ANSIBLE_HOST_KEY_CHECKING: "yes" });
    expect(await seen({ ANSIBLE_CALLBACK_PLUGINS: "" })).toMatchObject({ ANSIBLE_CALLBACK_PLUGINS: "JOB/callback" });
  });

  test("also of a tool that goes by another name", async () => {
    writeFileSync(join(project, "distronode.cfg"), "[defaults]\ncallback_plugins = cb\n");
    expect(await seen({ DISTRONODE_ROLES_PATH: "/image/roles" }, "distronode-playbook")).toMatchObject({ DISTRONODE_CALLBACK_PLUGINS: "PROJECT/cb:JOB/callback", DISTRONODE_ROLES_PATH: "/mine:/image/roles", DISTRONODE_HOST_KEY_CHECKING: "False" });
  });
});
