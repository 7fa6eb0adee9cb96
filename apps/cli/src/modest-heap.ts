import { setFlagsFromString } from "node:v8";

/** Collects garbage sooner than V8 would: a job's output passes through without staying, so a large heap would be mostly garbage. */
export function modestHeap(): void {
  setFlagsFromString("--heap-growing-percent=30");
}
