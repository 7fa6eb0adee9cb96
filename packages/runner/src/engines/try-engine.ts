import { asRunnerError, RunnerError, type ContainerSpec, type Engine, type EngineTrial, type Host } from "@distronode-runner/contract";
import { troubleIn } from "./container-troubles.ts";

/** Seconds for one container, from its creation to its end. */
const patience = 120;

/**
 * Runs a container that does nothing, as a job's would be run: an engine that answers may still be unable to start anything. When its usual network is at fault, the
 * host's is tried.
 */
export async function tryEngine(name: string, open: () => Promise<Engine>, host: Host, reference?: string): Promise<EngineTrial> {
  try {
    const engine = await open();
    const image = reference ?? (await anyImage(engine));
    if ((await engine.image(image)) === undefined) {
      throw new RunnerError("IMAGE_NOT_FOUND", `The image ${image} is not present in ${engine.name}.`, { hint: `distronode-runner images pull ${image} --engine ${engine.name} fetches it.` });
    }
    const failure = await attempt(engine, host, image);
    if (failure === undefined) return { engine: name, image, works: true };
    const onHostNetwork = /IMAGE_UNSUITABLE|ENGINE_UNAVAILABLE/.test(failure.code) ? failure : await attempt(engine, host, image, "host");
    return { engine: name, image, works: false, error: explained(failure).toJSON(), ...(onHostNetwork === undefined ? { worksWith: "--container-option=--network=host" } : {}) };
  } catch (error) {
    return { engine: name, ...(reference === undefined ? {} : { image: reference }), works: false, error: explained(asRunnerError(error, "ENGINE_FAILED")).toJSON() };
  }
}

async function anyImage(engine: Engine): Promise<string> {
  const images = engine.supports.images ? await engine.images() : [];
  const names = images.flatMap(({ references }) => references).filter((name) => !name.includes("<none>"));
  // One that was made for jobs is the better try.
  const found = names.find((name) => /\bee\b|execution|runner|ansible/i.test(name)) ?? names[0];
  if (found === undefined) throw new RunnerError("IMAGE_NOT_FOUND", `No image is here that ${engine.name} could be tried with.`, { hint: "Name one: distronode-runner doctor --try IMAGE." });
  return found;
}

/** Undefined: a container ran. */
async function attempt(engine: Engine, host: Host, image: string, network?: string): Promise<RunnerError | undefined> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new RunnerError("ENGINE_FAILED", `A container did not come to its end within ${patience} s.`)), patience * 1000);
  const call = { signal: limit.signal };
  let id: string | undefined;
  try {
    const spec: ContainerSpec = { name: `distronode_runner_try_${host.uuid()}`, image, command: ["python3", "-c", "pass"], entrypoint: [], environment: {}, mounts: [], labels: {}, user: engine.supports.rootIsCaller ? "0:0" : `${host.uid}:${host.gid}`, ...(network === undefined ? {} : { network }) };
    ({ id } = await engine.create(spec, call));
    const streams = await engine.attach(id, call);
    try {
      await engine.start(id, call);
      await streams.end();
      const { exitCode } = await engine.wait(id, call);
      return exitCode === 0 ? undefined : new RunnerError("IMAGE_UNSUITABLE", `python3 in ${image} ended with exit code ${exitCode ?? "unknown"}.`, { hint: "Jobs need an image with Python 3.6 or newer as python3." });
    } finally {
      await streams.close();
    }
  } catch (error) {
    return asRunnerError(error, "ENGINE_FAILED");
  } finally {
    clearTimeout(timer);
    if (id !== undefined) await engine.remove(id).catch(() => {});
  }
}

function explained(failure: RunnerError): RunnerError {
  const trouble = /^(IMAGE|ENGINE_NOT)_/.test(failure.code) ? undefined : troubleIn(failure.message);
  if (trouble === undefined) return failure.hint === undefined && failure.code === "IMAGE_UNSUITABLE" ? new RunnerError(failure.code, failure.message, { hint: "Jobs need an image with Python 3.6 or newer as python3." }) : failure;
  return new RunnerError(failure.code, trouble.cause, { hint: trouble.remedy, problems: [failure.message], cause: failure });
}
