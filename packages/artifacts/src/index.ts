export { layout } from "./classic-layout.ts";
export { directoryStore } from "./directory-store.ts";
