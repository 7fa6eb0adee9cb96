import type { ContainerChoices, ContainerSpec, Engine, Host } from "@distronode-runner/contract";
import type { Planned } from "@distronode-runner/core";
import { expect, test } from "vitest";
import { containerSpec } from "../src/container-spec.ts";
import { withProxies } from "../src/engine-proxies.ts";

function planned(options: ContainerChoices = {}, environment: Planned["plan"]["environment"] = {}): Planned {
  const plan = { ident: "one", environment, labels: {}, execution: { kind: "container", engine: "docker", image: "ee:1", pull: "missing", pullTimeout: 0, containerName: "one", mounts: [], options } };
  return { plan, secrets: new Map(), sensitive: [] } as unknown as Planned;
}

const spec = (options: ContainerChoices, rootIsCaller: boolean): ContainerSpec => containerSpec(planned(options), ["true"], { supports: { rootIsCaller } } as Engine, { uid: 1000, gid: 100 } as Host);

test("a container's user is the caller, who has root's group too, because images for any user let that group write", () => {
  expect(spec({}, false)).toMatchObject({ user: "1000:100", groups: ["0"] });
  expect(spec({ groups: ["audio"] }, false)).toMatchObject({ user: "1000:100", groups: ["0", "audio"] });
});

test("where root is the caller, and where a user was asked for, nothing is added", () => {
  expect(spec({}, true)).toMatchObject({ user: "0:0" });
  expect(spec({}, true)).not.toHaveProperty("groups");
  expect(spec({ user: "5:6", groups: ["audio"] }, false)).toMatchObject({ user: "5:6", groups: ["audio"] });
  expect(spec({ user: "5" }, false)).not.toHaveProperty("groups");
});

test("a job has the engine's proxies, unless it has its own or wants none, and their passwords are masked", () => {
  const proxies = { http_proxy: "http://me:s3cret@proxy.example:3128", no_proxy: "localhost" };
  const withThem = withProxies(planned(), { proxies });
  expect(withThem.plan.environment).toEqual({ http_proxy: { secret: "proxies#http_proxy" }, no_proxy: { secret: "proxies#no_proxy" } });
  expect([...withThem.secrets]).toEqual([["proxies#http_proxy", proxies.http_proxy], ["proxies#no_proxy", proxies.no_proxy]]);
  expect(withThem.sensitive).toEqual([{ from: "proxies#http_proxy", value: "s3cret" }]);
  expect(withProxies(planned({}, { http_proxy: { value: "" } }), { proxies }).plan.environment).toEqual({ http_proxy: { value: "" }, no_proxy: { secret: "proxies#no_proxy" } });
  expect(withProxies(planned({ environment: { no_proxy: { value: "x" } } }), { proxies }).plan.environment).toEqual({ http_proxy: { secret: "proxies#http_proxy" } });
  expect(withProxies(planned({ proxies: false }), { proxies }).plan.environment).toEqual({});
});
