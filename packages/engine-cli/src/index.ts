export { CommandLine, type CommandMessages } from "./command-line.ts";
export { CommandStreams } from "./command-streams.ts";
export { lookUntil } from "./look-until.ts";
export { createWords } from "./create-words.ts";
