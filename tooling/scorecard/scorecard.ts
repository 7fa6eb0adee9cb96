import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** One feature of the peer. Kind: M match, Q quirk, D a defect or gap of the peer that is done better, F vocabulary of the fork. */
export interface Row {
  readonly id: string;
  readonly section: string;
  readonly feature: string;
  readonly kind: "M" | "Q" | "D" | "F";
}

export interface Proof {
  readonly file: string;
  readonly test: string;
}

const root = join(import.meta.dirname, "../..");

export async function loadRows(): Promise<readonly Row[]> {
  return JSON.parse(await readFile(join(import.meta.dirname, "rows.json"), "utf8")) as Row[];
}

/** Row id -> the tests whose names carry it. */
export async function findProofs(): Promise<ReadonlyMap<string, readonly Proof[]>> {
  const proofs = new Map<string, Proof[]>();
  for (const file of await testFiles()) {
    const text = await readFile(file, "utf8");
    for (const [, , name = ""] of text.matchAll(/\b(?:test|it)(?:\.each\([\s\S]*?\))?\(\s*(["'`])((?:\\.|(?!\1)[\s\S])*)\1/g)) {
      for (const [, id = ""] of name.matchAll(/\[([A-Z]{3}-\d\d)\]/g)) {
        proofs.set(id, [...(proofs.get(id) ?? []), { file: relative(root, file), test: name }]);
      }
    }
    // Names that come from a table.
    for (const [, name = "", id = ""] of text.matchAll(/(?:what|name):\s*"((?:[^"\\]|\\.)*\[([A-Z]{3}-\d\d)\][^"]*)"/g)) {
      proofs.set(id, [...(proofs.get(id) ?? []), { file: relative(root, file), test: name }]);
    }
  }
  return proofs;
}

async function testFiles(): Promise<string[]> {
  const files: string[] = [];
  for (const place of ["packages", "apps", "tooling"]) {
    for (const entry of await readdir(join(root, place), { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && entry.name.endsWith(".test.ts") && !entry.parentPath.includes("node_modules")) files.push(join(entry.parentPath, entry.name));
    }
  }
  return files.sort();
}
