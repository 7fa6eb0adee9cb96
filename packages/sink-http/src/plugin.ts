import { defineSink, sinkContract, type EventSinkPlugin } from "@distronode-runner/contract";
import { HttpSink } from "./http-sink.ts";
import { readTarget, settingsKeys } from "./target.ts";

/** Posts what a job says to an HTTP endpoint, as `ansible-runner-http` does. */
export const httpSink: EventSinkPlugin = defineSink({
  contract: sinkContract,
  name: "http",
  settingsKeys,
  open(settings, { host, ident }) {
    const target = readTarget(settings, host);
    return target === undefined ? undefined : new HttpSink(target, ident, host.environment);
  },
});
