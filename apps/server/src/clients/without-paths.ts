import { RunnerError, type ErrorRecord } from "@distronode-runner/contract";

const instead = "(a path of the server)";

/** Absolute paths, alone, in quotes (then with blanks), or in a URL of a file or socket. Not those of a URL with a host, and not the slash of an image's name or a media type. */
const absolute = /(?<=(["'`]))\/(?!\/)[^"'`\n]*(?=\1)|\b(?:unix|file|npipe):\/\/\/?[^\s"'`,;()<>|]+|(?<![\w./~*\])}…-])\/(?!\/)[^\s"'`,;()<>|]*[^\s"'`,;()<>|.:!?]/g;

/** Of the container that a job runs in, which is the same for all. */
const known = /^\/runner(?![^/])/;

/** A text in which no absolute path of the server is left. */
export function withoutAbsolute(text: string): string {
  return text.replaceAll(absolute, (path) => (known.test(path) ? path : instead));
}

/** The same, in which a data directory goes by the name that clients use for it: where it stands on the server is no business of theirs. */
export function withoutPaths(text: string, root: string, name: string): string {
  // `/srv/demo` is not the beginning of `/srv/demo2`.
  const own = new RegExp(`${root.replaceAll(/[^\w/]/g, "\\$&")}(?![\\w-]|\\.\\w)`, "g");
  return withoutAbsolute(text.replaceAll(own, () => name));
}

export function recordWithoutPaths(record: ErrorRecord, root: string, name: string): ErrorRecord {
  return recordWith(record, (text) => withoutPaths(text, root, name));
}

export function errorWithoutPaths(error: RunnerError, root: string, name: string): RunnerError {
  const { code, message, ...details } = recordWithoutPaths(error.toJSON(), root, name);
  return new RunnerError(code, message, { ...details, cause: error });
}

/** For errors of which it is not known which directory they are about. */
export function recordWithoutAbsolute(record: ErrorRecord): ErrorRecord {
  return recordWith(record, withoutAbsolute);
}

function recordWith(record: ErrorRecord, shown: (text: string) => string): ErrorRecord {
  return {
    ...record,
    message: shown(record.message),
    ...(record.hint === undefined ? {} : { hint: shown(record.hint) }),
    ...(record.location === undefined ? {} : { location: Object.fromEntries(Object.entries(record.location).map(([key, value]: [string, unknown]) => [key, typeof value === "string" ? shown(value) : value])) }),
    ...(record.problems === undefined ? {} : { problems: record.problems.map(shown) }),
  };
}
