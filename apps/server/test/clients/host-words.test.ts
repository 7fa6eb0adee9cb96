import { expect, test } from "vitest";
import { checkHostList, checkLimit } from "../../src/clients/host-words.ts";

const invalid = expect.objectContaining({ code: "REQUEST_INVALID" });

test.each(["web", "web:!web3:&up", "web*,db[0:2]", "~web\\d+", ""])("%j selects hosts", (limit) => {
  expect(() => checkLimit(limit, "limit")).not.toThrow();
});

test.each(["@/etc/shadow", "web,@/etc/shadow", "web:@/etc/shadow", "web, @x", "-e@/etc/shadow", " --help"])("%j is no limit of a client's", (limit) => {
  expect(() => checkLimit(limit, "limit")).toThrow(invalid);
});

test.each(["web,", "web,db.example", "10.0.0.1,10.0.0.2:2222", "[::1]:22,", "web[1:3],", " web , db "])("%j is a list of hosts", (list) => {
  expect(() => checkHostList(list, "inventory")).not.toThrow();
});

test.each([
  ["a path", "/etc/hosts,"],
  ["a path behind a host", "web,../../etc/hosts"],
  ["variables", "web ansible_connection=local,"],
  ["variables without a space", "ansible_connection=local,"],
  ["a template", "{{x}},"],
  ["an option", "-web,"],
  ["an option further on", "web,-oProxyCommand"],
  ["a command", "$(id),"],
  ["a user", "root@web,"],
  ["nothing", ",,"],
  ["lines", "web,\nansible_connection=local"],
])("%s in a list of hosts is refused: %j", (_name, list) => {
  expect(() => checkHostList(list, "inventory")).toThrow(invalid);
});
