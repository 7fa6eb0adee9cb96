import { closeSync, openSync, readFileSync, readSync, writeSync } from "node:fs";

/**
 * Takes a variable out of this process's environment, so that nothing that is started inherits it, and on Linux overwrites its value where the process's first
 * environment stays readable for others of the same user, as `/proc/PID/environ`. Where that cannot be done nothing else is.
 */
export function forgetVariable(name: string): void {
  delete process.env[name];
  if (process.platform !== "linux") return;
  try {
    overwrite(name);
  } catch {
    // It is out of the environment all the same.
  }
}

function overwrite(name: string): void {
  // The name of the program, in parentheses, may hold spaces; the third field follows it.
  const fields = readFileSync("/proc/self/stat", "latin1").replace(/^.*\) /s, "").split(" ");
  const [start, end] = [Number(fields[47]), Number(fields[48])];
  if (!(start > 0 && end > start)) return;
  const memory = openSync("/proc/self/mem", "r+");
  try {
    const area = Buffer.alloc(end - start);
    const bytes = readSync(memory, area, 0, area.length, start);
    // Every one: a shell can have passed on two.
    const wanted = Buffer.from(`\0${name}=`);
    const text = Buffer.concat([Buffer.from("\0"), area.subarray(0, bytes)]);
    for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
      const value = at + wanted.length;
      const stop = text.indexOf(0, value);
      const length = (stop === -1 ? text.length : stop) - value;
      if (length > 0) writeSync(memory, Buffer.alloc(length, "x"), 0, length, start + value - 1);
    }
  } finally {
    closeSync(memory);
  }
}
