import { availableParallelism } from "node:os";

/** How much the server takes on at once. What is beyond is refused with `TOO_MANY_REQUESTS` and `Retry-After`, before any work is done for it. */
export interface Limits {
  /** Jobs that run at once; more wait. Default: four for each processor. */
  readonly jobs: number;
  /** Jobs that wait, with the status `unstarted`. Default: 100. */
  readonly queue: number;
  /** Jobs that are planned or started at the same moment: each is a burst of work in this process. Default: 2. */
  readonly starts: number;
  /** Jobs that ended before the server began and are listed, the newest. Default: 200. */
  readonly history: number;
  /** Streams of output and events. There is one token, so this is what its holders share. Default: 200. */
  readonly streams: number;
  /** Requests in a minute by the holders of the token; those for health are not counted. Default: 6000. */
  readonly requests: number;
  /** Open connections, with and without a token; more are closed at once. Default: 2000. */
  readonly connections: number;
  /** Bytes of a request's body. Default: 1 MiB. */
  readonly bodyBytes: number;
  /** Seconds in which the head of a request has to arrive. Default: 10. */
  readonly headSeconds: number;
  /** Seconds in which a whole request has to arrive. Default: 30. */
  readonly requestSeconds: number;
  /** Seconds that the reader of a stream may take nothing before it is disconnected; it can resume. Default: 60. */
  readonly stallSeconds: number;
}

export function limitsFrom(given: Partial<Limits> = {}): Limits {
  return {
    jobs: 4 * availableParallelism(),
    queue: 100,
    starts: 2,
    history: 200,
    streams: 200,
    requests: 6000,
    connections: 2000,
    bodyBytes: 1024 * 1024,
    headSeconds: 10,
    requestSeconds: 30,
    stallSeconds: 60,
    ...given,
  };
}
