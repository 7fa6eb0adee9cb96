import { homedir } from "node:os";

/** A user who is in no list of users and has no HOME lives in `/`, as in a container. Libraries ask for a home while they are loaded, and break without one. */
export function settleHome(environment) {
  try {
    if (homedir() !== "") return;
  } catch {
    // There is none.
  }
  environment.HOME = "/";
}
