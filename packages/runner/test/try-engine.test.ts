import { RunnerError, type ContainerSpec, type Engine, type Host } from "@distronode-runner/contract";
import { describe, expect, test } from "vitest";
import { troubleIn, troubles } from "../src/engines/container-troubles.ts";
import { tryEngine } from "../src/engines/try-engine.ts";

const host = { uid: 1000, gid: 1000, uuid: () => "1" } as Host;
const tun = new RunnerError("ENGINE_FAILED", 'Container x can not be started: slirp4netns failed: "open("/dev/net/tun"): Permission denied.');

interface Behaviour {
  readonly images?: readonly string[];
  readonly start?: (spec: ContainerSpec) => Promise<void>;
  readonly exitCode?: number;
}

/** An engine in which a container starts as a test wants; `left` are those that were not removed. */
function engine({ images = ["localhost/ee:1"], start = () => Promise.resolve(), exitCode = 0 }: Behaviour): Engine & { readonly left: Set<string>; readonly specs: ContainerSpec[] } {
  const left = new Set<string>();
  const specs: ContainerSpec[] = [];
  const info = (reference: string): object => ({ id: reference, references: [reference], labels: {} });
  return {
    name: "fake", supports: { images: true, rootIsCaller: false }, left, specs,
    images: () => Promise.resolve(images.map(info)),
    image: (reference: string) => Promise.resolve(images.includes(reference) ? info(reference) : undefined),
    create: (spec: ContainerSpec) => { specs.push(spec); left.add(spec.name); return Promise.resolve({ id: spec.name, warnings: [] }); },
    attach: () => Promise.resolve({ end: () => Promise.resolve(), close: () => Promise.resolve() }),
    start: () => start(specs.at(-1)!),
    wait: () => Promise.resolve({ exitCode, outOfMemory: false }),
    remove: (id: string) => { left.delete(id); return Promise.resolve(); },
  } as unknown as Engine & { readonly left: Set<string>; readonly specs: ContainerSpec[] };
}

const attempt = (tried: Engine, image?: string) => tryEngine("fake", () => Promise.resolve(tried), host, image);

describe("an engine is tried", () => {
  test("by a container that does what a job's begins with, and leaves none", async () => {
    const works = engine({ images: ["docker.io/library/alpine:3", "localhost/team/ee:1"] });
    expect(await attempt(works)).toEqual({ engine: "fake", image: "localhost/team/ee:1", works: true });
    expect(works.specs).toMatchObject([{ command: ["python3", "-c", "pass"], user: "1000:1000" }]);
    expect(works.left.size).toBe(0);
  });

  test("and what keeps it is named with the remedy, and what works meanwhile", async () => {
    const tried = engine({ start: ({ network }) => (network === "host" ? Promise.resolve() : Promise.reject(tun)) });
    expect(await attempt(tried, "localhost/ee:1")).toMatchObject({
      works: false,
      worksWith: "--container-option=--network=host",
      error: { message: expect.stringContaining("needs /dev/net/tun") as string, hint: expect.stringContaining("chmod 0666 /dev/net/tun") as string, problems: [expect.stringContaining("slirp4netns failed") as string] },
    });
    expect(tried.left.size).toBe(0);
    expect(await attempt(engine({ start: () => Promise.reject(tun) }))).not.toHaveProperty("worksWith");
  });

  test("not without an image, nor blamed for one without Python", async () => {
    expect(await attempt(engine({ images: [] }))).toMatchObject({ works: false, error: { code: "IMAGE_NOT_FOUND", hint: expect.stringContaining("doctor --try IMAGE") as string } });
    expect(await attempt(engine({}), "registry.example/x:1")).toMatchObject({ works: false, error: { code: "IMAGE_NOT_FOUND", hint: expect.stringContaining("images pull registry.example/x:1") as string } });
    expect(await attempt(engine({ exitCode: 127 }))).toMatchObject({ works: false, error: { code: "IMAGE_UNSUITABLE", hint: expect.stringContaining("Python 3.6") as string } });
  });

  test("and says why it does not open", async () => {
    const failure = new RunnerError("ENGINE_UNAVAILABLE", 'podman system service does not start: exec: "newuidmap": executable file not found in $PATH');
    expect(await tryEngine("fake", () => Promise.reject(failure), host)).toMatchObject({ works: false, error: { hint: expect.stringContaining("--add-subuids") as string } });
  });
});

test.each(troubles)("$cause", (trouble) => {
  expect(troubleIn(trouble.sample)).toBe(trouble);
});
