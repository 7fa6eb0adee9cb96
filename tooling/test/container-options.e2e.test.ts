import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerChoices, ContainerSpec, Engine, Runner } from "@distronode-runner/contract";
import { createStandardRunner, nodeHost, standardParts } from "@distronode-runner/standard";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { engineCli } from "../scenarios/engine-cli.ts";
import { engines, image } from "../scenarios/executions.ts";

// Each option by two ways, the engine's own command line and ours: a container has to see the same.

const cgroup = (...names: string[]): string => names.map((name) => `cat /sys/fs/cgroup/${name} 2>/dev/null`).join("; ");
const memory = cgroup("memory/memory.limit_in_bytes", "memory/memory.memsw.limit_in_bytes", "memory.max", "memory.swap.max");
const mountsOf = (...places: string[]): string => `for place in ${places.join(" ")}; do grep " $place " /proc/mounts | while read -r _ at kind how _; do echo "$at $kind $(echo "$how" | tr , "\\n" | grep -v ^inode | sort | tr "\\n" " ")"; done; done`;
/** On machines with small limits the engines' own ones cannot be set; then they go only together. */
const processes = "--ulimit=nproc=4096:4096";

/** Options -> what the container is asked. */
const cases: readonly (readonly [options: readonly string[], probe: string])[] = [
  // Whatever a command line adds when nothing is asked for.
  [[], `ulimit -a; umask; grep -E "Cap|NoNew|Seccomp:" /proc/self/status; env | grep -v ^HOSTNAME= | sort; id; cat /proc/self/uid_map; date +%Z; ${cgroup("pids/pids.max", "pids.max")}; ${memory}; ls /sys/class/net; df -k /dev/shm | tail -1; ${mountsOf("/proc", "/sys", "/dev", "/dev/pts", "/dev/mqueue", "/sys/fs/cgroup")}; cat /proc/self/oom_score_adj`],
  [["--ulimit=nofile=111:222", processes], "ulimit -Sn; ulimit -Hn"],
  [["--ulimit=nofile=111", "--ulimit=core=0:0", processes], "ulimit -Sn; ulimit -Hn; ulimit -c"],
  [["--ulimit=nofile=1000", processes, "--ulimit=cpu=-1:-1", "--ulimit=fsize=1048576:-1"], "ulimit -t; ulimit -Sf; ulimit -Hf"],
  [["--ulimit=nofile=1000", processes, "--ulimit=stack=4194304"], "ulimit -s"],
  [["--user=1000"], "id -u; id -g; id -G"],
  [["--user=1000:1001"], "id -u; id -g; id -G"],
  [["--user=nobody"], "id"],
  [["--user=1000", "--group-add=27", "--group-add=audio"], "id -G"],
  [["--env=A=b c", "--env=EMPTY="], 'echo "$A/$EMPTY"; env | grep -c EMPTY'],
  [["--memory=64m"], memory],
  [["--cpus=1.5"], cgroup("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us", "cpu.max")],
  [["--pids-limit=50"], cgroup("pids/pids.max", "pids.max")],
  [["--pids-limit=-1"], cgroup("pids/pids.max", "pids.max")],
  [["--cap-add=SYS_PTRACE", "--cap-drop=CHOWN"], "grep Cap /proc/self/status"],
  [["--cap-drop=all"], "grep Cap /proc/self/status"],
  [["--cap-add=sys_time"], "grep Cap /proc/self/status"],
  [["--privileged"], "grep Cap /proc/self/status"],
  [["--security-opt=no-new-privileges"], "grep NoNewPrivs /proc/self/status"],
  [["--security-opt=seccomp=unconfined"], "grep Seccomp: /proc/self/status"],
  [["--security-opt=label=disable"], "echo fine"],
  [["--ipc=host"], "readlink /proc/self/ns/ipc"],
  [["--pid=host"], "readlink /proc/self/ns/pid"],
  [["--network=host"], "readlink /proc/self/ns/net"],
  [["--network=none"], "ls /sys/class/net"],
  [["--userns=host"], "cat /proc/self/uid_map"],
  [["--tmpfs=/t:size=1m,mode=1777"], mountsOf("/t")],
  [["--tmpfs=/t"], mountsOf("/t")],
  [["--shm-size=10m"], "df -k /dev/shm | tail -1"],
  [["--hostname=somebody"], "hostname; cat /etc/hostname"],
  [["--add-host=there:192.0.2.9"], "grep there /etc/hosts"],
  [["--add-host=six:2001:db8::9"], "grep six /etc/hosts"],
  [["--dns=192.0.2.53", "--network=bridge"], "grep 192 /etc/resolv.conf"],
  [["--device=/dev/null:/dev/other:r"], "ls -l /dev/other | cut -c1-10; head -c1 /dev/other && echo read"],
  [["--device=/dev/full"], "ls -l /dev/full | cut -c1-10"],
  [["--read-only"], `touch /here 2>&1; touch /tmp/here /var/tmp/here /run/here /dev/shm/here 2>&1; ${mountsOf("/tmp", "/var/tmp", "/run", "/dev/shm")}`],
  [["--entrypoint="], "echo $0"],
  [["--entrypoint=/usr/bin/env"], "echo $0"],
  [["--volume=@DIR@:/seen:ro"], "cat /seen/file; touch /seen/more 2>&1"],
  [["--volume=@DIR@:/seen"], "cat /seen/file; test -w /seen && echo writable"],
  [["--volume=@DIR@:/seen:rw"], "test -w /seen && echo writable"],
];

describe.each(engines)("an option of %s means the same as on its own command line", (name) => {
  let directory: string;
  let dataDir: string;
  let runner: Runner;
  let engine: Engine;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "options-"));
    await writeFile(join(directory, "file"), "content\n");
    dataDir = await makeDataDir({});
    runner = createStandardRunner();
    engine = await standardParts().engines.find((plugin) => plugin.name === name)!.open({} as never, nodeHost());
  });
  afterAll(async () => {
    await Promise.all([runner?.close(), engine?.close()]);
    for (const path of [directory, dataDir]) await rm(path, { recursive: true, force: true });
  });

  async function ours(options: readonly string[], probe: string): Promise<string> {
    const { execution } = await runner.plan({ privateDataDir: dataDir, module: "ping", hosts: "localhost", settings: { process_isolation: true, process_isolation_executable: name, container_image: image, container_options: [...options] } });
    if (execution.kind !== "container") throw new Error("This is no container.");
    const { environment, ...choices }: ContainerChoices = execution.options;
    // A plan has no values that may be secret.
    const given = (key: string): string => options.find((option) => option.startsWith(`--env=${key}=`))!.slice(`--env=${key}=`.length);
    const spec: ContainerSpec = {
      ...choices,
      name: `distronode_options_${process.pid}_${Math.random().toString(36).slice(2)}`,
      image,
      command: ["sh", "-c", probe],
      environment: Object.fromEntries(Object.entries(environment ?? {}).map(([key, value]) => [key, "value" in value ? value.value : given(key)])),
      mounts: execution.mounts.filter(({ target }) => target === "/seen"),
      labels: {},
      ...(execution.limits === undefined ? {} : { limits: execution.limits }),
    };
    const { id } = await engine.create(spec);
    try {
      const streams = await engine.attach(id);
      await engine.start(id);
      await streams.end();
      let said = "";
      for await (const { bytes } of streams.output) said += Buffer.from(bytes).toString();
      return said;
    } finally {
      await engine.remove(id);
    }
  }

  test.each(cases.map(([options, script]) => [options.join(" ") || "no option at all", options, script] as const))("%s", async (_name, options, script) => {
    const probe = `${script}; true`;
    const words = options.map((option) => option.replace("@DIR@", directory));
    // No job can make device files, whatever else it may do.
    const own = options.some((option) => option === "--privileged" || option === "--cap-drop=all") ? [] : ["--cap-drop=MKNOD"];
    // What this machine cannot do has to fail both ways.
    const theirs = await engineCli(name, "run", "--rm", "--interactive", ...own, ...words, image, "sh", "-c", probe).catch(() => "refused");
    const said = await ours(words, probe).catch((error: Error) => (theirs === "refused" ? "refused" : Promise.reject(error)));
    expect(said.trim()).toBe(theirs.trim());
    expect(said.trim()).not.toBe("");
  });
});
