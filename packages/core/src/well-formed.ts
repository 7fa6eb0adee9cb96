/** Keys from the root to a text with half a surrogate pair, which no file name, argument or JSON reader of another language can hold; undefined if there is none. */
export function malformedText(root: unknown): readonly string[] | undefined {
  // No recursion: how deep a request is, is the caller's choice.
  const open: { readonly value: unknown; readonly path: readonly string[] }[] = [{ value: root, path: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    if (typeof value === "string" && !value.isWellFormed()) return path;
    if (typeof value !== "object" || value === null) continue;
    for (const [key, item] of Object.entries(value)) {
      const place = [...path, key.toWellFormed()];
      if (!key.isWellFormed()) return place;
      if (typeof item === "string" || typeof item === "object") open.push({ value: item, path: place });
    }
  }
  return undefined;
}
