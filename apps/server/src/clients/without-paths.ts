import { RunnerError, type ErrorRecord } from "@distronode-runner/contract";

/** A text in which a data directory goes by the name that clients use for it: where it stands on the server is no business of theirs. */
export function withoutPaths(text: string, root: string, name: string): string {
  return text.replaceAll(root, name);
}

export function recordWithoutPaths(record: ErrorRecord, root: string, name: string): ErrorRecord {
  const shown = (text: string): string => withoutPaths(text, root, name);
  return {
    ...record,
    message: shown(record.message),
    ...(record.hint === undefined ? {} : { hint: shown(record.hint) }),
    ...(record.location?.file === undefined ? {} : { location: { ...record.location, file: shown(record.location.file) } }),
    ...(record.problems === undefined ? {} : { problems: record.problems.map(shown) }),
  };
}

export function errorWithoutPaths(error: RunnerError, root: string, name: string): RunnerError {
  const { code, message, ...details } = recordWithoutPaths(error.toJSON(), root, name);
  return new RunnerError(code, message, { ...details, cause: error });
}
