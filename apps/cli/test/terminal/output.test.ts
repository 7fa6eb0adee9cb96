import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { Output } from "../../src/terminal/output.ts";

test("a slow reader gets everything, and the writer waits for it", async () => {
  const seen: string[] = [];
  const slow = new Writable({
    highWaterMark: 10,
    write(chunk: Buffer, _encoding, done) {
      setTimeout(() => {
        seen.push(chunk.toString());
        done();
      }, 5);
    },
  });
  const output = new Output(slow);
  expect(output.write("short")).toBeUndefined();
  const written = output.write("longer than the mark");
  expect(written).toBeInstanceOf(Promise);
  await written;
  expect(seen.join("")).toBe("shortlonger than the mark");
});

test("a reader that went away is forgiven, and nothing waits for it", async () => {
  const broken = new Writable({
    highWaterMark: 1,
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    },
  });
  const output = new Output(broken);
  await output.write("lost");
  await output.flush();
  expect(output.gone).toBe(true);
  expect(output.write("more")).toBeUndefined();
});
