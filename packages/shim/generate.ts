// Writes src/python-sources.ts from python/*.py:  node packages/shim/generate.ts
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const sources = [
  ["bootstrapSource", "bootstrap.py", "The argument of `python3 -c`: reads the shim from standard input and becomes it."],
  ["supervisorSource", "supervisor.py", "The shim."],
  ["connectorSource", "connector.py", "The argument of `python3 -c` that carries a conversation to a running job."],
  ["eventsSource", "events.py", "The event callback plugin, for a file of the job."],
] as const;

/** The text of `src/python-sources.ts`. */
export function generate(): string {
  const parts = sources.map(([name, file, description]) => {
    const text = readFileSync(new URL(`./python/${file}`, import.meta.url), "utf8");
    const lines = text.split("\n").map((line) => `  ${JSON.stringify(line)},`);
    return `/** ${description} */\nexport const ${name}: string = [\n${lines.join("\n")}\n].join("\\n");\n`;
  });
  return ["// Generated from python/*.py by generate.ts. Do not edit.\n", ...parts].join("\n");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(fileURLToPath(new URL("./src/python-sources.ts", import.meta.url)), generate());
}
