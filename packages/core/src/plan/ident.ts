import { RunnerError } from "@distronode-runner/contract";

/** An ident names a directory below the artifact root: one path element, nothing that could lead elsewhere. */
export function checkIdent(ident: string): string {
  const fault =
    ident === "" ? "is empty" : ident === "." || ident === ".." ? "names no directory of its own" : /[/\0\n]/.test(ident) ? "contains a slash, a line end or a null character" : Buffer.byteLength(ident) > 200 ? "is longer than 200 bytes" : undefined;
  if (fault !== undefined) {
    throw new RunnerError("REQUEST_INVALID", `The ident ${JSON.stringify(ident)} ${fault}.`, { location: { key: "ident" }, hint: "Use letters, digits, dots, dashes and underscores." });
  }
  return ident;
}
