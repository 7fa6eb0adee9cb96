/**
 * What an engine says, as one line for people: its helpers' messages come quoted within quotes, over several lines, and with whole ids, of which twelve digits
 * are what the engines themselves show.
 */
export function readable(text: string): string {
  return text
    .replace(/\\(["'])/g, "$1")
    .replace(/\\t/g, " ")
    .split(/\\r|\\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("; ")
    .replace(/(?<!sha256:)\b([0-9a-f]{12})[0-9a-f]{52}\b/g, "$1");
}
