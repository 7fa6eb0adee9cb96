export * from "./attach-proof.ts";
export * from "./decode.ts";
export * from "./encode.ts";
export * from "./job-document.ts";
export * from "./markers.ts";
export { bootstrapSource, connectorSource, eventsSource, supervisorSource } from "./python-sources.ts";
export * from "./wire.ts";
