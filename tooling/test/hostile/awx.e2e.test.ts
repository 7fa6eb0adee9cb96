// What controllers rely on is still so behind the boundary: files in env/, cp/, and everything that a job leaves among its artifacts.
import { readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { makeDataDir } from "../../scenarios/data-dir.ts";
import { fight, isolated, asked } from "./arena.ts";

let dataDir: string | undefined;
afterEach(() => rm(dataDir!, { recursive: true, force: true }));

const play = `- hosts: localhost
  gather_facts: false
  tasks:
    - {name: Credential, debug: {msg: "read {{ lookup('file', root + '/env/tmpabc') }}"}}
    - {name: Facts, debug: {msg: "seen {{ hostvars['localhost']['from_before'] | default('nothing') }}"}}
    - {name: Remember, set_fact: {remembered: 42, cacheable: true}}
    - name: Own files
      shell: "for name in ansible_version.txt collections.json report.html; do printf $name > {{ root }}/artifacts/{{ ident }}/$name; done; printf written > {{ root }}/cp/master"
`;

describe.each(isolated)("a job on %s", (where) => {
  test("reads a credential in env/, writes cp/, sees facts that were put among its artifacts, and its own files are there afterwards, twice", async () => {
    dataDir = await makeDataDir({ "project/site.yml": play, "env/tmpabc": "the credential", "cp/here": "" });
    const ident = `awx-relies-${where}`;
    const artifacts = join(dataDir, "artifacts", ident);
    await mkdir(join(artifacts, "fact_cache"), { recursive: true });
    await writeFile(join(artifacts, "fact_cache/localhost"), JSON.stringify({ from_before: "the facts from before" }));
    const root = where === "bwrap" ? dataDir : "/runner";
    for (const seen of ["the facts from before", "nothing"]) {
      const fought = await fight({ privateDataDir: dataDir, ident, playbook: "site.yml", extravars: { root, ident }, ...asked(where) });
      expect(fought, fought.stdout).toMatchObject({ status: "successful", rc: 0 });
      expect(fought.stdout).toContain("read the credential");
      // The second run of the same ident starts anew.
      expect(fought.stdout).toContain(`seen ${seen}`);
      expect(readFileSync(join(dataDir, "cp/master"), "utf8")).toBe("written");
      for (const name of ["ansible_version.txt", "collections.json", "report.html"]) expect(readFileSync(join(artifacts, name), "utf8")).toBe(name);
      expect(JSON.stringify(JSON.parse(readFileSync(join(artifacts, "fact_cache/localhost"), "utf8")))).toContain("remembered");
      expect(fought.warnings.filter((text) => text.includes("left out"))).toEqual([]);
      expect(readFileSync(join(artifacts, "rc"), "utf8")).toBe("0");
    }
  });
});
