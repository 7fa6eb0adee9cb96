export { httpSink, httpSink as default } from "./plugin.ts";
