import { openRegular } from "./open-regular.ts";

/** The text of a regular file; undefined if there is none. Otherwise as `openRegular`. */
export async function readRegular(path: string): Promise<string | undefined> {
  const file = await openRegular(path, "read").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}
