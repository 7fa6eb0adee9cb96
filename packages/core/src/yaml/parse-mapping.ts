import { RunnerError, type ErrorLocation } from "@distronode-runner/contract";
import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from "yaml";
import { faultOf } from "./faults.ts";
import { indentFlows } from "./flow-indent.ts";
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

/** What is taken for more is an attack, or looks like one. */
const mostAliases = 1000;
const mostDepth = 100;

/**
 * Reads a mapping of a file that the runner itself obeys. Empty files give an empty mapping. Anything else than a mapping, what YAML does not allow, and what only
 * the tool could read (`!vault`) is `DATA_DIR_INVALID`. No message has a text of the file, which may be a secret.
 */
export function parseMapping(text: string, file: string): ParsedMapping {
  const { document, lines } = read(text, file);
  const foreign = foreignTag(document, lines);
  if (foreign !== undefined) {
    const vault = foreign.tag === "!vault";
    throw new RunnerError("DATA_DIR_INVALID", `${file} has ${vault ? "a value that is encrypted by the tool's vault, which the runner cannot read" : "a tag that means nothing here"}.`, {
      location: { file, line: foreign.line },
      hint: vault ? "Write the value itself, or put it into env/extravars, which the tool reads." : "Remove the tag: the word that begins with an exclamation mark.",
    });
  }
  return mapping(document, lines, file);
}

/** Reads a mapping that is meant for the tool, which knows more than YAML: tags such as `!vault` are passed over. */
export function parseForTool(text: string, file: string): ParsedMapping {
  const { document, lines } = read(text, file);
  return mapping(document, lines, file);
}

function mapping(document: Document, lines: LineCounter, file: string): ParsedMapping {
  const root = document.contents;
  if (root !== null && !isMap(root) && !(isScalar(root) && root.value === null)) {
    throw new RunnerError("DATA_DIR_INVALID", `${file} must hold a mapping (KEY: VALUE lines), but it holds ${isSeq(root) ? "a list" : "a single value"}.`, {
      location: { file, line: 1 },
      hint: "Write one `KEY: VALUE` per line, or a JSON object.",
    });
  }
  return { value: isMap(root) ? resolved(document, root, lines, file) : {}, locate: (path) => locate(root, path, file, lines), duplicates: duplicates(root, lines) };
}

/** Aliases and merge keys are followed. */
function resolved(document: Document, root: Node, lines: LineCounter, file: string): Record<string, unknown> {
  const wrong = aliasFault(document, root);
  if (wrong !== undefined) {
    throw new RunnerError("DATA_DIR_INVALID", `${file} is not valid YAML: ${wrong.says}.`, {
      location: { file, line: wrong.at === undefined ? 1 : lines.linePos(wrong.at).line },
      hint: "A value that begins with * or & needs quotes, if it is meant as text.",
    });
  }
  try {
    return plain(document.toJS({ mapAsMap: true, maxAliasCount: mostAliases })) as Record<string, unknown>;
  } catch {
    throw new RunnerError("DATA_DIR_INVALID", `${file} is not valid YAML: its aliases or merge keys (<<) cannot be followed, or there are too many of them.`, { location: { file, line: 1 }, hint: "Write the values out." });
  }
}

/** An alias of nothing, or of something that it is a part of; a merge key without a mapping; more aliases than anybody writes. */
function aliasFault(document: Document, root: Node): { readonly says: string; readonly at: number | undefined } | undefined {
  let fault: { says: string; at: number | undefined } | undefined;
  let aliases = 0;
  const tell = (says: string, node: unknown): symbol => {
    fault = { says, at: (node as Node | undefined)?.range?.[0] };
    return visit.BREAK;
  };
  const target = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  visit(root, {
    Alias: (_key, alias, path) => {
      aliases += 1;
      if (aliases > mostAliases) return tell(`it has more than ${mostAliases} aliases`, alias);
      const source = alias.resolve(document);
      if (source === undefined) return tell("an alias (*) has no anchor (&) above it", alias);
      return path.includes(source) ? tell("an alias stands inside of what it repeats", alias) : undefined;
    },
    Pair: (_key, { key, value }) => {
      if (!isScalar(key) || key.source !== "<<" || key.type !== "PLAIN") return undefined;
      const source = target(value);
      return isMap(source) || (isSeq(source) && source.items.every((item) => isMap(target(item)))) ? undefined : tell("a merge key (<<) has no mapping", key);
    },
    Node: (_key, node, path) => (path.length > 2 * mostDepth ? tell("it is nested too deeply", node) : undefined),
  });
  return fault;
}

function foreignTag(document: Document, lines: LineCounter): { readonly tag: string; readonly line: number } | undefined {
  let found: { tag: string; line: number } | undefined;
  visit(document, {
    Node: (_key, node) => {
      const { tag } = node as { readonly tag?: string };
      if (tag === undefined || known.has(tag)) return undefined;
      found = { tag, line: node.range == null ? 1 : lines.linePos(node.range[0]).line };
      return visit.BREAK;
    },
  });
  return found;
}

/** Tags of PyYAML's safe loader. */
const known: ReadonlySet<string> = new Set(["!", ...["null", "bool", "int", "float", "binary", "timestamp", "omap", "pairs", "set", "str", "seq", "map", "merge"].map((name) => `tag:yaml.org,2002:${name}`)]);

function read(text: string, file: string): { readonly document: Document; readonly lines: LineCounter } {
  const written = text.replace(/^\uFEFF/, "");
  const first = parsed(written);
  if (first.document.errors.length === 0) return first;
  const second = first.document.errors.some(({ code }) => code === "BAD_INDENT") ? parsed(indentFlows(written)) : undefined;
  if (second !== undefined && second.document.errors.length === 0) return second;
  const [error] = first.document.errors;
  const { line, col } = first.lines.linePos(error!.pos[0]);
  throw new RunnerError("DATA_DIR_INVALID", `${file} is not valid YAML: ${faultOf(error!.code)}.`, {
    location: { file, line, column: col },
    hint: error!.code === "MULTIPLE_DOCS" ? "Remove the line with ---, or one of the documents." : "Check indentation, quotes and colons at that place.",
  });
}

function parsed(text: string): { readonly document: Document; readonly lines: LineCounter } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: "1.1",
    uniqueKeys: false,
    merge: true,
    lineCounter: lines,
    logLevel: "error",
    prettyErrors: false,
    customTags: (tags) => [...pythonScalars, ...tags.filter((tag) => typeof tag === "string" || !tag.default || tag.collection !== undefined || tag.tag === "tag:yaml.org,2002:str")],
  });
  return { document, lines };
}

function plain(value: unknown, depth = 0): unknown {
  if (depth > mostDepth) throw new RangeError("too deep");
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [typeof key === "string" ? key : String(key instanceof PythonFloat ? key.value : key), plain(item, depth + 1)]));
  if (value instanceof PythonFloat || value instanceof PythonDate || !Array.isArray(value)) return value;
  return value.map((item) => plain(item, depth + 1));
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
