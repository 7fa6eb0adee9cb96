/** How an image is told to do the few things that the suite needs: argument vectors for `ContainerSpec.command`. */
export interface Script {
  exit(code: number): readonly string[];
  /** Writes both texts as they are, then exits with 0. */
  print(texts: { readonly stdout?: string; readonly stderr?: string }): readonly string[];
  /** Writes `floodOf(bytes)` to stdout as fast as it can and exits with `code`. */
  flood(bytes: number, code: number): readonly string[];
  /** Writes the 256 byte values in order. */
  everyByte(): readonly string[];
  /** Writes `1` to `count`, one a line. */
  count(count: number): readonly string[];
  /** Copies stdin to stdout; when stdin has ended, writes `end` to stderr and exits with 0. */
  copy(): readonly string[];
  /** Reads stdin to its end and writes the number of bytes. */
  measure(): readonly string[];
  /** Writes `ready` and a line end, then waits. SIGTERM: exit 41, SIGINT: exit 42. */
  untilSignal(): readonly string[];
  /** Writes `ready` and a line end, then waits; takes no notice of SIGTERM and SIGINT. */
  deaf(): readonly string[];
  /** Writes lines without end, as fast as it can. */
  chatter(): readonly string[];
  /** Writes the value of an environment variable. */
  variable(name: string): readonly string[];
  /** Writes the working directory and a line end. */
  workdir(): readonly string[];
  /** Writes the numeric user id and a line end. */
  user(): readonly string[];
  /** Writes each argument with a line end. */
  arguments(values: readonly string[]): readonly string[];
  /** Writes a file's content; another exit than 0 if it can not be read. */
  read(path: string): readonly string[];
  /** Writes text to a file; another exit than 0 if that is not possible. */
  write(path: string, text: string): readonly string[];
}

const floodLine = "0123456789abcde\n";

/** What `flood` writes. */
export function floodOf(bytes: number): Buffer {
  return Buffer.alloc(bytes, floodLine);
}

const shell = (text: string, ...values: readonly string[]): readonly string[] => ["sh", "-c", text, "sh", ...values];

/** For images with a POSIX shell, `head`, `yes`, `seq`, `cat`, `wc` and `id`: any distribution, or busybox. */
const posixShell: Script = {
  exit: (code) => shell('exit "$1"', String(code)),
  print: ({ stdout = "", stderr = "" }) => shell('printf %s "$1"; printf %s "$2" >&2', stdout, stderr),
  flood: (bytes, code) => shell('yes 0123456789abcde | head -c "$1"; exit "$2"', String(bytes), String(code)),
  everyByte: () => shell(`printf '${Array.from({ length: 256 }, (_, value) => `\\${value.toString(8).padStart(3, "0")}`).join("")}'`),
  count: (count) => shell('seq 1 "$1"', String(count)),
  copy: () => shell("cat; echo end >&2"),
  measure: () => shell("wc -c"),
  untilSignal: () => shell("trap 'exit 41' TERM; trap 'exit 42' INT; sleep 300 & echo ready; wait"),
  deaf: () => shell("trap '' TERM INT; echo ready; sleep 300"),
  chatter: () => shell("yes tick"),
  variable: (name) => shell(`printf %s "$${name}"`),
  workdir: () => shell("pwd"),
  user: () => shell("id -u"),
  arguments: (values) => shell(`printf '%s\\n' "$@"`, ...values),
  read: (path) => shell('cat < "$1"', path),
  write: (path, text) => shell('printf %s "$2" > "$1"', path, text),
};

export const scripts: { readonly posixShell: Script } = { posixShell };
