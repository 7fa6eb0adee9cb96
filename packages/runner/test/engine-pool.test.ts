import { engineContract, RunnerError, type Engine, type EnginePlugin, type Host } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { EnginePool } from "../src/engines/engine-pool.ts";

const host = {} as Host;
const engine = (name: string): Engine => ({ name, close: () => Promise.resolve() }) as Engine;
const plugin = (name: string, more: Partial<EnginePlugin<never>> = {}): EnginePlugin<never> => ({
  contract: engineContract,
  name,
  settingsSchema: { type: "object", additionalProperties: false, properties: { socket: { type: "string" } } },
  detect: () => Promise.resolve({ usable: false, reason: `${name} is not installed.`, hint: `Install ${name}.` }),
  open: () => Promise.resolve(engine(name)),
  ...more,
});
const usable: Pick<EnginePlugin<never>, "detect"> = { detect: () => Promise.resolve({ usable: true, info: { name: "x", version: "1", os: "linux", architecture: "amd64", rootless: false, endpoint: "" } }) };

test("auto takes the first engine that is usable", async () => {
  const pool = new EnginePool([plugin("one"), plugin("two", usable), plugin("three", usable)], host);
  expect((await pool.open("auto", {})).name).toBe("two");
});

test("auto lists every attempt with its reason when none is usable", async () => {
  const pool = new EnginePool([plugin("one"), plugin("two")], host);
  await expect(pool.open("auto", {})).rejects.toMatchObject({
    code: "ENGINE_NOT_FOUND",
    problems: ["The engine one is not usable: one is not installed. Install one.", "The engine two is not usable: two is not installed. Install two."],
  });
});

test("an engine that is named must work, and an unknown name is answered with the one that was meant", async () => {
  const pool = new EnginePool([plugin("podman"), plugin("docker", usable)], host);
  await expect(pool.open("podman", {})).rejects.toMatchObject({ code: "ENGINE_NOT_FOUND", hint: "Install podman." });
  await expect(pool.open("dokcer", {}, { from: "--process-isolation-executable" })).rejects.toMatchObject({ code: "ENGINE_NOT_FOUND", hint: "Did you mean docker?", location: { key: "--process-isolation-executable" } });
});

test("an engine that finds out when it is opened is not asked before, and is asked why when it can not be opened", async () => {
  let asked = 0;
  const counted = plugin("one", { opensOrRejects: true, detect: (...words) => ((asked += 1), plugin("one").detect(...words)) });
  expect((await new EnginePool([counted], host).open("one", {})).name).toBe("one");
  expect(asked).toBe(0);
  const failure = new RunnerError("ENGINE_UNAVAILABLE", "no");
  const closed = { ...counted, open: () => Promise.reject(failure) };
  await expect(new EnginePool([closed], host).open("one", {})).rejects.toMatchObject({ code: "ENGINE_NOT_FOUND", hint: "Install one." });
  expect(asked).toBe(1);
  await expect(new EnginePool([{ ...closed, ...usable }], host).open("one", {})).rejects.toBe(failure);
});

test("a plugin for another contract is refused with both numbers", async () => {
  const pool = new EnginePool([plugin("old", { contract: 0 })], host);
  await expect(pool.open("old", {})).rejects.toMatchObject({ code: "ENGINE_INCOMPATIBLE", message: "The engine old was made for contract 0, this runner has 1." });
});

test("two engines of one name are refused, and one that can not be used is reported with what it says", async () => {
  await expect(new EnginePool([plugin("one"), plugin("one")], host).open("auto", {})).rejects.toThrow("Two engines have the name one.");
  const opened = { ...engine("two"), supports: { containers: true } } as Engine;
  const pool = new EnginePool([plugin("one"), plugin("two", { ...usable, open: () => Promise.resolve(opened) }), plugin("old", { contract: 0 })], host);
  const facts = { containers: true, version: "1", endpoint: "", rootless: false };
  const one = { name: "one", containers: true, usable: false, reason: "one is not installed.", hint: "Install one." };
  const old = { name: "old", containers: true, usable: false, reason: "The engine old was made for contract 0, this runner has 1.", hint: "Install a version of the plugin for this runner." };
  expect(await pool.report({ containers: true, capabilities: false })).toEqual([one, { name: "two", usable: true, ...facts }, old]);
  expect(await pool.report({ containers: true, capabilities: true })).toEqual([one, { name: "two", usable: true, ...facts, supports: opened.supports }, old]);
});

test("engines of modules come last; a module that somebody named has to work, one that was only found is told of when it might have helped", async () => {
  const broken = new RunnerError("SETTINGS_INVALID", "The engine x can not be loaded: no.");
  const found = { name: "pack", place: "/plugins", named: false, engines: [plugin("three", usable)] };
  const lame = { name: "lame", place: "/plugins", named: false, engines: [], error: broken };
  const pool = new EnginePool([plugin("one"), plugin("two", usable)], host, [found, lame]);
  expect((await pool.open("auto", {})).name).toBe("two");
  expect((await pool.open("three", { three: { socket: "/x" } })).name).toBe("three");
  await expect(pool.open("four", {})).rejects.toMatchObject({ code: "ENGINE_NOT_FOUND", problems: ["The engine x can not be loaded: no."] });
  await expect(pool.open("two", {}, { more: [{ ...lame, named: true }] })).rejects.toBe(broken);
  expect((await pool.open("four", {}, { more: [{ ...found, engines: [plugin("four", usable)] }] })).name).toBe("four");
  await expect(pool.open("four", {})).rejects.toMatchObject({ code: "ENGINE_NOT_FOUND" });
  expect((await pool.report({ containers: true, capabilities: false, more: [{ ...lame, name: "./y.mjs", place: "engine_plugins", named: true }] })).map(({ name, from, usable: can, reason }) => [name, from, can, reason])).toEqual([
    ["one", undefined, false, "one is not installed."],
    ["two", undefined, true, undefined],
    ["three", "pack in /plugins", true, undefined],
    ["lame", "lame in /plugins", false, "The engine x can not be loaded: no."],
    ["./y.mjs", "./y.mjs in engine_plugins", false, "The engine x can not be loaded: no."],
  ]);
});

test("an engine's section is checked against the schema it brought along", async () => {
  const pool = new EnginePool([plugin("podman", usable)], host);
  await expect(pool.open("podman", { podman: { soket: "/x" } })).rejects.toMatchObject({ code: "SETTINGS_INVALID", message: "The setting engines.podman.soket is not known.", hint: "Settings of podman: socket." });
  await expect(pool.open("podman", { podmn: {} })).rejects.toMatchObject({ code: "SETTINGS_INVALID", hint: "Did you mean podman?" });
  expect((await pool.open("podman", { podman: { socket: "/x" } })).name).toBe("podman");
});

test("an engine is opened once, and again after a failure", async () => {
  let opened = 0;
  const open = (): Promise<Engine> => ((opened += 1) === 1 ? Promise.reject(new Error("not yet")) : Promise.resolve(engine("x")));
  const pool = new EnginePool([plugin("x", { ...usable, open })], host);
  await expect(pool.open("x", {})).rejects.toThrow("not yet");
  expect(await pool.open("x", {})).toBe(await pool.open("x", {}));
  expect(opened).toBe(2);
});

test("an engine without containers is refused for a job in one, and auto passes it over", async () => {
  const opening = (name: string, containers: boolean): EnginePlugin<never> => plugin(name, { ...usable, open: () => Promise.resolve({ ...engine(name), supports: { containers } } as Engine) });
  const pool = new EnginePool([opening("processes", false), opening("boxes", true)], host);
  await expect(pool.open("processes", {}, { from: "process_isolation_executable", forContainers: true })).rejects.toMatchObject({ code: "ENGINE_INCOMPATIBLE", message: "The engine processes has no containers.", location: { key: "process_isolation_executable" } });
  expect((await pool.open("auto", {}, { forContainers: true })).name).toBe("boxes");
  expect((await pool.open("auto", {})).name).toBe("processes");
});
