import type { ContainerSpec } from "@distronode-runner/contract";
import { classify } from "@distronode-runner/engine-http";
import { describe, expect, test } from "vitest";
import { createBody, createWarnings } from "../src/create-body.ts";
import { containerMessages, pullMessages, refused } from "../src/messages.ts";
import { toExit, toImage, toProgress, toSummary } from "../src/records.ts";

const least: ContainerSpec = { name: "job", image: "localhost/ee:1", command: ["true"], environment: {}, mounts: [], labels: {} };

describe("createBody", () => {
  test("the least specification says nothing about what was not asked for", () => {
    expect(createBody(least)).toEqual({
      Image: "localhost/ee:1",
      Cmd: ["true"],
      Env: [],
      Labels: {},
      Tty: false,
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      HostConfig: { AutoRemove: false, RestartPolicy: { Name: "no" }, LogConfig: { Type: "none", Config: {} }, Mounts: [] },
    });
  });

  test("every field has its place", () => {
    const body = createBody({
      ...least,
      entrypoint: ["/entry"],
      environment: { A: "b c" },
      workdir: "/work",
      mounts: [{ source: "/a:b", target: "/c,d", readOnly: true, relabel: "none" }],
      labels: { k: "v" },
      user: "1:2",
      groups: ["3"],
      network: "host",
      hostname: "h",
      extraHosts: ["x:1.2.3.4"],
      dns: ["9.9.9.9"],
      limits: { memoryBytes: 1024, cpus: 1.5, pids: 10 },
      capabilities: { add: ["SYS_PTRACE"], drop: ["ALL"] },
      privileged: true,
      securityOptions: ["label=disable"],
      userNamespace: "host",
      ipc: "private",
      pidNamespace: "host",
      devices: ["/dev/a", "/dev/b:/dev/c", "/dev/d:/dev/e:r", "/dev/f:rw"],
      tmpfs: [{ target: "/t", options: "size=1m" }, { target: "/u" }],
      ulimits: [{ name: "nofile", soft: 1, hard: 2 }],
      shmBytes: 64,
      readOnlyRoot: true,
    });
    expect(body).toMatchObject({
      Entrypoint: ["/entry"],
      Env: ["A=b c"],
      WorkingDir: "/work",
      Labels: { k: "v" },
      User: "1:2",
      Hostname: "h",
      HostConfig: {
        Mounts: [{ Type: "bind", Source: "/a:b", Target: "/c,d", ReadOnly: true }],
        GroupAdd: ["3"],
        NetworkMode: "host",
        ExtraHosts: ["x:1.2.3.4"],
        Dns: ["9.9.9.9"],
        Memory: 1024,
        NanoCpus: 1_500_000_000,
        PidsLimit: 10,
        CapAdd: ["SYS_PTRACE"],
        CapDrop: ["ALL"],
        Privileged: true,
        SecurityOpt: ["label=disable"],
        UsernsMode: "host",
        IpcMode: "private",
        PidMode: "host",
        Devices: [
          { PathOnHost: "/dev/a", PathInContainer: "/dev/a", CgroupPermissions: "rwm" },
          { PathOnHost: "/dev/b", PathInContainer: "/dev/c", CgroupPermissions: "rwm" },
          { PathOnHost: "/dev/d", PathInContainer: "/dev/e", CgroupPermissions: "r" },
          { PathOnHost: "/dev/f", PathInContainer: "/dev/f", CgroupPermissions: "rw" },
        ],
        Tmpfs: { "/t": "size=1m", "/u": "" },
        Ulimits: [{ Name: "nofile", Soft: 1, Hard: 2 }],
        ShmSize: 64,
        ReadonlyRootfs: true,
      },
    });
  });

  test("relabelling takes a bind string, or is named as impossible", () => {
    const spec: ContainerSpec = {
      ...least,
      mounts: [
        { source: "/a", target: "/b", readOnly: true, relabel: "private" },
        { source: "/c", target: "/d", readOnly: false, relabel: "shared" },
        { source: "/e:f", target: "/g", readOnly: false, relabel: "private" },
      ],
    };
    expect(createBody(spec).HostConfig).toMatchObject({ Binds: ["/a:/b:ro,Z", "/c:/d:rw,z"], Mounts: [{ Source: "/e:f" }] });
    expect(createWarnings(spec)).toEqual([expect.stringContaining("/e:f")]);
    expect(createWarnings(least)).toEqual([]);
  });
});

describe("messages", () => {
  test.each([...containerMessages, ...pullMessages])("$sample", (row) => {
    const rows = containerMessages.includes(row) ? containerMessages : pullMessages;
    expect(classify(rows, row.sample)).toBe(row);
    expect(refused({ status: 500, text: JSON.stringify({ message: row.sample }) }, "It fails", rows)).toMatchObject({ code: row.code, message: expect.stringContaining("It fails: ") });
  });

  test("an answer that is no JSON is quoted as it is", () => {
    expect(refused({ status: 502, text: "Bad Gateway" }, "It fails")).toMatchObject({ code: "ENGINE_FAILED", message: "It fails: Bad Gateway." });
  });
});

describe("records", () => {
  test("only what has exited has an exit", () => {
    const state = { Running: false, ExitCode: 3, OOMKilled: true, Error: "" };
    for (const Status of ["created", "running", "paused", "restarting"]) expect(toExit({ Id: "x", State: { ...state, Status } })).toBeUndefined();
    for (const Status of ["exited", "dead"]) expect(toExit({ Id: "x", State: { ...state, Status } })).toEqual({ exitCode: 3, outOfMemory: true });
  });

  test("names lose their slash", () => {
    expect(toSummary({ Id: "x", Names: ["/job"], State: "running", Labels: null, Image: "i" })).toEqual({ id: "x", name: "job", phase: "running", labels: {}, image: "i" });
  });

  test("the digest is that of the image's own repository", () => {
    const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
    const image = { Id: "sha256:1", RepoTags: null, RepoDigests: [`other.example/x@${digest("2")}`, `alpine@${digest("3")}`], Config: null };
    expect(toImage(image, "docker.io/library/alpine:3")).toEqual({ id: "sha256:1", references: [], digest: digest("3"), user: "", labels: {} });
    expect(toImage({ ...image, RepoDigests: null }, "alpine").digest).toBeUndefined();
  });

  test("progress names its layer and bytes where the daemon does", () => {
    expect(toProgress({ status: "Downloading", id: "ab", progressDetail: { current: 1, total: 2 } })).toEqual({ message: "ab: Downloading", layer: "ab", currentBytes: 1, totalBytes: 2 });
    expect(toProgress({ status: "Done", progressDetail: {} })).toEqual({ message: "Done" });
  });
});
