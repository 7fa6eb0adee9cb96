import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { disconnectStalled } from "../src/http/stalled-reader.ts";

class Response extends EventEmitter {
  writableNeedDrain = false;
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

let response: Response;
beforeEach(() => {
  vi.useFakeTimers();
  response = new Response();
  disconnectStalled(response as unknown as ServerResponse, 8);
});
afterEach(() => {
  vi.useRealTimers();
});

test("a reader that takes nothing of what waits is disconnected", () => {
  response.writableNeedDrain = true;
  vi.advanceTimersByTime(7000);
  expect(response.destroyed).toBe(false);
  vi.advanceTimersByTime(5000);
  expect(response.destroyed).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test("one that takes its time is not, however long it takes in all", () => {
  response.writableNeedDrain = true;
  for (let count = 0; count < 20; count += 1) {
    vi.advanceTimersByTime(6000);
    response.emit("drain");
  }
  expect(response.destroyed).toBe(false);
});

test("one for which there is nothing to take is not", () => {
  vi.advanceTimersByTime(100_000);
  response.writableNeedDrain = true;
  vi.advanceTimersByTime(6000);
  expect(response.destroyed).toBe(false);
});
