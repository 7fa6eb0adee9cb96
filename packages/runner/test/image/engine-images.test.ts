import { RunnerError, type Engine, type PullRequest } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { engineImages } from "../../src/image/engine-images.ts";

test("a pull has the keychain's credentials, says how far it is, and is tried again when the network fails", async () => {
  const asked: PullRequest[] = [];
  const engine = {
    name: "any",
    info: async () => ({ architecture: "amd64" }),
    pull: async (request: PullRequest, options: { onProgress: (progress: object) => void }) => {
      asked.push(request);
      if (asked.length === 1) throw new RunnerError("REGISTRY_UNREACHABLE", "No answer.");
      options.onProgress({ message: "half" });
      return { id: "sha256:1", references: [request.reference], labels: {} };
    },
  } as unknown as Engine;
  const credentials = { registry: "registry.example", username: "u", password: "p" };
  const said: string[] = [];
  const images = engineImages(engine, { resolve: async () => credentials });
  expect(await images.pull("registry.example/x:1", { onProgress: ({ message }) => void said.push(message), onTrouble: (message) => void said.push(message) })).toMatchObject({ id: "sha256:1" });
  expect(asked).toEqual([0, 1].map(() => ({ reference: "registry.example/x:1", credentials })));
  expect(said).toEqual([expect.stringContaining("No answer. Next attempt in"), "half"]);
});

test("a name under localhost/ is refused without asking anybody", async () => {
  await expect(engineImages({ name: "any" } as Engine, undefined).pull("localhost/x:1")).rejects.toMatchObject({ code: "REQUEST_INVALID", message: expect.stringContaining("localhost/x:1") as string });
});
