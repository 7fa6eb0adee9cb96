export { memoryEngine, type MemoryEngineOptions } from "./memory/memory-engine.ts";
export { memoryImage, memoryScript, suitePrograms } from "./memory/suite-programs.ts";
export type { Program, ProgramContext } from "./memory/program.ts";
