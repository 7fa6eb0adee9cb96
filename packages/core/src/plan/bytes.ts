const units: Readonly<Record<string, number>> = { "": 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** `512m`, `2g`, `1048576`: sizes as the engines' command lines write them. Throws `RangeError`. */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([bkmgt]?)b?$/i.exec(text);
  if (match === null) throw new RangeError(`has the value ${JSON.stringify(text)}, which is not a size such as 512m`);
  return Math.floor(Number(match[1]) * units[match[2]!.toLowerCase()]!);
}
