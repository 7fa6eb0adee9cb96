import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "rolldown";

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly author?: string | { readonly name?: string };
  readonly repository?: string | { readonly url?: string };
}

/** Writes beside a bundle what it contains of others, with their licences: who gives on the bundle gives these on. */
export function thirdPartyLicenses(fileName = "THIRD-PARTY-LICENSES.txt"): Plugin {
  return {
    name: "third-party-licenses",
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : []));
      const homes = [...new Set(modules.flatMap((id) => packageOf(id.replaceAll("\0", "")) ?? []))];
      const parts = new Map(homes.map((home) => section(home)));
      const text = [...parts].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, part]) => part);
      this.emitFile({ type: "asset", fileName, source: `This bundle contains the following packages.\n\n${text.join(`\n${"-".repeat(80)}\n\n`)}` });
    },
  };
}

/** Directory of the package that a module belongs to, if it is one that was installed. */
function packageOf(id: string): string | undefined {
  const [, home] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id) ?? [];
  return home;
}

function section(home: string): readonly [name: string, text: string] {
  const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as Manifest;
  const { name = home, version = "", license = "no licence named", author, repository } = manifest;
  const files = readdirSync(home).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const by = typeof author === "string" ? author : author?.name;
  const from = typeof repository === "string" ? repository : repository?.url;
  const head = [`${name} ${version} (${license})`, ...(by === undefined ? [] : [`by ${by}`]), ...(from === undefined ? [] : [from])].join("\n");
  const texts = files.map((file) => readFileSync(join(home, file), "utf8").trim());
  return [`${name}@${version}`, `${head}\n\n${texts.length === 0 ? `The package has no file with its licence; it names ${license}.` : texts.join("\n\n")}\n`];
}
