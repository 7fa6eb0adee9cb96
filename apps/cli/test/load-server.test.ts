import { expect, test } from "vitest";
import { loadServer } from "../src/load-server.ts";

const missing = (name: string): Error => Object.assign(new Error(`Cannot find package '${name}' imported from /x/dist/commands.js`), { code: "ERR_MODULE_NOT_FOUND" });

test("without the package of the server, serve says what to install", async () => {
  await expect(loadServer(() => Promise.reject(missing("@distronode-runner/server")))).rejects.toMatchObject({ code: "REQUEST_INVALID", hint: "Install it beside this one: npm install --global @distronode-runner/server" });
});

test("a server that cannot be loaded for another reason is told as it is", async () => {
  const error = missing("fastify");
  await expect(loadServer(() => Promise.reject(error))).rejects.toBe(error);
});
