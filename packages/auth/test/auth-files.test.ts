import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { anonymous, type Keychain } from "@distronode-runner/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { authFiles, chain, staticKeychain } from "../src/index.ts";

let home: string;

beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), "auth-"))));
afterEach(() => rm(home, { recursive: true, force: true }));

const auth = (username: string, password: string): { readonly auth: string } => ({ auth: Buffer.from(`${username}:${password}`).toString("base64") });
const target = { registry: "registry.example:5000", path: "team/ee" };

async function write(path: string, content: unknown): Promise<string> {
  const file = join(home, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

/** A credential helper: a program that answers by what it was asked. */
async function helper(name: string, script: string): Promise<void> {
  await write(`bin/docker-credential-${name}`, `#!/bin/sh\n[ "$1" = get ] || exit 9\nread server\n${script}\n`);
  await chmod(join(home, `bin/docker-credential-${name}`), 0o755);
}

const keychain = (environment: Record<string, string> = {}): Keychain => authFiles({ environment: { PATH: `${join(home, "bin")}${delimiter}${process.env["PATH"] ?? ""}`, XDG_RUNTIME_DIR: join(home, "run"), ...environment }, home, uid: 4711 });
const login = (username: string, password: string, registry = target.registry): object => ({ registry, username, password });

describe("places", () => {
  test("podman's files come before docker's, and the one that REGISTRY_AUTH_FILE names before all", async () => {
    await write(".dockercfg", { [target.registry]: auth("legacy", "1") });
    expect(await keychain().resolve(target)).toEqual(login("legacy", "1"));
    await write(".docker/config.json", { auths: { [target.registry]: auth("docker", "2") } });
    expect(await keychain().resolve(target)).toEqual(login("docker", "2"));
    await write(".config/containers/auth.json", { auths: { [target.registry]: auth("config", "3") } });
    expect(await keychain().resolve(target)).toEqual(login("config", "3"));
    await write("run/containers/auth.json", { auths: { [target.registry]: auth("runtime", "4") } });
    expect(await keychain().resolve(target)).toEqual(login("runtime", "4"));
    const named = await write("mine.json", { auths: {} });
    expect(await keychain({ REGISTRY_AUTH_FILE: named }).resolve(target), "the others are not looked at").toBeUndefined();
    await write("docker/config.json", { auths: { [target.registry]: auth("elsewhere", "5") } });
    await rm(join(home, "run"), { recursive: true });
    await rm(join(home, ".config"), { recursive: true });
    expect(await keychain({ DOCKER_CONFIG: join(home, "docker") }).resolve(target)).toEqual(login("elsewhere", "5"));
  });

  test("nothing anywhere is no answer, and a file that was named must be there", async () => {
    expect(await keychain().resolve(target)).toBeUndefined();
    await expect(keychain({ REGISTRY_AUTH_FILE: join(home, "none.json") }).resolve(target)).rejects.toMatchObject({ code: "SETTINGS_INVALID", location: { file: join(home, "none.json"), key: "REGISTRY_AUTH_FILE" } });
  });
});

describe("a file that this user may not read", () => {
  // Root may read everything, so the refusal is made up.
  const locked = (places: readonly string[], environment: Record<string, string> = {}): Keychain =>
    authFiles({ environment: { XDG_RUNTIME_DIR: join(home, "run"), ...environment }, home, uid: 4711 }, undefined, (path) =>
      places.includes(path) ? Promise.reject(Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" })) : readFile(path, "utf8"),
    );

  test("is somebody else's in a usual place, so the next place is asked", async () => {
    await write(".docker/config.json", { auths: { [target.registry]: auth("docker", "p") } });
    const places = [join(home, "run/containers/auth.json"), "/run/containers/4711/auth.json", join(home, ".config/containers/auth.json")];
    expect(await locked(places).resolve(target)).toEqual(login("docker", "p"));
  });

  test.each([
    ["REGISTRY_AUTH_FILE", "mine.json", "mine.json"],
    ["DOCKER_CONFIG", "docker/config.json", "docker"],
  ])("is an error where %s names it", async (key, path, value) => {
    const file = join(home, path);
    await expect(locked([file], { [key]: join(home, value) }).resolve(target)).rejects.toMatchObject({ code: "SETTINGS_INVALID", message: expect.stringContaining("EACCES") as string, location: { file, key } });
  });
});

describe("entries", () => {
  test.each([
    ["the longest that fits the image", { "registry.example:5000": auth("host", "p"), "registry.example:5000/team": auth("team", "p"), "registry.example:5000/team/ee": auth("image", "p"), "registry.example:5000/te": auth("no", "p") }, target, login("image", "p")],
    ["a namespace", { "registry.example:5000": auth("host", "p"), "registry.example:5000/team": auth("team", "p") }, target, login("team", "p")],
    ["an address with scheme and version", { "https://registry.example:5000/v2/": auth("url", "p") }, target, login("url", "p")],
    ["docker's own registry", { "https://index.docker.io/v1/": auth("hub", "p") }, { registry: "docker.io", path: "library/alpine" }, login("hub", "p", "docker.io")],
    ["a password with colons", { "registry.example:5000": auth("u", "a:b:c") }, target, login("u", "a:b:c")],
    ["user and password in clear", { "registry.example:5000": { username: "u", password: "p" } }, target, login("u", "p")],
    ["an identity token", { "registry.example:5000": { ...auth("u", ""), identitytoken: "tok" } }, target, { registry: target.registry, identityToken: "tok" }],
    ["no other port", { "registry.example:5001": auth("other", "p"), "registry.example": auth("none", "p") }, target, undefined],
    ["none that is empty", { "registry.example:5000": {} }, target, undefined],
  ])("%s", async (_what, auths, wanted, expected) => {
    await write(".docker/config.json", { auths });
    expect(await keychain().resolve(wanted)).toEqual(expected);
  });

  test.each([
    ["{ nope s3cret", /is not JSON/],
    ["[]", /not a JSON object/],
    ['{"auths": []}', /has a auths that is not an object|auths/],
    [JSON.stringify({ auths: { [target.registry]: { auth: Buffer.from("s3cret").toString("base64") } } }), /holds no user name and password/],
  ])("a file with %s is refused by name, without a word of its content", async (content, message) => {
    const file = await write(".docker/config.json", content);
    const failure = await keychain().resolve(target).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "SETTINGS_INVALID", message: expect.stringMatching(message), location: { file } });
    expect(JSON.stringify(failure)).not.toContain("s3cret");
  });
});

describe("credential helpers", () => {
  test("the registry's own helper comes before entries, a store for everything after them", async () => {
    await helper("one", 'echo "{\\"Username\\": \\"$server\\", \\"Secret\\": \\"s\\"}"');
    await write(".docker/config.json", { credHelpers: { [target.registry]: "one" }, auths: { [target.registry]: auth("entry", "p") } });
    expect(await keychain().resolve(target)).toEqual(login(target.registry, "s"));
    await write(".docker/config.json", { credsStore: "one", auths: { [target.registry]: auth("entry", "p") } });
    expect(await keychain().resolve(target)).toEqual(login("entry", "p"));
    await write(".docker/config.json", { credsStore: "one", auths: { [target.registry]: {} } });
    expect(await keychain().resolve(target)).toEqual(login(target.registry, "s"));
    expect(await keychain().resolve({ registry: "docker.io", path: "library/x" })).toEqual(login("https://index.docker.io/v1/", "s", "docker.io"));
  });

  test("may give an identity token, or know nothing: then the next place is asked", async () => {
    await helper("token", 'echo \'{"Username": "<token>", "Secret": "tok"}\'');
    await write("run/containers/auth.json", { credHelpers: { [target.registry]: "token" } });
    expect(await keychain().resolve(target)).toEqual({ registry: target.registry, identityToken: "tok" });
    await helper("token", 'echo "credentials not found in native keychain"; exit 1');
    await write(".docker/config.json", { auths: { [target.registry]: auth("docker", "p") } });
    expect(await keychain().resolve(target)).toEqual(login("docker", "p"));
  });

  test.each([
    ["is not installed", "missing", ""],
    ["ended with exit code 3", "bad", "echo s3cret; exit 3"],
    ["answered with something that is not JSON", "bad", "echo s3cret"],
    ["has a name that no program has", "../evil", ""],
  ])("one that %s is an error that names it, without what it printed", async (what, name, script) => {
    if (script !== "") await helper(name, script);
    await write(".docker/config.json", { credsStore: name });
    const failure = await keychain().resolve(target).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "REGISTRY_DENIED", message: `The credential helper docker-credential-${name} ${what}.` });
    expect(JSON.stringify(failure)).not.toContain("s3cret");
  });

  test("is left when the call is aborted", async () => {
    await helper("slow", "exec sleep 1000");
    await write(".docker/config.json", { credsStore: "slow" });
    await expect(keychain().resolve(target, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  });
});

test("a chain takes the first answer, and anonymous is one", async () => {
  const asked: string[] = [];
  const never: Keychain = { resolve: () => { asked.push("never"); return Promise.resolve(undefined); } };
  const nobody: Keychain = { resolve: () => Promise.resolve(anonymous) };
  const mine = staticKeychain([{ registry: "https://registry.example:5000/team", username: "u", password: "p" }]);
  expect(await chain([never, mine, nobody]).resolve(target)).toMatchObject({ username: "u" });
  expect(await chain([never, nobody, mine]).resolve(target)).toBe(anonymous);
  expect(await chain([mine, never]).resolve({ registry: "registry.example:5000", path: "other/ee" })).toBeUndefined();
  expect(asked).toEqual(["never", "never", "never"]);
});
