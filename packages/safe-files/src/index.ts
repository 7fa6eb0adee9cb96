export { copyTree } from "./copy-tree.ts";
export { createRegular, notRegular, openRegular, openRegularSync, reopenRegular, type Access } from "./open-regular.ts";
export { readRegular } from "./read-regular.ts";
export { removeEntry, removeTree } from "./remove-tree.ts";
export { SafeDirectory, type DirectoryEntry, type EntryKind, type EntryName } from "./safe-directory.ts";
export { sameFile, type FileIdentity } from "./file-identity.ts";
export { isShared, makeDirectories } from "./make-directories.ts";
