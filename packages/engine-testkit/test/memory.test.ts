import type { Engine } from "@distronode-runner/contract";
import { describe, expect, test } from "vitest";
import { engineSuite } from "../src/index.ts";
import { memoryEngine, memoryImage, memoryScript } from "../src/memory.ts";

let first: Engine | undefined;

engineSuite({
  test: (name, run) => test(name, run, 20_000),
  describe,
  open: () => (first = memoryEngine({}, first)),
  image: memoryImage,
  script: memoryScript,
  deadline: 15_000,
});

describe("memory engine", () => {
  test("runs the one program it was given, whatever the command", async () => {
    const engine = memoryEngine({
      images: ["any"],
      program: async ({ stdin, stdout, argv }) => {
        for await (const bytes of stdin) await stdout(Buffer.from(bytes).toString().toUpperCase());
        return argv.length;
      },
    });
    const { id } = await engine.create({ name: "x1", image: "any", command: ["python3", "-c", "pass"], environment: {}, mounts: [], labels: {} });
    const attachment = await engine.attach(id);
    await engine.start(id);
    await attachment.write(Buffer.from("loud"));
    await attachment.end();
    let said = "";
    for await (const { bytes } of attachment.output) said += Buffer.from(bytes).toString();
    expect(said).toBe("LOUD");
    expect(await engine.wait(id)).toEqual({ exitCode: 2, outOfMemory: false });
    await engine.remove(id);
  });

  test("a program that throws exits with 1 and says why", async () => {
    const engine = memoryEngine({ program: () => Promise.reject(new Error("broken")) });
    const { id } = await engine.create({ name: "x2", image: memoryImage, command: ["x"], environment: {}, mounts: [], labels: {} });
    const attachment = await engine.attach(id);
    await engine.start(id);
    const said: string[] = [];
    for await (const { stream, bytes } of attachment.output) said.push(`${stream} ${Buffer.from(bytes).toString()}`);
    expect(said).toEqual(["stderr Error: broken\n"]);
    expect((await engine.wait(id)).exitCode).toBe(1);
  });

  test("pulls what its registry has", async () => {
    const engine = memoryEngine({ images: [], registry: ["registry.example/x:1"] });
    expect(await engine.image("registry.example/x:1")).toBeUndefined();
    const messages: string[] = [];
    await engine.pull({ reference: "registry.example/x:1" }, { onProgress: ({ message }) => void messages.push(message) });
    expect(messages).toHaveLength(1);
    expect(await engine.image("registry.example/x:1")).toBeDefined();
    await expect(engine.pull({ reference: "registry.example/y:1" })).rejects.toMatchObject({ code: "IMAGE_NOT_FOUND" });
  });
});
