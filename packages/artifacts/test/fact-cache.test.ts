import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { factCache } from "../src/fact-cache.ts";
import { knownFacts, tidyFacts } from "../src/tidy-facts.ts";

let directory: string;

beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), "facts-"))));
afterEach(() => rm(directory, { recursive: true, force: true }));

const text = (name: string): Promise<string> => readFile(join(directory, name), "utf8");
const tagged = (value: string): object => ({ value, tags: [{ path: "/p/site.yml", line_num: 7, col_num: 15, __ansible_type: "Origin" }], __ansible_type: "_AnsibleTaggedStr" });
const withSchema = (facts: object): string => JSON.stringify({ __payload__: JSON.stringify(facts) });

test("facts are read as they were cached, of a host without any there are none", async () => {
  await writeFile(join(directory, "web1"), '{"a": {"b": [1]}}');
  expect(await factCache(directory).get("web1")).toEqual({ a: { b: [1] } });
  expect(await factCache(directory).get("web2")).toEqual({});
});

test("facts that ansible-core 2.19 and newer cached are plain values too", async () => {
  await writeFile(join(directory, "s1_web1"), withSchema({ mine: tagged("kept"), list: [tagged("x"), { deep: tagged("y") }] }));
  expect(await factCache(directory).get("web1")).toEqual({ mine: "kept", list: ["x", { deep: "y" }] });
});

test("facts that are set have the form that the tool's other files have, and can be read back", async () => {
  const facts = factCache(directory);
  await facts.set("web1", { a: 1 });
  expect(JSON.parse(await text("web1"))).toEqual({ a: 1 });
  await writeFile(join(directory, "s1_web2"), withSchema({ a: 1 }));
  await facts.set("web2", { b: 2 });
  await facts.set("web3", { c: 3 });
  expect([await text("s1_web2"), await text("s1_web3")]).toEqual([withSchema({ b: 2 }), withSchema({ c: 3 })]);
  expect([await facts.get("web1"), await facts.get("web2"), await facts.get("web3")]).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
});

test("a name that leads elsewhere is refused, a file that is no JSON is an error that names it", async () => {
  await expect(factCache(directory).get("../x")).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  await writeFile(join(directory, "web1"), "{");
  await expect(factCache(directory).get("web1")).rejects.toMatchObject({ code: "STORE_FAILED", location: { file: join(directory, "web1") } });
});

test("the environment of hosts is taken out of cached facts, in either form; what is no cache file stays as it is [EVT-19]", async () => {
  await writeFile(join(directory, "old"), '{"ansible_env": {"TOKEN": "s3cret"}, "a": 1}');
  await writeFile(join(directory, "s1_new"), withSchema({ ansible_env: tagged("s3cret"), a: tagged("1") }));
  await writeFile(join(directory, "other"), "ansible_env is mentioned");
  await tidyFacts(directory, tmpdir());
  expect(JSON.parse(await text("old"))).toEqual({ a: 1 });
  expect(await text("s1_new")).toBe(withSchema({ a: tagged("1") }));
  expect(await text("other")).toBe("ansible_env is mentioned");
});

test("everything else in cached facts stays as the tool wrote it, numbers too, and so do files that were there before the job", async () => {
  const facts = (environment: string): string => `{\n    "big": 9223372036854775807,${environment}\n    "one": 1.0,\n    "nested": {"ansible_env": [1.50]}\n}\n`;
  await writeFile(join(directory, "web1"), facts('\n    "ansible_env": {"TOKEN": "}\\"s3cret", "n": [1, {"a": 2}]},'));
  await writeFile(join(directory, "s1_web2"), JSON.stringify({ __payload__: facts('\n    "ansible_env": {"__ansible_type": "x", "value": "s3cret"},') }));
  await writeFile(join(directory, "before"), facts('\n    "ansible_env": {"HOME": "/root"},'), { mode: 0o644 });
  const before = await knownFacts(directory, tmpdir());
  await writeFile(join(directory, "web1"), `${await text("web1")} `);
  await writeFile(join(directory, "s1_web2"), `${await text("s1_web2")} `);
  await tidyFacts(directory, tmpdir(), before);
  expect(await text("web1")).toBe(`${facts("")} `);
  expect(await text("s1_web2")).toBe(`${JSON.stringify({ __payload__: facts("") })} `);
  expect(await text("before")).toBe(facts('\n    "ansible_env": {"HOME": "/root"},'));
  expect((await stat(join(directory, "before"))).mode & 0o777).toBe(0o644);
});

test("cached facts are the caller's alone, whatever the tool's umask was; a directory elsewhere is left as it is [ART-13]", async () => {
  await writeFile(join(directory, "web1"), "{}", { mode: 0o644 });
  await chmod(directory, 0o755);
  const modes = async (): Promise<string[]> => Promise.all([directory, join(directory, "web1")].map(async (path) => ((await stat(path)).mode & 0o777).toString(8)));
  await tidyFacts(directory, "/somewhere/else");
  expect(await modes()).toEqual(["755", "644"]);
  await tidyFacts(directory, tmpdir());
  expect(await modes()).toEqual(["700", "600"]);
});
