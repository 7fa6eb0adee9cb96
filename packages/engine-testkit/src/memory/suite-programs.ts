import { readFile, writeFile } from "node:fs/promises";
import type { ContainerSpec, Mount } from "@distronode-runner/contract";
import { floodOf, type Script } from "../scripts.ts";
import { nextSignal, type Program } from "./program.ts";

/** The image of a memory engine that was given no other. */
export const memoryImage = "localhost/memory:1";

/** The suite's script for the memory engine: the names of these programs, and what they need to know. */
export const memoryScript: Script = {
  exit: (code) => ["exit", String(code)],
  print: ({ stdout = "", stderr = "" }) => ["print", stdout, stderr],
  flood: (bytes, code) => ["flood", String(bytes), String(code)],
  everyByte: () => ["every-byte"],
  count: (count) => ["count", String(count)],
  copy: () => ["copy"],
  measure: () => ["measure"],
  untilSignal: () => ["until-signal"],
  deaf: () => ["deaf"],
  chatter: () => ["chatter"],
  variable: (name) => ["variable", name],
  workdir: () => ["workdir"],
  user: () => ["user"],
  arguments: (values) => ["arguments", ...values],
  read: (path) => ["read", path],
  write: (path, text) => ["write", path, text],
};

const part = 64 * 1024;

export const suitePrograms: Readonly<Record<string, Program>> = {
  exit: ({ argv }) => Number(argv[0]),
  print: async ({ argv, stdout, stderr }) => {
    if (argv[0] !== undefined && argv[0] !== "") await stdout(argv[0]);
    if (argv[1] !== undefined && argv[1] !== "") await stderr(argv[1]);
    return 0;
  },
  flood: async ({ argv, stdout }) => {
    const bytes = floodOf(Number(argv[0]));
    for (let at = 0; at < bytes.length; at += part) await stdout(bytes.subarray(at, at + part));
    return Number(argv[1]);
  },
  "every-byte": async ({ stdout }) => {
    await stdout(Uint8Array.from({ length: 256 }, (_, value) => value));
    return 0;
  },
  count: async ({ argv, stdout }) => {
    const numbers = Array.from({ length: Number(argv[0]) }, (_, index) => `${index + 1}\n`);
    for (let at = 0; at < numbers.length; at += 500) await stdout(numbers.slice(at, at + 500).join(""));
    return 0;
  },
  copy: async ({ stdin, stdout, stderr }) => {
    for await (const bytes of stdin) await stdout(bytes);
    await stderr("end\n");
    return 0;
  },
  measure: async ({ stdin, stdout }) => {
    let total = 0;
    for await (const bytes of stdin) total += bytes.length;
    await stdout(`${total}\n`);
    return 0;
  },
  "until-signal": async ({ stdout, signal }) => {
    await stdout("ready\n");
    return (await nextSignal(signal)) === "SIGTERM" ? 41 : 42;
  },
  deaf: async ({ stdout }) => {
    await stdout("ready\n");
    return new Promise<number>(() => {});
  },
  chatter: async ({ stdout }) => {
    for (;;) await stdout("tick\n".repeat(1000));
  },
  variable: async ({ argv, spec, stdout }) => {
    await stdout(spec.environment[argv[0] ?? ""] ?? "");
    return 0;
  },
  workdir: async ({ spec, stdout }) => {
    await stdout(`${spec.workdir ?? "/"}\n`);
    return 0;
  },
  user: async ({ spec, stdout }) => {
    await stdout(`${(spec.user ?? "0").split(":")[0]}\n`);
    return 0;
  },
  arguments: async ({ argv, stdout }) => {
    await stdout(argv.map((value) => `${value}\n`).join(""));
    return 0;
  },
  read: async ({ argv, spec, files, stdout }) => {
    const path = argv[0] ?? "";
    const place = outside(spec, path);
    const content = place === undefined ? files.get(path) : await readFile(place.path);
    if (content === undefined) return 1;
    await stdout(content);
    return 0;
  },
  write: async ({ argv, spec, files }) => {
    const path = argv[0] ?? "";
    const place = outside(spec, path);
    if (place === undefined) {
      if (spec.readOnlyRoot === true && spec.tmpfs?.some(({ target }) => path.startsWith(`${target}/`)) !== true) return 1;
      files.set(path, Buffer.from(argv[1] ?? ""));
      return 0;
    }
    if (place.mount.readOnly) return 1;
    await writeFile(place.path, argv[1] ?? "");
    return 0;
  },
};

/** Where a path of the container is on this machine. */
function outside(spec: ContainerSpec, path: string): { readonly path: string; readonly mount: Mount } | undefined {
  const mount = spec.mounts.find(({ target }) => path === target || path.startsWith(`${target}/`));
  return mount === undefined ? undefined : { mount, path: mount.source + path.slice(mount.target.length) };
}
