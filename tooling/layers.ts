import { posix } from "node:path";
import { type ESTree, parseSync, Visitor } from "rolldown/utils";

const SCOPE = "@distronode-runner/";
const INPUT_OUTPUT = /^node:(fs|net|http|https|http2|tls|dgram|dns|child_process|worker_threads|cluster|sqlite)(\/|$)/;

interface Layer {
  /** Packages that its sources may import. */
  readonly may: readonly string[];
  /** Packages that it may import only when needed (`await import`), or for their types. */
  readonly lazily?: readonly string[];
  /** For packages that are otherwise pure: the only files that may touch the disk, the network or other processes. */
  readonly inputOutputIn?: readonly string[];
  /** Published as one bundle: what it imports may be a devDependency. */
  readonly bundled?: boolean;
}

/** The one-way arrows between the packages. Everybody may import `contract`, the shared language. */
export const LAYERS: Readonly<Record<string, Layer>> = {
  contract: { may: [], inputOutputIn: ["src/private-directory.ts"] },
  core: { may: ["contract", "safe-files"], inputOutputIn: ["src/data-dir/read.ts", "src/data-dir/read-pipe.ts", "src/data-dir/read-ssh-directory.ts"] },
  shim: { may: ["contract"] },
  "engine-http": { may: ["contract"] },
  "engine-cli": { may: ["contract", "engine-http"] },
  "engine-docker": { may: ["contract", "engine-http"] },
  "engine-podman": { may: ["contract", "engine-http"] },
  "safe-files": { may: ["contract"] },
  "engine-process": { may: ["contract", "safe-files"] },
  "engine-testkit": { may: ["contract"] },
  auth: { may: ["contract"] },
  artifacts: { may: ["contract", "safe-files"] },
  "sink-http": { may: ["contract"] },
  runner: { may: ["contract", "core", "safe-files", "shim"] },
  remote: { may: ["contract", "runner"] },
  standard: {
    may: [
      "contract",
      "core",
      "shim",
      "runner",
      "remote",
      "safe-files",
      "auth",
      "artifacts",
      "engine-docker",
      "engine-podman",
      "engine-process",
      "engine-testkit",
      "sink-http",
    ],
  },
  server: { may: ["contract", "runner", "standard"] },
  cli: { may: ["contract", "runner", "remote", "safe-files", "standard"], lazily: ["server"], bundled: true },
};

/** Repository-relative path -> text: the sources, tests and package.json files of `packages/*` and `apps/*`. */
export type Tree = ReadonlyMap<string, string>;

export interface Violation {
  readonly rule: "layer" | "purity" | "deep-import" | "undeclared" | "unused" | "unknown-package";
  /** From a file nobody else in the package imports down to what must not be imported. */
  readonly chain: readonly string[];
  readonly reason: string;
}

interface Import {
  readonly specifier: string;
  /** Static and with a value: loaded whenever the file is. */
  readonly eager: boolean;
}

interface Package {
  readonly name: string;
  readonly home: string;
  readonly exports: ReadonlySet<string>;
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
  readonly imports: ReadonlyMap<string, readonly Import[]>;
}

/** Everything in the tree that goes against the table, or that a package.json does not admit to. */
export function findViolations(tree: Tree, layers: Readonly<Record<string, Layer>> = LAYERS): Violation[] {
  const packages = readPackages(tree);
  return [...packages.values()].flatMap((pkg) => {
    const layer = layers[pkg.name];
    if (layer === undefined) {
      return [
        { rule: "unknown-package", chain: [pkg.home], reason: "is missing from the table in tooling/layers.ts" } as const,
      ];
    }
    return [...checkImports(pkg, layer, packages), ...checkUnused(pkg)];
  });
}

/** One line for each violation, with the chain of imports that leads to it. */
export function describe(violation: Violation): string {
  return `${violation.rule}: ${violation.chain.join(" -> ")}: ${violation.reason}`;
}

function* checkImports(pkg: Package, layer: Layer, packages: ReadonlyMap<string, Package>): Generator<Violation> {
  for (const [file, imports] of pkg.imports) {
    const isSource = file.startsWith(`${pkg.home}/src/`);
    for (const { specifier, eager } of imports) {
      const violation = (rule: Violation["rule"], reason: string): Violation => ({
        rule,
        chain: [...chainTo(pkg, file), specifier],
        reason,
      });

      if (specifier.startsWith(".")) {
        const target = posix.join(posix.dirname(file), specifier);
        if (!target.startsWith(`${pkg.home}/`)) {
          yield violation("deep-import", "reaches out of the package by path; import the other package by its name");
        } else if (isSource && !target.startsWith(`${pkg.home}/src/`) && target !== `${pkg.home}/package.json`) {
          yield violation("deep-import", "sources import only sources");
        }
        continue;
      }
      if (specifier.startsWith("node:")) {
        if (
          isSource &&
          layer.inputOutputIn?.some((path) => file === `${pkg.home}/${path}`) === false &&
          INPUT_OUTPUT.test(specifier)
        ) {
          yield violation("purity", `${pkg.name} is pure outside of [${layer.inputOutputIn.join(", ")}]`);
        }
        continue;
      }

      const dependency = packageOf(specifier);
      if (dependency.startsWith(SCOPE)) {
        const name = dependency.slice(SCOPE.length);
        if (isSource && name === pkg.name) {
          yield violation("deep-import", "a package imports its own files by path");
          continue;
        }
        const lazily = layer.lazily?.includes(name) === true;
        if (isSource && lazily && eager) {
          yield violation("layer", `${pkg.name} may import ${name} only with \`await import\``);
        } else if (isSource && !lazily && !layer.may.includes(name)) {
          yield violation("layer", `${pkg.name} must not import ${name}`);
        }
        const subpath = `.${specifier.slice(dependency.length)}`;
        if (packages.get(name)?.exports.has(subpath) === false) {
          yield violation("deep-import", `${dependency} does not export ${subpath}`);
        }
        if (name === pkg.name) continue;
      }

      const declared =
        pkg.dependencies.has(dependency) || ((!isSource || layer.bundled === true) && pkg.devDependencies.has(dependency));
      // What tests share (the test runner, Node's types) is installed once, at the root.
      if (!declared && (isSource || dependency.startsWith(SCOPE))) {
        const field = isSource && layer.bundled !== true ? "dependencies" : "devDependencies";
        yield violation("undeclared", `${dependency} is not among the ${field} in ${pkg.home}/package.json`);
      }
    }
  }
}

function* checkUnused(pkg: Package): Generator<Violation> {
  const used = new Set([...pkg.imports.values()].flat().map(({ specifier }) => packageOf(specifier)));
  for (const dependency of pkg.dependencies) {
    if (used.has(dependency) || used.has(`@types/${dependency}`)) continue;
    yield { rule: "unused", chain: [`${pkg.home}/package.json`, dependency], reason: "nothing imports it" };
  }
}

/** The shortest way down to the file from one that no other file of the package imports. */
function chainTo(pkg: Package, file: string): string[] {
  const seen = new Set([file]);
  const queue: string[][] = [[file]];
  for (const chain of queue) {
    const importers = [...pkg.imports].filter(([importer, imports]) =>
      imports.some(
        ({ specifier }) => specifier.startsWith(".") && posix.join(posix.dirname(importer), specifier) === chain[0],
      ),
    );
    if (importers.length === 0) return chain;
    for (const [importer] of importers) {
      if (seen.has(importer)) continue;
      seen.add(importer);
      queue.push([importer, ...chain]);
    }
  }
  return [file];
}

function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function readPackages(tree: Tree): Map<string, Package> {
  const packages = new Map<string, Package>();
  for (const [path, text] of tree) {
    const home = /^((?:packages|apps)\/[^/]+)\/package\.json$/.exec(path)?.[1];
    if (home === undefined) continue;
    const manifest = JSON.parse(text) as {
      exports?: Record<string, unknown>;
      dependencies?: Record<string, string>;
      peerDependencies?: Record<string, string>;
      devDependencies?: Record<string, string>;
    };
    const files = [...tree].filter(([file]) => file.startsWith(`${home}/`) && /\.(ts|js)$/.test(file));
    const name = home.slice(home.indexOf("/") + 1);
    packages.set(name, {
      name,
      home,
      exports: new Set(Object.keys(manifest.exports ?? {})),
      dependencies: new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })),
      devDependencies: new Set(Object.keys(manifest.devDependencies ?? {})),
      imports: new Map(files.map(([file, source]) => [file, importsOf(file, source)])),
    });
  }
  return packages;
}

function importsOf(file: string, source: string): Import[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new SyntaxError(`${file}: ${errors[0]?.message}`);
  const imports: Import[] = [];
  const add = (node: ESTree.Expression | ESTree.StringLiteral | null, eager: boolean): void => {
    if (node?.type === "Literal" && typeof node.value === "string") imports.push({ specifier: node.value, eager });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source, node.importKind !== "type"),
    ExportNamedDeclaration: (node) => add(node.source, node.exportKind !== "type"),
    ExportAllDeclaration: (node) => add(node.source, node.exportKind !== "type"),
    ImportExpression: (node) => add(node.source, false),
    TSImportType: (node) => add(node.source, false),
  }).visit(program);
  return imports;
}
