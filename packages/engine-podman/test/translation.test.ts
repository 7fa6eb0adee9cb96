import type { ContainerSpec } from "@distronode-runner/contract";
import { classify } from "@distronode-runner/engine-http";
import { describe, expect, test } from "vitest";
import { createBody } from "../src/create-body.ts";
import { archiveMessages, containerMessages, pullMessages, refused } from "../src/messages.ts";
import { namespaceOf, networkOf } from "../src/namespaces.ts";
import { toExit, toImage, toPhase } from "../src/records.ts";
import { securityOf } from "../src/security.ts";

const least: ContainerSpec = { name: "job", image: "localhost/ee:1", command: ["true"], environment: {}, mounts: [], labels: {} };

describe("createBody", () => {
  test("the least specification says nothing about what was not asked for", () => {
    expect(createBody({ ...least, limits: {} })).toEqual(createBody(least));
    expect(createBody(least)).toEqual({
      name: "job",
      image: "localhost/ee:1",
      command: ["true"],
      env: {},
      labels: {},
      stdin: true,
      terminal: false,
      remove: false,
      log_configuration: { driver: "none" },
      mounts: [],
    });
  });

  test("every field has its place", () => {
    const body = createBody({
      ...least,
      entrypoint: ["/entry"],
      environment: { A: "b c" },
      workdir: "/work",
      mounts: [
        { source: "/a:b", target: "/c,d", readOnly: true, relabel: "private" },
        { source: "/e", target: "/f", readOnly: false, relabel: "shared" },
        { source: "/g", target: "/h", readOnly: false, relabel: "none", overlay: true },
      ],
      labels: { k: "v" },
      user: "1:2",
      groups: ["3"],
      network: "slirp4netns:mtu=1400,cidr=10.0.0.0/8",
      hostname: "h",
      extraHosts: ["x:1.2.3.4"],
      dns: ["9.9.9.9"],
      limits: { memoryBytes: 1024, cpus: 1.5, pids: 10 },
      capabilities: { add: ["SYS_PTRACE"], drop: ["ALL"] },
      privileged: true,
      securityOptions: ["label=disable", "no-new-privileges", "seccomp=unconfined"],
      userNamespace: "keep-id:uid=5",
      ipc: "host",
      pidNamespace: "private",
      devices: ["/dev/a:/dev/b:r"],
      tmpfs: [{ target: "/t", options: "rw,size=1m" }],
      ulimits: [{ name: "nofile", soft: 1, hard: 2 }],
      shmBytes: 64,
      readOnlyRoot: true,
      platform: "linux/arm64/v8",
    });
    expect(body).toMatchObject({
      entrypoint: ["/entry"],
      env: { A: "b c" },
      work_dir: "/work",
      labels: { k: "v" },
      user: "1:2",
      groups: ["3"],
      hostname: "h",
      mounts: [
        { type: "bind", source: "/a:b", destination: "/c,d", options: ["rbind", "ro", "Z"] },
        { type: "bind", source: "/e", destination: "/f", options: ["rbind", "rw", "z"] },
        { type: "tmpfs", source: "tmpfs", destination: "/t", options: ["rw", "size=1m"] },
        { destination: "/tmp" },
        { destination: "/var/tmp" },
        { destination: "/run" },
      ],
      overlay_volumes: [{ source: "/g", destination: "/h", options: ["O"] }],
      netns: { nsmode: "slirp4netns" },
      network_options: { slirp4netns: ["mtu=1400", "cidr=10.0.0.0/8"] },
      hostadd: ["x:1.2.3.4"],
      dns_server: ["9.9.9.9"],
      resource_limits: { memory: { limit: 1024 }, cpu: { period: 100_000, quota: 150_000 }, pids: { limit: 10 } },
      cap_add: ["SYS_PTRACE"],
      cap_drop: ["ALL"],
      privileged: true,
      selinux_opts: ["disable"],
      no_new_privileges: true,
      seccomp_profile_path: "unconfined",
      userns: { nsmode: "keep-id", value: "uid=5" },
      ipcns: { nsmode: "host" },
      pidns: { nsmode: "private" },
      devices: [{ path: "/dev/a:/dev/b:r" }],
      r_limits: [{ type: "nofile", soft: 1, hard: 2 }],
      shm_size: 64,
      read_only_filesystem: true,
      image_os: "linux",
      image_arch: "arm64",
      image_variant: "v8",
    });
  });
});

test("namespaces are a mode, perhaps with a value", () => {
  expect(namespaceOf("host")).toEqual({ nsmode: "host" });
  expect(namespaceOf("container:x")).toEqual({ nsmode: "container", value: "x" });
  expect(namespaceOf("ns:/proc/1/ns/pid")).toEqual({ nsmode: "path", value: "/proc/1/ns/pid" });
});

test("what is no network mode is the name of a network, or several", () => {
  expect(networkOf(undefined)).toEqual({});
  expect(networkOf("none")).toEqual({ netns: { nsmode: "none" } });
  expect(networkOf("pasta")).toEqual({ netns: { nsmode: "pasta" } });
  expect(networkOf("one,two")).toEqual({ netns: { nsmode: "bridge" }, networks: { one: {}, two: {} } });
});

test("security options are fields of libpod", () => {
  expect(securityOf(["label=type:x_t", "label=level:s0", "apparmor=p", "mask=/a:/b", "no-new-privileges:false"])).toEqual({
    selinux_opts: ["type:x_t", "level:s0"],
    apparmor_profile: "p",
    mask: ["/a", "/b"],
    no_new_privileges: false,
  });
});

describe("messages", () => {
  test.each([...new Set([...containerMessages, ...pullMessages, ...archiveMessages])])("$sample", (row) => {
    const rows = [containerMessages, pullMessages, archiveMessages].find((table) => table.includes(row))!;
    expect(classify(rows, row.sample)).toBe(row);
    expect(refused({ status: 500, text: JSON.stringify({ message: row.sample }) }, "It fails", rows).code).toBe(row.code);
  });

  test("the innermost error counts too", () => {
    expect(refused({ status: 500, text: JSON.stringify({ cause: "that name is already in use", message: "creating storage" }) }, "It fails").code).toBe("CONTAINER_CONFLICT");
  });
});

describe("records", () => {
  test("a container that was only prepared has not begun, a stopped one has exited", () => {
    expect(["configured", "created", "initialized", "running", "stopping", "stopped", "exited"].map(toPhase)).toEqual(["created", "created", "created", "running", "running", "exited", "exited"]);
    const state = { Running: false, ExitCode: 3, OOMKilled: false };
    expect(toExit({ Id: "x", State: { ...state, Status: "stopped" } })).toEqual({ exitCode: 3, outOfMemory: false });
    expect(toExit({ Id: "x", State: { ...state, Status: "initialized" } })).toBeUndefined();
  });

  test("a local image has no digest that a registry would know", () => {
    const image = { Id: "12", RepoTags: ["localhost/ee:1"], RepoDigests: ["localhost/ee@sha256:3"] };
    expect(toImage(image, "localhost/ee:1")).toEqual({ id: "sha256:12", references: ["localhost/ee:1"], user: "", labels: {} });
    expect(toImage({ ...image, RepoDigests: ["registry.example/ee@sha256:4"] }, "registry.example/ee:1").digest).toBe("sha256:4");
  });
});
