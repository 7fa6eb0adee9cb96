import { RunnerError } from "@distronode-runner/contract";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withoutPaths } from "../../src/clients/without-paths.ts";
import { createServer } from "../../src/create-server.ts";
import { ScriptedRunner } from "../scripted-runner.ts";

const shown = (text: string): string => withoutPaths(text, "/srv/de.mo", "demo");

test("a directory may have any name", () => {
  expect(withoutPaths("/srv/dé-m😀 o (1)/x", "/srv/dé-m😀 o (1)", "demo")).toBe("demo/x");
});

test.each([
  ["/srv/de.mo/env/settings has a fault.", "demo/env/settings has a fault."],
  ["The directory /srv/de.mo.", "The directory demo."],
  ["/srv/de.mo2/x and /srv/de.mo-old and /srv/dexmo/y", "(a path of the server) and (a path of the server) and (a path of the server)"],
  ["cannot read /home/ada/.ssh/id_rsa: EACCES", "cannot read (a path of the server): EACCES"],
  ['the socket "/run/user/1000/pod man.sock"', 'the socket "(a path of the server)"'],
  ["ENOENT: no such file or directory, open '/opt/my files/x'", "ENOENT: no such file or directory, open '(a path of the server)'"],
  ["unix:///run/podman/podman.sock does not answer", "(a path of the server) does not answer"],
  ["mount /etc:/host (read-only)", "mount (a path of the server) (read-only)"],
  ["the archive docker-archive:/var/x.tar", "the archive docker-archive:(a path of the server)"],
  ["--key=/root/x, @/root/y", "--key=(a path of the server), @(a path of the server)"],
])("%s", (text, expected) => {
  expect(shown(text)).toBe(expected);
});

test.each(["registry.example/team/ee:1 is not there", "see https://registry.example:5000/v2/_catalog", "text/plain and/or application/json", "/runner/project/site.yml in the container", "~/.ssh", "roles/web/tasks", "1/2 of it", "a / b"])("%s is no path of the server", (text) => {
  expect(shown(text)).toBe(text);
});

const headers = { authorization: "Bearer secret" };
let runner: ScriptedRunner;
let app: FastifyInstance;
beforeEach(async () => {
  runner = new ScriptedRunner();
  app = await createServer({ runner, dataDirs: new Map([["demo", "/srv/de.mo"]]), token: "secret" });
});
afterEach(() => app.close());

const order = { dataDir: "demo", playbook: "site.yml", ident: "one" };
const trouble = new RunnerError("STORE_FAILED", "/srv/de.mo/artifacts/one and /var/lib/secret cannot be written.", { hint: "Look at /var/lib/secret.", location: { file: "/srv/de.mo/artifacts/one" }, problems: ["/var/lib/secret: EACCES"] });

test("no route tells a path of the server in an error, whatever goes wrong", async () => {
  runner.refuse = trouble;
  const bodies = [(await app.inject({ method: "POST", url: "/api/v1/jobs", headers, payload: order })).json() as unknown];
  expect(bodies[0]).toMatchObject({ error: { message: "demo/artifacts/one and (a path of the server) cannot be written.", location: { file: "demo/artifacts/one" } } });

  runner.refuse = undefined;
  await app.inject({ method: "POST", url: "/api/v1/jobs", headers, payload: order });
  const job = runner.started[0]!;
  job.answer = () => Promise.reject(trouble);
  bodies.push((await app.inject({ method: "POST", url: "/api/v1/jobs/one/answer", headers, payload: { line: "x" } })).json());
  job.finish("successful", 0);
  job.entries = () => {
    throw trouble;
  };
  bodies.push((await app.inject({ url: "/api/v1/jobs/one/events?from=2", headers })).json());
  for (const body of bodies) {
    expect(body).toMatchObject({ error: { code: "STORE_FAILED" } });
    expect(JSON.stringify(body)).not.toMatch(/\/srv|\/var|secret/);
  }
});

test("an address that is not there is named as it was asked for", async () => {
  expect((await app.inject({ url: "/api/v1/nothing", headers })).json()).toMatchObject({ error: { message: "There is no GET /api/v1/nothing.", hint: "GET /api/v1/openapi.json lists what there is." } });
});
