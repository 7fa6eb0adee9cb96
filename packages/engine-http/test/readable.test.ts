import { RunnerError } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { ContainerNames, failureOf, readable } from "../src/index.ts";

const id = "3f2a".repeat(16);

test("quotes within quotes and line ends that are spelled out become a line that can be read", () => {
  const said = String.raw`slirp4netns failed: "open(\"/dev/net/tun\"): No such device\nWARNING: Support for seccomp is experimental\nchild failed(1)\n"`;
  expect(readable(said)).toBe('slirp4netns failed: "open("/dev/net/tun"): No such device; WARNING: Support for seccomp is experimental; child failed(1); "');
  expect(readable("first\n\n  second\r\n")).toBe("first; second");
});

test("an id is as long as the engines show it, a digest stays whole", () => {
  expect(readable(`container ${id} is gone`)).toBe("container 3f2a3f2a3f2a is gone");
  expect(readable(`image x@sha256:${id}`)).toBe(`image x@sha256:${id}`);
});

test("a container that was made here goes by its name", () => {
  const names = new ContainerNames();
  names.keep(id, "distronode_runner_nightly");
  expect([names.of(id), names.in(`unable to start container "${id}": no`)]).toEqual(["distronode_runner_nightly", 'unable to start container "distronode_runner_nightly": no']);
  names.forget(id);
  expect(names.of(id)).toBe("3f2a3f2a3f2a");
});

test("an engine's refusal is an error that can be read", () => {
  const error = failureOf([], { doing: "It cannot be started", status: 500, message: String.raw`unable to start \"x\"\nplease look` });
  expect(error).toBeInstanceOf(RunnerError);
  expect(error.message).toBe('It cannot be started: unable to start "x"; please look.');
});
