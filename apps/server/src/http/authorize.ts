import { RunnerError } from "@distronode-runner/contract";
import type { onRequestHookHandler } from "fastify";
import { sameToken } from "../token.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route answers without a token. */
    readonly open?: boolean;
  }
}

/** Refuses every request without the token, known route or not. */
export function authorize(token: string): onRequestHookHandler {
  return (request, reply, done) => {
    if (request.routeOptions.config.open === true) return done();
    const [, given] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "") ?? [];
    if (given !== undefined && sameToken(given, token)) return done();
    void reply.header("www-authenticate", "Bearer");
    const message = given === undefined ? "The request has no bearer token." : "The bearer token is wrong.";
    done(new RunnerError("UNAUTHORIZED", message, { hint: "Send the header Authorization: Bearer TOKEN." }));
  };
}
