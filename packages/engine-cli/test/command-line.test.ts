import { expect, test } from "vitest";
import { CommandLine } from "../src/index.ts";

const shell = new CommandLine("sh", [[/no such thing/i, "CONTAINER_NOT_FOUND"]]);

test("a command's output comes without white space at its ends", async () => {
  expect(await shell.run(["-c", "echo ' one'; echo two"])).toBe("one\ntwo");
});

test("a failure has the code of what it says on stderr, and its cause", async () => {
  await expect(shell.run(["-c", "echo 'Error: No such thing' >&2; exit 1"])).rejects.toMatchObject({ code: "CONTAINER_NOT_FOUND", message: "Error: No such thing", cause: { code: 1 } });
  await expect(shell.run(["-c", "echo odd >&2; exit 3"])).rejects.toMatchObject({ code: "ENGINE_FAILED", message: "odd" });
  await expect(new CommandLine("/no/such/program", []).run([])).rejects.toMatchObject({ code: "ENGINE_FAILED", message: expect.stringContaining("/no/such/program") as string });
});

test("a failure that was expected is none, and what was printed counts", async () => {
  expect(await shell.run(["-c", "echo '[]'; echo no such thing >&2; exit 1"], {}, /no such/)).toBe("[]");
  await expect(shell.run(["-c", "echo '[]'; echo another >&2; exit 1"], {}, /no such/)).rejects.toMatchObject({ message: "another" });
});

test("an aborted command rejects with the reason, also before it is run", async () => {
  const stop = new AbortController();
  const running = shell.run(["-c", "sleep 60"], { signal: stop.signal });
  stop.abort("enough");
  await expect(running).rejects.toBe("enough");
  await expect(shell.run(["-c", "true"], { signal: AbortSignal.abort("before") })).rejects.toBe("before");
});
