import { expect, test } from "vitest";
import { parseMapping } from "../src/yaml/parse-mapping.ts";
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
