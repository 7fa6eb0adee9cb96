import { describe, expect, test } from "vitest";
import { parseForTool, parseMapping } from "../src/yaml/parse-mapping.ts";
import { pythonText } from "../src/yaml/python-text.ts";

const text = (yaml: string): string => pythonText(parseMapping(`A: ${yaml}\n`, "env/envvars").value["A"]);

// What `str(yaml.safe_load(...))` of PyYAML 6 prints.
test.each([
  ["yes", "True"], ["off", "False"], ["y", "y"], ["null", "None"], ["~", "None"], ["", "None"],
  ["1", "1"], ["1.0", "1.0"], ["1.50", "1.5"], ["1e3", "1e3"], ["1.0e+3", "1000.0"], ["08", "08"], ["010", "8"], ["0x1F", "31"], ["0b11", "3"], ["0o14", "0o14"],
  ["1_000", "1000"], ["1:30", "90"], ["123456789012345678901", "123456789012345678901"], ["1.0e-7", "1e-07"], ["1.0e+20", "1e+20"], [".inf", "inf"], ["-.INF", "-inf"], [".nan", "nan"],
  ["2001-12-14", "2001-12-14"], ["2001-12-14 21:59:43.10", "2001-12-14 21:59:43.100000"], ["'yes'", "yes"], ['"a\\tb"', "a\tb"],
  ["[a, 1, null]", "['a', 1, None]"], ["{k: [true]}", "{'k': [True]}"], ["\"it's\"", "it's"], ["[\"it's\"]", "[\"it's\"]"], ["+1", "1"], ["-0", "0"], ["1.", "1.0"], ["-1.5", "-1.5"],
])("the YAML value %j becomes %j, as Python prints it [PDD-01]", (yaml, expected) => {
  expect(text(yaml)).toBe(expected);
});

test("JSON is read like YAML [PDD-01]", () => {
  expect(parseMapping('{"A": "x", "B": true}', "f").value).toEqual({ A: "x", B: true });
});

test("an empty file is an empty mapping", () => {
  expect(parseMapping("# nothing\n", "f").value).toEqual({});
});

test("broken YAML is an error with file and line", () => {
  expect(() => parseMapping("A: 1\nB: [1, 2\nC: 3\n", "env/envvars")).toThrow(expect.objectContaining({ code: "DATA_DIR_INVALID", location: expect.objectContaining({ file: "env/envvars", line: 3 }) as object }) as Error);
});

test("a list is not taken for a mapping", () => {
  expect(() => parseMapping("- a\n", "env/envvars")).toThrow(/must hold a mapping.*a list/);
});

test("the last of two equal keys counts, and merge keys work", () => {
  expect(parseMapping("A: 1\nA: 2\n", "f").value).toEqual({ A: 2 });
  expect(parseMapping("x: &x {a: 1}\ny:\n  <<: *x\n  b: 2\n", "f").value["y"]).toEqual({ a: 1, b: 2 });
});

test("the place of a key is known", () => {
  const parsed = parseMapping("a: 1\nb:\n  c: 2\n", "env/settings");
  expect(parsed.locate(["b", "c"])).toEqual({ file: "env/settings", key: "b.c", line: 3, column: 3 });
});

test("what PyYAML takes is taken: tags of its own, brackets in column 0, pasted JSON", () => {
  expect(parseMapping("port: !!str 8080\n", "f").value).toEqual({ port: "8080" });
  expect(parseMapping("a: [\n1, 2\n]\nb: 1\n", "f").value).toEqual({ a: [1, 2], b: 1 });
  expect(parseMapping('a: {\n"x": "a # [b", # }\n"y": [1,\n2]\n}\nb: \'it\'\'s [\'\n', "f").value).toEqual({ a: { x: "a # [b", y: [1, 2] }, b: "it's [" });
  expect(parseMapping("- a: 1\n".replace("- ", "") + "list:\n  - [\n1\n]\n  - x\n", "f").value).toEqual({ a: 1, list: [[1], "x"] });
});

describe("what cannot be read is refused with file and line, and without a word of the file's text", () => {
  test.each([
    ["an alias without an anchor", "a: 1\nPATTERN: *hunter2.com\n", 2],
    ["an alias inside of what it repeats", "a: 1\nb: &hunter2 [1, *hunter2]\n", 2],
    ["the same in a mapping", "a: &hunter2 {b: *hunter2}\n", 1],
    ["a merge key with a text", "a: 1\nb:\n  <<: hunter2\n", 3],
    ["a merge key with nothing", "<<: null\na: 1\n", 1],
    ["more aliases than anybody writes", `a: &hunter2 x\nb: [${"*hunter2, ".repeat(1001)}]\n`, 2],
    ["aliases that grow", `a0: &a0 [x, x]\n${Array.from({ length: 30 }, (_each, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]\n`).join("")}`, 1],
    ["endless nesting", `a: ${"[".repeat(5000)}${"]".repeat(5000)}\n`, 1],
    ["a second document", "a: 1\n---\nb: hunter2\n", 2],
    ["a vaulted value", "a: 1\nb: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n", 2],
    ["a tag of somebody else", "a: !hunter2 x\n", 1],
    ["an open quote", "a: 1\nb: 'hunter2\n", 3],
    ["a reserved sign", "a: @hunter2\n", 1],
    ["an escape of nothing", 'a: "hunter2\\q"\n', 1],
  ])("%s", (_what, yaml, line) => {
    const error = (() => {
      try {
        return parseMapping(yaml, "env/settings");
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toMatchObject({ code: "DATA_DIR_INVALID", location: { file: "env/settings", line } });
    const told = `${JSON.stringify(error)} ${String((error as Error).stack)} ${String((error as Error).cause)}`;
    expect(told).not.toContain("hunter2");
  });
});

test("what is meant for the tool may have its tags", () => {
  expect(parseForTool("a: !vault |\n  $ANSIBLE_VAULT;1.1\n  61\nb: !unsafe '{{ x }}'\n", "f").value).toEqual({ a: "$ANSIBLE_VAULT;1.1\n61\n", b: "{{ x }}" });
});
