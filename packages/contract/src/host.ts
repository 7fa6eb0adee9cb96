/**
 * What the outside world is to a package: clock, ids, environment and who we are. Passed in, never reached for, so that
 * tests and embedding programs decide. Created in `apps/*` or by the user of the library (`nodeHost()` in `standard`).
 */
export interface Host {
  /** Milliseconds since 1970. */
  now(): number;
  /** A fresh random UUID (version 4, lower case, with dashes). */
  uuid(): string;
  /** The caller's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Directory against which relative paths are resolved. */
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  readonly hostname: string;
  readonly home: string;
  /**
   * Directory for what lives no longer than the machine is up: records of running jobs, sockets. Need not exist; whoever uses it goes through
   * `privateDirectory`.
   */
  readonly runtimeDir: string;
}
