import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeRegistryAuth, failureOf, findExecutable, formatEndpoint, localEngineLimits, parseEndpoint, parsePlatform, readJsonLines } from "../src/index.ts";

let directory = "";
beforeAll(async () => void (directory = await mkdtemp(join(tmpdir(), "engine-http-"))));
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("endpoint", () => {
  test.each([
    ["/run/x.sock", "/run/x.sock"],
    ["unix:///run/x.sock", "/run/x.sock"],
    ["unix:/run/x.sock", "/run/x.sock"],
    ["tcp://localhost:2375", "http://localhost:2375"],
    ["http://[::1]:2375/", "http://[::1]:2375"],
  ])("%s is %s", (text, formatted) => {
    expect(formatEndpoint(parseEndpoint(text))).toBe(formatted);
  });

  test.each(["", "x.sock", "ssh://host", "tcp://host", "npipe:////./pipe/x"])("%j is refused", (text) => {
    expect(() => parseEndpoint(text)).toThrow(expect.objectContaining({ code: "SETTINGS_INVALID" }));
  });
});

test("registry credentials are URL-safe base64 with padding", () => {
  const encoded = encodeRegistryAuth({ registry: "x", username: "ü", password: "???>>>~~" });
  expect(encoded).toMatch(/^[\w-]+=*$/);
  expect(encoded.length % 4).toBe(0);
  expect(JSON.parse(Buffer.from(encoded, "base64url").toString())).toEqual({ username: "ü", password: "???>>>~~" });
  expect(encodeRegistryAuth({ registry: "x", username: "a", password: "bc" })).toMatch(/=$/);
});

test("a platform has one to three parts", () => {
  expect(parsePlatform("linux/arm64/v8")).toEqual({ os: "linux", architecture: "arm64", variant: "v8" });
  expect(parsePlatform("linux")).toEqual({ os: "linux" });
});

test("JSON lines are read across any cut", async () => {
  const text = Buffer.from('{"a":"ü"}\n\n{"b":2}\r\n{"c":3}');
  for (const size of [1, 2, 5, 100]) {
    async function* cut(): AsyncIterable<Uint8Array> {
      for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
    }
    const values: unknown[] = [];
    for await (const value of readJsonLines(cut())) values.push(value);
    expect(values).toEqual([{ a: "ü" }, { b: 2 }, { c: 3 }]);
  }
});

test("a message that no row knows is the fallback, its text and cause kept", () => {
  const rows = [{ pattern: /no such thing/, code: "CONTAINER_NOT_FOUND", engine: "x", sample: "no such thing: y" } as const];
  expect(failureOf(rows, { doing: "It fails", status: 404, message: "no such thing: y" })).toMatchObject({ code: "CONTAINER_NOT_FOUND", message: "It fails: no such thing: y." });
  expect(failureOf(rows, { doing: "It fails", status: 500, message: "" })).toMatchObject({ code: "ENGINE_FAILED", message: "It fails: the engine answered with status 500.", cause: { status: 500 } });
});

test("an executable is looked for in absolute directories of the path, in their order", async () => {
  for (const name of ["a", "b"]) {
    await mkdir(join(directory, name));
    await writeFile(join(directory, name, "tool"), "");
  }
  await chmod(join(directory, "b", "tool"), 0o755);
  expect(await findExecutable("tool", `relative:${join(directory, "a")}:${join(directory, "b")}`)).toBe(join(directory, "b", "tool"));
  expect(await findExecutable("tool", undefined)).toBeUndefined();
});

test("a rootless engine has the limits that were delegated to its user, root's has all", async () => {
  const delegated = join(directory, "user.slice/user-1000.slice/user@1000.service");
  await mkdir(delegated, { recursive: true });
  await writeFile(join(delegated, "cgroup.controllers"), "memory pids\n");
  expect(await localEngineLimits({ rootless: true, uid: 1000 }, directory)).toEqual({ memory: true, cpus: false, pids: true });
  expect(await localEngineLimits({ rootless: true, uid: 1001 }, directory)).toEqual({ memory: false, cpus: false, pids: false });
  expect(await localEngineLimits({ rootless: false, uid: 0 }, directory)).toEqual({ memory: true, cpus: true, pids: true });
});
