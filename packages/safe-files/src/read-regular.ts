import { notRegular, openRegular } from "./open-regular.ts";

/** The text of a regular file; undefined if there is none. Otherwise as `openRegular`. `limit`: bytes; a larger file is refused. */
export async function readRegular(path: string, limit: number = Number.POSITIVE_INFINITY): Promise<string | undefined> {
  const file = await openRegular(path, "read").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    if ((await file.stat()).size > limit) throw notRegular(path, `larger than ${limit} bytes`);
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}
