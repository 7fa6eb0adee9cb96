import { RunnerError } from "@distronode-runner/contract";
import type { FastifyReply, FastifyRequest, RouteOptions } from "fastify";

/** The paths of all routes with their methods, to tell a wrong method from a wrong path. */
export class KnownPaths {
  readonly #paths = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  /** For the hook `onRoute`. */
  readonly add = ({ url, method }: RouteOptions): void => {
    const path = this.#paths.get(url) ?? { pattern: new RegExp(`^${url.replaceAll(/[.]/g, "\\.").replaceAll(/:\w+/g, "[^/]+")}$`), methods: new Set<string>() };
    for (const name of [method].flat()) path.methods.add(name);
    this.#paths.set(url, path);
  };

  /** Answers a request that no route takes. */
  refuse({ method, url }: FastifyRequest, reply: FastifyReply): never {
    const asked = url.replace(/\?.*$/s, "");
    for (const { pattern, methods } of this.#paths.values()) {
      if (!pattern.test(asked)) continue;
      const allowed = [...methods].toSorted().join(", ");
      void reply.header("allow", allowed);
      throw new RunnerError("METHOD_NOT_ALLOWED", `There is no ${method} for ${asked}.`, { hint: `It takes ${allowed}.` });
    }
    throw new RunnerError("NOT_FOUND", `There is no ${method} ${asked}.`, { hint: "GET /api/v1/openapi.json lists what there is." });
  }
}
