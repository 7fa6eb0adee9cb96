import { isRunnerError, type EventEntry, type JournalEntry } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { checkAnswer } from "../src/answer.ts";
import { httpSink } from "../src/index.ts";
import { readTarget } from "../src/target.ts";
import { testHost } from "./job.ts";

const target = (settings: Record<string, unknown>, environment: Record<string, string> = {}) => readTarget(settings, testHost(environment));

test("the environment beats the settings, and an empty variable says nothing [PLG-03]", () => {
  expect(target({ runner_http_url: "http://a/" }, { RUNNER_HTTP_URL: "http://b/" })?.url).toBe("http://b/");
  expect(target({ runner_http_url: "http://a/" }, { RUNNER_HTTP_URL: "" })?.url).toBe("http://a/");
  expect(target({ runner_http_url: "http://a/", runner_http_headers: { "X-A": 1 } })?.headers).toEqual({ "x-a": "1" });
  expect(target({ runner_http_url: "http://a/" }, { RUNNER_HTTP_HEADERS: '{"X-A": "2"}' })?.headers).toEqual({ "x-a": "2" });
  expect(target({ runner_http_url: null })).toBeUndefined();
});

test("a path is a socket, and only a socket uses runner_http_path [PLG-03]", () => {
  expect(target({ runner_http_url: "/run/x.sock", runner_http_path: "events" })).toMatchObject({ socketPath: "/run/x.sock", url: "http://localhost/events" });
  expect(target({ runner_http_url: "/run/x.sock" })).toMatchObject({ url: "http://localhost/" });
  expect(target({ runner_http_url: "https://a/b", runner_http_path: "/events" })).toMatchObject({ socketPath: undefined, url: "https://a/b" });
});

test("credentials in the URL become a header and are in no message", () => {
  expect(target({ runner_http_url: "http://me:p%40ss@a:1/b?c" })).toMatchObject({ url: "http://a:1/b?c", name: "http://a:1", headers: { authorization: `Basic ${Buffer.from("me:p@ss").toString("base64")}` } });
});

test.each([
  [{ runner_http_url: 3 }, "runner_http_url"],
  [{ runner_http_url: "http://" }, "runner_http_url"],
  [{ runner_http_url: "http://a/", runner_http_headers: ["x"] }, "runner_http_headers"],
  [{ runner_http_url: "http://a/", runner_http_headers: "x" }, "runner_http_headers"],
  [{ runner_http_url: "http://a/", runner_http_events: 1 }, "runner_http_events"],
  [{ runner_http_url: "http://a/", runner_http_secret: 1 }, "runner_http_secret"],
])("%j is refused with the key at fault", (settings, key) => {
  expect(() => target(settings)).toThrow(expect.objectContaining({ code: "SETTINGS_INVALID", location: { key } }));
});

test("wants statuses, and the events that were named [PLG-03]", () => {
  const event = (name: string): JournalEntry => ({ seq: 1, time: "", type: "event", event: { event: name } as EventEntry["event"] });
  const sink = httpSink.open({ runner_http_url: "http://a/" }, { ident: "x", host: testHost({ RUNNER_HTTP_EVENTS: "runner_on_failed, playbook_on_stats" }) })!;
  expect(["runner_on_failed", "playbook_on_stats", "verbose"].map((name) => sink.wants!(event(name)))).toEqual([true, true, false]);
  expect(sink.wants!({ seq: 1, time: "", type: "status", status: "running", runner_ident: "x" })).toBe(true);
  expect(sink.wants!({ seq: 1, time: "", type: "notice", level: "info", kind: "clock", message: "" })).toBe(false);
});

test.each([
  [200, "taken"], [204, "taken"], [301, "refused"], [400, "refused"], [401, "refused"], [404, "refused"], [408, "again"], [429, "again"], [500, "again"], [503, "again"],
])("an answer %i means %s [PLG-04]", (status, expected) => {
  const outcome = (): string => {
    try {
      checkAnswer("x", status);
      return "taken";
    } catch (error) {
      return isRunnerError(error) ? "refused" : "again";
    }
  };
  expect(outcome()).toBe(expected);
});
