import { RunnerError, type ErrorLocation } from "@distronode-runner/contract";
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from "yaml";
import { PythonDate, PythonFloat, pythonScalars } from "./python-scalars.ts";

/** A mapping read from a YAML or JSON file, with the places of its keys. */
export interface ParsedMapping {
  /** Plain values; numbers with a fraction are `PythonFloat`, dates are `PythonDate`. Keys are text. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Where a key stands; the nearest parent's place if it has none of its own. */
  locate(path: readonly string[]): ErrorLocation;
  /** Keys of one mapping, at any depth, that are written more than once. The last one counts. */
  readonly duplicates: readonly { readonly key: string; readonly lines: readonly [number, number] }[];
}

/** Reads a mapping. Empty files give an empty mapping. Anything else than a mapping, or broken YAML, is `DATA_DIR_INVALID`. */
export function parseMapping(text: string, file: string): ParsedMapping {
  const lines = new LineCounter();
  const document = read(text, file, lines);
  const root = document.contents;
  if (root !== null && !isMap(root) && !(isScalar(root) && root.value === null)) {
    throw new RunnerError("DATA_DIR_INVALID", `${file} must hold a mapping (KEY: VALUE lines), but it holds ${isSeq(root) ? "a list" : "a single value"}.`, {
      location: { file, line: 1 },
      hint: "Write one `KEY: VALUE` per line, or a JSON object.",
    });
  }
  const value = (isMap(root) ? plain(document.toJS({ mapAsMap: true, maxAliasCount: 1000 })) : {}) as Record<string, unknown>;
  return { value, locate: (path) => locate(root, path, file, lines), duplicates: duplicates(root, lines) };
}

/** Checks the syntax alone, for files that only the tool itself reads. Unknown tags such as `!vault` are fine. */
export function checkYaml(text: string, file: string): void {
  read(text, file, new LineCounter());
}

function read(text: string, file: string, lineCounter: LineCounter): Document {
  const document = parseDocument(text.replace(/^\uFEFF/, ""), {
    version: "1.1",
    uniqueKeys: false,
    merge: true,
    lineCounter,
    logLevel: "silent",
    prettyErrors: false,
    customTags: (tags) => [...pythonScalars, ...tags.filter((tag) => typeof tag === "string" || !tag.default || tag.collection !== undefined)],
  });
  const error = document.errors[0];
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new RunnerError("DATA_DIR_INVALID", `${file} is not valid YAML: ${sentence(error.message)}`, {
      location: { file, line, column: col },
      hint: "Check indentation, quotes and colons at that place.",
      cause: error,
    });
  }
  return document;
}

const sentence = (message: string): string => (/[.!?]$/.test(message) ? message : `${message}.`);

function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [typeof key === "string" ? key : String(key instanceof PythonFloat ? key.value : key), plain(item)]));
  if (value instanceof PythonFloat || value instanceof PythonDate || !Array.isArray(value)) return value;
  return value.map(plain);
}

function duplicates(root: Node | null, lines: LineCounter): ParsedMapping["duplicates"] {
  const found: { key: string; lines: [number, number] }[] = [];
  visit(root, {
    Map: (_key, map) => {
      const seen = new Map<string, number>();
      for (const { key } of map.items) {
        if (!isScalar(key) || key.range == null) continue;
        const [name, line] = [String(key.value), lines.linePos(key.range[0]).line];
        const first = seen.get(name);
        if (first === undefined) seen.set(name, line);
        else found.push({ key: name, lines: [first, line] });
      }
    },
  });
  return found;
}

function locate(root: Node | null, path: readonly string[], file: string, lines: LineCounter): ErrorLocation {
  let node: unknown = root;
  let offset: number | undefined;
  for (const part of path) {
    if (isSeq(node)) {
      node = node.items[Number(part)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
      continue;
    }
    const pair = isMap(node) ? node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === part) : undefined;
    if (pair === undefined) break;
    offset = (pair.key as Node).range?.[0] ?? offset;
    node = pair.value;
  }
  const key = path.join(".");
  if (offset === undefined) return { file, ...(key === "" ? {} : { key }) };
  const { line, col } = lines.linePos(offset);
  return { file, key, line, column: col };
}
