import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

// Some of these are not on the PATH of a normal user.
const systemDirectories = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

export function findProgram(name: string): string | undefined {
  const directories = [...(process.env["PATH"] ?? "").split(delimiter), ...systemDirectories];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
