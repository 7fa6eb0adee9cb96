import { expect, test } from "vitest";
import { groupPlaces } from "../src/group-places.ts";

test("a process of a delegated part of version 2 may make groups where it is", () => {
  const mounts = "24 1 0:22 / /proc rw - proc proc rw\n30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
  expect(groupPlaces(mounts, "0::/user.slice/user-1000.slice/user@1000.service/app.slice\n")).toEqual(["/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice"]);
});

test("of hierarchies of version 1 those are used that help to end processes, after version 2", () => {
  const mounts = ["32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu", "37 31 0:34 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer", "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd", "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw"].join("\n");
  expect(groupPlaces(mounts, "7:name=systemd:/a\n6:freezer:/b\n1:cpu:/c\n0::/\n")).toEqual(["/sys/fs/cgroup/unified", "/sys/fs/cgroup/freezer/b", "/sys/fs/cgroup/systemd/a"]);
});

test("in a container, where a part of the hierarchy is mounted, the path is what lies below that", () => {
  const mounts = "37 31 0:34 /docker/abc /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n";
  expect(groupPlaces(mounts, "6:pids:/docker/abc/x\n")).toEqual(["/sys/fs/cgroup/pids/x"]);
  expect(groupPlaces(mounts, "6:pids:/elsewhere\n")).toEqual([]);
  expect(groupPlaces("", "")).toEqual([]);
});
