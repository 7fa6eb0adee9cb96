import { expect, test } from "vitest";
import { parseRoleVars } from "../../src/arguments/role-vars.ts";

test.each([
  ["", {}],
  ["a=1 b=two", { a: 1, b: "two" }],
  ["  a=1\tb=-2 ", { a: 1, b: -2 }],
  ["a=True b=False c=None d=true", { a: true, b: false, c: null, d: "true" }],
  ["a=['a', 'b'] b={'k': [1, (2,)]} c=1,2 d=a,b", { a: ["a", "b"], b: { k: [1, [2]] }, c: [1, 2], d: "a,b" }],
  [`a="good day" b='it"s' c='x=y'`, { a: "good day", b: 'it"s', c: "x=y" }],
  ["a=x=y b=a==b c=", { a: "x=y", b: "a==b", c: "" }],
  [`a='1' b="\\u00e9\\n" c=it's`, { a: "1", b: "\u00e9\n", c: "it's" }],
  ["a=0x1f b=1_000 c=010 d=1.5 e=1e3x f=/tmp/x g=[1 h=(3)", { a: 31, b: 1000, c: "010", d: 1.5, e: "1e3x", f: "/tmp/x", g: "[1", h: 3 }],
])("%s [CLI-22]", (text, variables) => {
  expect(parseRoleVars(text)).toEqual(variables);
});

test("numbers keep the text they have in Python [CLI-22]", () => {
  expect(JSON.stringify(parseRoleVars("a=1.0 b=12345678901234567890 c=2."))).toBe('{"a":1.0,"b":12345678901234567890,"c":2.0}');
});

test.each(["a", "a=1 b", "=1", "a='x y"])("%s is refused with one clear message [CLI-22]", (text) => {
  expect(() => parseRoleVars(text)).toThrow(/^--role-vars has a word that is not NAME=VALUE, (at its beginning|behind .+)\.$/);
});
