import { asRunnerError, errorTable, isRunnerError, RunnerError } from "@distronode-runner/contract";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { recordWithoutAbsolute } from "../clients/without-paths.ts";
import { retryAfterSeconds } from "./client-error.ts";

/** Every error of every route, as the one table has it. What a defect says stays in the log. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = isRunnerError(error) ? error : fromFastify(error as FastifyError);
  const { httpStatus } = errorTable[known.code];
  if (httpStatus >= 500) request.log.error({ err: error }, known.message);
  if ((httpStatus === 429 || httpStatus === 408) && !reply.hasHeader("retry-after")) reply.header("retry-after", retryAfterSeconds);
  // Those of the server's own say nothing but what the client has sent, patterns and addresses among it.
  const shown = isRunnerError(error) && !ofAddresses.has(known.code) ? recordWithoutAbsolute(known.toJSON()) : known.toJSON();
  void reply.code(httpStatus).send({ error: shown });
}

const ofAddresses: ReadonlySet<string> = new Set(["NOT_FOUND", "METHOD_NOT_ALLOWED"]);

function fromFastify(error: FastifyError): RunnerError {
  if (error.validation !== undefined) {
    const problems = error.validation.map(({ instancePath, keyword, params, message }) => {
      if (error.validationContext === "querystring" && keyword === "additionalProperties") return `There is no query parameter ${String(params["additionalProperty"])}.`;
      const path = instancePath.slice(1).replaceAll("/", ".");
      const extra = keyword === "additionalProperties" ? ` (${String(params["additionalProperty"])})` : "";
      return `${path} ${message ?? "is not valid"}${extra}`.trim();
    });
    return new RunnerError("REQUEST_INVALID", `The ${error.validationContext ?? "request"} is not valid.`, { problems, cause: error });
  }
  if (error.statusCode === 413) return new RunnerError("BODY_TOO_LARGE", "The body of the request is larger than the server takes.", { cause: error });
  if (error.statusCode === 415) return new RunnerError("MEDIA_TYPE", error.message, { hint: "Send the header Content-Type: application/json.", cause: error });
  if (error.statusCode !== undefined && error.statusCode < 500) return new RunnerError("REQUEST_INVALID", error.message, { cause: error });
  return new RunnerError("INTERNAL", "The server hit a defect; its log says more.", { cause: asRunnerError(error) });
}
