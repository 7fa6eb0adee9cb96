// What a user would trip over in a published package: manifest mistakes, and dependencies that nothing imports.
import { globSync } from "node:fs";
import { dirname } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { describe, findViolations } from "./layers.ts";
import { findMetadataFaults } from "./package-metadata.ts";
import { ROOT, readTree } from "./repository.ts";

const problems: string[] = [];

for (const manifest of globSync("{packages,apps}/*/package.json", { cwd: ROOT }).toSorted()) {
  const home = dirname(manifest);
  const { messages, pkg } = await publint({ pkgDir: `${ROOT}/${home}`, level: "warning", pack: "pnpm" });
  problems.push(...findMetadataFaults(home));
  problems.push(...messages.map((message) => `publint: ${home}: ${formatMessage(message, pkg) ?? message.code}`));
}

const tree = readTree();
const isEmpty = (home: string): boolean =>
  [...tree].every(([path, text]) => !path.startsWith(`${home}/src/`) || text.trim() === "export {};");
problems.push(
  ...findViolations(tree)
    .filter(({ rule, chain }) => rule !== "unused" || !isEmpty(dirname(chain[0] ?? "")))
    .map(describe),
);

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
