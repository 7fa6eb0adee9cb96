import { Writable } from "node:stream";
import { expect, test, vi } from "vitest";
import { Screen } from "../../src/terminal/screen.ts";

function stream(isTTY: boolean): NodeJS.WriteStream & { text: string } {
  const writable = new Writable({
    write(chunk: Buffer, _encoding, done) {
      Object.assign(writable, { text: (writable as unknown as { text: string }).text + chunk.toString() });
      done();
    },
  });
  return Object.assign(writable, { isTTY, columns: 20, text: "" }) as unknown as NodeJS.WriteStream & { text: string };
}

test("on a terminal progress is one line, cut to fit, and gone before anything else is shown", async () => {
  const [out, err] = [stream(true), stream(true)];
  const screen = new Screen(out, err);
  screen.progress("Pulling ee:1");
  screen.progress("Pulling ee:1, 12 of 34 layers");
  await screen.print("PLAY\n");
  await screen.flush();
  expect(err.text).toBe("\r\u001b[KPulling ee:1\r\u001b[KPulling ee:1, 12 of\r\u001b[K");
  expect(out.text).toBe("PLAY\n");
});

test("elsewhere there is no progress", async () => {
  const err = stream(false);
  const screen = new Screen(stream(false), err);
  screen.progress("Pulling ee:1");
  screen.tell("Warning: x\n");
  await screen.flush();
  expect(err.text).toBe("Warning: x\n");
});

test("while nothing is heard the line shows how long it has been so, and ends with the progress", async () => {
  vi.useFakeTimers();
  try {
    const err = stream(true);
    const screen = new Screen(stream(true), err);
    screen.progress("Pulling");
    vi.advanceTimersByTime(3000);
    screen.tell("Error\n");
    vi.advanceTimersByTime(3000);
    expect(err.text).toBe("\r\u001b[KPulling\r\u001b[KPulling\r\u001b[KPulling, 2 s\r\u001b[KPulling, 3 s\r\u001b[KError\n");
  } finally {
    vi.useRealTimers();
  }
});
