import { posix } from "node:path";
import { RunnerError, type Archives } from "@distronode-runner/contract";
import { whole } from "../archive/pieces.ts";
import { readTar, writeTar } from "../archive/tar.ts";
import { answer } from "./calls.ts";

/** Directories that every container has. */
const given: readonly string[] = ["/", "/tmp"];

/** The files of containers as archives. `filesOf` throws for an unknown container. */
export function memoryArchives(filesOf: (id: string) => Map<string, Uint8Array>): Archives {
  return {
    async put(id, directory, archive, call) {
      const files = await answer(call, () => filesOf(id));
      if (!given.includes(directory) && under(files, directory).length === 0) throw absent(directory);
      const unpacked = readTar(await whole(archive));
      call?.signal?.throwIfAborted();
      if (unpacked === undefined) throw new RunnerError("REQUEST_INVALID", "This is no whole archive.", { cause: new Error("tar") });
      for (const [name, content] of unpacked) files.set(posix.join(directory, name), content);
    },
    async *get(id, path, call) {
      const files = await answer(call, () => filesOf(id));
      const found = files.has(path) ? [path] : under(files, path);
      if (found.length === 0 && !given.includes(path)) throw absent(path);
      yield writeTar(new Map(found.map((each) => [posix.relative(posix.dirname(path), each), files.get(each)!])));
    },
  };
}

const under = (files: ReadonlyMap<string, unknown>, directory: string): string[] => [...files.keys()].filter((path) => path.startsWith(`${directory}/`));

const absent = (path: string): RunnerError => new RunnerError("PATH_NOT_FOUND", `There is no ${path} in the container.`, { cause: new Error("ENOENT") });
