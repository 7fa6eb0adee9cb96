import { expect, test } from "vitest";
import { checkExtraVariables, checkVariables } from "../../src/clients/extra-variables.ts";

test.each(["a=1", "a=", "a=b=c", "user_name=x other=y", 'text="two words"', "café=1".replace("é", "e"), "ansibles=1", "path=/etc/hosts", "percent={x}"])("%j is taken", (text) => {
  expect(() => checkExtraVariables(text, "cmdline")).not.toThrow();
});

test.each([
  ["a file", "@/etc/shadow"],
  ["a file after a space", " @/etc/shadow"],
  ["JSON", '{"a": 1}'],
  ["YAML in brackets", "[a, b]"],
  ["no variable", "word"],
  ["nothing", ""],
  ["a template", "a={{ lookup('file', '/etc/shadow') }}"],
  ["a statement of a template", "a={% for x in y %}{% endfor %}"],
  ["a comment of a template", "a={# x #}"],
  ["a template behind escapes that the tool decodes", "a=\\x7b\\x7b lookup('pipe','id') \\x7d\\x7d"],
  ["a template behind escapes by name", "a=\\N{LEFT CURLY BRACKET}"],
  ["an escaped equals sign", "a\\=b=c"],
  ["a line end", "a=1\nansible_connection=local"],
  ["the interpreter", "ansible_python_interpreter=/tmp/x"],
  ["the connection as the second", "a=1 ansible_connection=local"],
  ["the connection after a tab", "a=1\tansible_connection=local"],
  ["the connection after a space of another kind", "a=1 \u00a0ansible_connection=local"],
  ["the connection with a space of another kind after it", "a=1 ansible_connection\u00a0=local"],
  ["the connection in quotes", "a='x' 'ansible_connection=local'"],
  ["the connection behind a quote that is no quote", `a="x'" ansible_ssh_common_args=-oProxyCommand=x`],
  ["the same by the tool's other name", "distronode_connection=local"],
  ["the host that is connected to", "inventory_hostname=elsewhere"],
  ["where the playbook is", "playbook_dir=/tmp"],
  ["a null character", "a=\0"],
  ["a line end of Unicode", "a=1\u2028ansible_user=x"],
  ["a next-line character", "a=1 \u0085ansible_user=x"],
])("%s is refused: %j", (_name, text) => {
  expect(() => checkExtraVariables(text, "cmdline")).toThrow(expect.objectContaining({ code: "REQUEST_INVALID" }));
});

test.each([
  ["plain values", { a: 1, b: 1.5, c: true, d: null, e: "text" }],
  ["lists and mappings", { app: { environment: "prod", groups: ["a", { b: "c" }] } }],
  ["a path of another system", { path: "C:\\x7b" }],
  ["several lines", { text: "one\n\ttwo\r\n" }],
  ["brackets of no template", { text: "{ {x} %} }}" }],
  ["nothing", {}],
])("as data, %s are taken", (_name, variables) => {
  expect(() => checkVariables(variables, "extravars")).not.toThrow();
});

const deep = (levels: number): unknown => (levels === 0 ? "x" : [deep(levels - 1)]);

test.each<[string, Record<string, unknown>]>([
  ["the connection", { ansible_connection: "local" }],
  ["the connection, further down", { hosts: [{ web: { ansible_connection: "local" } }] }],
  ["the tool's other name", { distronode_user: "root" }],
  ["the host that is connected to", { inventory_hostname: "elsewhere" }],
  ["a name that is none", { "a b": 1 }],
  ["a template", { a: "{{ lookup('pipe', 'id') }}" }],
  ["a template in a list", { a: { b: ["x", "{% if true %}"] } }],
  ["a template in a key", { a: { "{{ x }}": 1 } }],
  ["other brackets for a template", { a: "#jinja2: variable_start_string:'[['\n[[ lookup('pipe', 'id') ]]" }],
  ["encrypted text", { a: { __ansible_vault: "x" } }],
  ["marked text", { a: [{ __ansible_unsafe: "x" }] }],
  ["a control character", { a: "\u001b[2J" }],
  ["a number that JSON has changed", JSON.parse('{"a": 9223372036854775807}') as Record<string, unknown>],
  ["forty levels", { a: deep(40) }],
  ["a hundred thousand levels", JSON.parse(`{"a": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`) as Record<string, unknown>],
])("as data, %s is refused", (_name, variables) => {
  expect(() => checkVariables(variables, "extravars")).toThrow(expect.objectContaining({ code: "REQUEST_INVALID" }));
});
