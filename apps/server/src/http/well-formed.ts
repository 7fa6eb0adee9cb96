import { RunnerError } from "@distronode-runner/contract";
import type { preValidationHookHandler } from "fastify";

/** Refuses a body with text that no argument, file name or journal can hold: half a surrogate pair, or a null character. Nothing of the request is done. */
export const wellFormed: preValidationHookHandler = (request, _reply, done) => {
  const fault = malformed(request.body);
  done(fault === undefined ? undefined : new RunnerError("REQUEST_INVALID", `${fault} is not well-formed text.`, { location: { key: fault }, hint: "It has half of a surrogate pair, or a null character." }));
};

/** Keys from the root to the fault. */
function malformed(root: unknown): string | undefined {
  // No recursion: how deep a body is, is the client's choice.
  const open: { readonly value: unknown; readonly place: string }[] = [{ value: root, place: "" }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, place } = next;
    if (typeof value === "string" && isBad(value)) return place === "" ? "The body" : place;
    if (typeof value !== "object" || value === null) continue;
    for (const [key, item] of Object.entries(value)) {
      // A path that grows with the depth would be quadratic in the body's size.
      const inner = place.length > 200 ? place : `${place}${place === "" ? "" : "."}${isBad(key) ? printable(key) : key}`;
      if (isBad(key)) return inner;
      if (typeof item === "string" || typeof item === "object") open.push({ value: item, place: inner });
    }
  }
  return undefined;
}

function isBad(text: string): boolean {
  return !text.isWellFormed() || text.includes("\0");
}

function printable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\u{fffd}");
}
