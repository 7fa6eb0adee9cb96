import { describe as group, expect, test } from "vitest";
import { describe, findViolations, type Violation } from "../layers.ts";
import { readTree } from "../repository.ts";

const isDrift = ({ rule }: Violation): boolean => rule === "unused";

group("this repository", () => {
  test("imports only along the arrows", () => {
    const tree = readTree();
    expect(tree.size).toBeGreaterThan(20);
    // Unused dependencies are the business of `pnpm check`: half-written code may have them.
    expect(
      findViolations(tree)
        .filter((violation) => !isDrift(violation))
        .map(describe),
    ).toEqual([]);
  }, 30_000);
});

group("a planted violation", () => {
  const manifest = (fields: object = {}): string => JSON.stringify({ exports: { ".": {} }, ...fields });
  const contract: [string, string][] = [
    ["packages/contract/package.json", manifest()],
    ["packages/contract/src/index.ts", "export interface Job { readonly id: string }"],
  ];
  const core = (
    files: Record<string, string>,
    fields: object = { dependencies: { "@distronode-runner/contract": "workspace:*" } },
  ) =>
    findViolations(
      new Map([
        ...contract,
        ["packages/runner/package.json", manifest()],
        ["packages/core/package.json", manifest(fields)],
        ...Object.entries(files).map(([file, text]): [string, string] => [`packages/core/${file}`, text]),
      ]),
    ).map(describe);

  test("is not seen in a tree without one", () => {
    expect(core({ "src/index.ts": `import type { Job } from '@distronode-runner/contract'; export type { Job };` })).toEqual(
      [],
    );
  });

  test("against an arrow is reported with the chain of files that leads to it", () => {
    const found = core(
      {
        "src/index.ts": `export * from './plan/job.ts'; export type { Job } from '@distronode-runner/contract';`,
        "src/plan/job.ts": `import { up } from '../up.ts'; export const job = up;`,
        "src/up.ts": `export { createRunner as up } from '@distronode-runner/runner';`,
      },
      { dependencies: { "@distronode-runner/contract": "workspace:*", "@distronode-runner/runner": "workspace:*" } },
    );
    expect(found).toEqual([
      "layer: packages/core/src/index.ts -> packages/core/src/plan/job.ts -> packages/core/src/up.ts -> " +
        "@distronode-runner/runner: core must not import runner",
    ]);
  });

  test.each([
    ["an import of a type", `import type { Runner } from '@distronode-runner/runner';`],
    ["a type written in place", `export type R = import('@distronode-runner/runner').Runner;`],
    ["an import at run time", `export const load = () => import('@distronode-runner/runner');`],
    ["an import for its effects", `import '@distronode-runner/runner';`],
  ])("is found as %s", (_, text) => {
    expect(core({ "src/index.ts": text })).toContainEqual(expect.stringMatching(/^layer: .*core must not import runner$/));
  });

  test("is found among files that import each other", () => {
    const found = core({
      "src/a.ts": `import './b.ts';`,
      "src/b.ts": `import './a.ts'; import '@distronode-runner/runner';`,
    });
    expect(found).toContainEqual(expect.stringContaining("core must not import runner"));
  });

  test("into the files of another package is found, by name and by path", () => {
    expect(core({ "src/index.ts": `import '@distronode-runner/contract/src/index.ts';` })).toEqual([
      "deep-import: packages/core/src/index.ts -> @distronode-runner/contract/src/index.ts: " +
        "@distronode-runner/contract does not export ./src/index.ts",
    ]);
    expect(core({ "src/index.ts": `import '../../contract/src/index.ts'; import '@distronode-runner/contract';` })).toEqual([
      expect.stringMatching(/^deep-import: .*reaches out of the package by path/),
    ]);
  });

  test("of purity is found, but not in the file that may read", () => {
    const text = `import '@distronode-runner/contract'; import 'node:fs/promises'; import 'node:path';`;
    expect(core({ "src/data-dir/read.ts": text })).toEqual([]);
    expect(core({ "src/plan.ts": text })).toEqual([
      expect.stringMatching(/^purity: .*src\/plan\.ts -> node:fs\/promises: core is pure/),
    ]);
  });

  test("between imports and package.json is found in both directions", () => {
    expect(core({ "src/index.ts": `import 'yaml';` })).toEqual([
      expect.stringMatching(/^undeclared: .*yaml is not among the dependencies in packages\/core\/package\.json$/),
      expect.stringMatching(/^unused: packages\/core\/package\.json -> @distronode-runner\/contract: nothing imports it$/),
    ]);
  });

  test("of a test that uses an undeclared package of ours is found", () => {
    const text = `import '@distronode-runner/contract'; import '@distronode-runner/runner'; import 'vitest';`;
    expect(core({ "test/index.test.ts": text })).toEqual([
      expect.stringMatching(/^undeclared: .*runner is not among the devDependencies/),
    ]);
  });

  test("of a package that the table does not know is found", () => {
    expect(findViolations(new Map([["packages/extra/package.json", manifest()]])).map(describe)).toEqual([
      "unknown-package: packages/extra: is missing from the table in tooling/layers.ts",
    ]);
  });

  test("of an eager import is found where only a lazy one is allowed", () => {
    const cli = (text: string): string[] =>
      findViolations(
        new Map([
          ["packages/server/package.json", manifest()],
          ["apps/cli/package.json", manifest({ dependencies: { "@distronode-runner/server": "workspace:*" } })],
          ["apps/cli/src/commands/serve.ts", text],
        ]),
      ).map(describe);
    expect(cli(`export const serve = async () => (await import('@distronode-runner/server')).serve();`)).toEqual([]);
    expect(cli(`import { serve } from '@distronode-runner/server'; serve();`)).toEqual([
      expect.stringMatching(/^layer: .*cli may import server only with `await import`$/),
    ]);
  });
});
