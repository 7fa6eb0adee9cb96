import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { sinkContract, type EventSinkPlugin, type JournalEntry } from "@distronode-runner/contract";
import { expect, test, vi } from "vitest";
import { httpSink } from "../src/index.ts";
import { expectedOf, noticesOf, runJob } from "./job.ts";
import { Receiver } from "./receiver.ts";

vi.setConfig({ testTimeout: 30_000 });

const lines = (count: number): string => `i=0; while [ $i -lt ${count} ]; do echo line $i; i=$((i+1)); done\n`;
const hasEnded = (received: { json: Record<string, unknown> }[]): boolean => received.some(({ json }) => json["status"] === "successful");

test("every status and every event arrives, in order, once, as the peer's records [PLG-02] [PLG-03]", async () => {
  await using receiver = new Receiver();
  const url = await receiver.listen();
  const { result, entries, sinkLog } = await runJob({ script: lines(250), settings: { runner_http_url: `${url}/hook?a=b`, runner_http_headers: { "X-Token": "t1" } } });
  expect(result).toMatchObject({ status: "successful", events: 250 });
  expect(receiver.all.map(({ json }) => json)).toEqual(expectedOf(entries));
  expect(receiver.all.map(({ json }) => json["status"]).filter(Boolean)).toEqual(["starting", "running", "successful"]);
  expect(receiver.all.find(({ json }) => json["event"] !== undefined)!.json).toMatchObject({ event: "verbose", counter: 1, stdout: "line 0", runner_ident: "job 1" });
  expect(receiver.all[0]).toMatchObject({ method: "POST", url: "/hook?a=b", headers: { "content-type": "application/json", "x-token": "t1", "x-distronode-delivery": "job%201-1" } });
  expect(receiver.concurrent).toBe(1);
  expect(noticesOf(entries)).toEqual([]);
  expect(sinkLog.at(-1)).toEqual({ sink: "http", delivered: entries.length, outcome: "complete" });
});

test("without a URL nothing is opened and nothing is left behind [PLG-03]", async () => {
  const { entries, sinkLog } = await runJob({ script: "echo hello\n" });
  expect(noticesOf(entries)).toEqual([]);
  expect(sinkLog).toEqual([]);
});

test("an endpoint that is down and comes up later gets everything, and what it had taken is not sent again [PLG-02] [PLG-04]", async () => {
  let port: number;
  {
    await using reserved = new Receiver();
    await reserved.listen();
    port = reserved.port;
  }
  await using receiver = new Receiver((n) => (n === 7 || n === 8 ? 503 : n === 12 ? 429 : 204));
  const { result, entries } = await runJob({
    script: lines(20),
    settings: { runner_http_url: `http://127.0.0.1:${port}/` },
    meanwhile: async () => {
      await sleep(1200);
      await receiver.listen(port);
    },
  });
  expect(result.status).toBe("successful");
  expect(receiver.taken.map(({ json }) => json)).toEqual(expectedOf(entries));
  const twice = receiver.all.map(({ headers }) => headers["x-distronode-delivery"]).filter((id, at, ids) => ids.indexOf(id) !== at);
  expect(twice).toHaveLength(3);
});

test("an endpoint that hangs delays neither the job nor its reader, and closing waits no longer than the time for delivery [PLG-04]", async () => {
  await using receiver = new Receiver((n) => (n <= 3 ? 200 : "hang"));
  const url = await receiver.listen();
  const hanging = await runJob({ script: lines(2000), settings: { runner_http_url: url }, drainSeconds: 1 });
  expect(hanging.result).toMatchObject({ status: "successful", rc: 0, events: 2000 });
  expect(receiver.all).toHaveLength(4);
  // Both were over before delivery was: they do not wait for it.
  expect(hanging.closedAfter - hanging.resultAfter).toBeGreaterThan(800);
  expect(hanging.closedAfter - hanging.readAfter).toBeGreaterThan(500);
  expect(hanging.closedAfter - hanging.resultAfter).toBeLessThan(3000);
  expect(hanging.sinkLog.at(-1)).toMatchObject({ sink: "http", outcome: "out_of_time" });
  expect(hanging.sinkLog.at(-1)!["delivered"]).toBeLessThan(hanging.entries.length);
});

test("a refusal ends the delivery with one notice, and the job goes on as if nothing had been [PLG-04]", async () => {
  await using receiver = new Receiver((n) => (n < 3 ? 200 : 400));
  const url = await receiver.listen();
  const { result, entries, sinkLog, resultAfter, closedAfter } = await runJob({ script: `${lines(3)}sleep 1\n${lines(3)}`, settings: { runner_http_url: `${url}/secret-path` } });
  expect(result).toMatchObject({ status: "successful", rc: 0, events: 6 });
  expect(result.error).toBeUndefined();
  expect(noticesOf(entries)).toEqual([{ kind: "sink_failed", level: "warning", message: `The event sink http has given up: ${url} refused with HTTP 400. Its log should say why.` }]);
  expect(receiver.all).toHaveLength(3);
  expect(sinkLog.at(-1)).toMatchObject({ outcome: "given_up" });
  expect(closedAfter - resultAfter).toBeLessThan(1000);
});

test("an endpoint that stays down is mentioned once while the job runs [PLG-04]", async () => {
  const { result, entries, sinkLog } = await runJob({ script: "sleep 2.5\n", settings: { runner_http_url: "http://user:pw@127.0.0.1:1/x" }, drainSeconds: 0.1 });
  expect(result.status).toBe("successful");
  expect(noticesOf(entries)).toEqual([{ kind: "sink_delayed", level: "warning", message: expect.stringMatching(/^The event sink http does not get through and goes on trying: http:\/\/127\.0\.0\.1:1 does not answer: .*ECONNREFUSED/) as string }]);
  expect(sinkLog).toEqual([{ sink: "http", delivered: 0, outcome: "out_of_time", reason: expect.stringContaining("ECONNREFUSED") as string }]);
});

test("a signature can be verified with the secret, and names the body alone [PLG-03]", async () => {
  await using receiver = new Receiver();
  const url = await receiver.listen();
  const { entries } = await runJob({ script: "echo hellö\n", settings: { runner_http_url: url, runner_http_secret: "s3cret" } });
  expect(receiver.all.length).toBe(expectedOf(entries).length);
  for (const { headers, body } of receiver.all) {
    expect(headers["x-distronode-signature"]).toBe(`sha256=${createHmac("sha256", "s3cret").update(body).digest("hex")}`);
  }
  expect(JSON.stringify(entries)).not.toContain("s3cret");
});

test("only the events asked for are sent, and every status [PLG-03]", async () => {
  await using receiver = new Receiver();
  const url = await receiver.listen();
  const { entries } = await runJob({ script: lines(5), settings: { runner_http_url: url, runner_http_events: ["runner_on_failed"] } });
  expect(receiver.all.map(({ json }) => json)).toEqual(expectedOf(entries.filter(({ type }) => type === "status")));
  expect(receiver.all).toHaveLength(3);
});

test("a unix socket works, with its path from the settings [PLG-03]", async () => {
  await using receiver = new Receiver();
  const { result, entries } = await runJob({
    script: "sleep 0.3; echo hello\n",
    environment: { RUNNER_HTTP_URL: join("/tmp", `sink-${process.pid}.sock`) },
    settings: { runner_http_url: "http://127.0.0.1:1/not-used", runner_http_path: "/events" },
    meanwhile: () => receiver.listen(join("/tmp", `sink-${process.pid}.sock`)),
  });
  expect(result.status).toBe("successful");
  expect(receiver.taken.map(({ json }) => json)).toEqual(expectedOf(entries));
  expect(receiver.all[0]).toMatchObject({ url: "/events", headers: { host: "localhost" } });
});

test("settings that make no sense, and keys that nobody knows, are notices [PLG-04]", async () => {
  const { result, entries } = await runJob({ script: "true\n", settings: { runner_http_url: "localhost:8080", runner_htp_url: "http://127.0.0.1/" } });
  expect(result.status).toBe("successful");
  expect(noticesOf(entries)).toEqual([
    { kind: "sink_setting_unknown", level: "warning", message: "The setting runner_htp_url belongs to no event sink of this installation. Did you mean runner_http_url?" },
    { kind: "sink_failed", level: "warning", message: "The event sink http can not be used: The setting runner_http_url is neither a URL nor the path of a socket. Begin it with http:// or https://, or with / for a socket." },
  ]);
});

test("one sink that throws, ignores its signal or can not be closed starves no other one [PLG-04]", async () => {
  await using receiver = new Receiver();
  const url = await receiver.listen();
  const broken = (name: string, sink: object): EventSinkPlugin => ({ contract: sinkContract, name, settingsKeys: [], open: () => ({ name, deliver: () => Promise.resolve(), close: () => Promise.resolve(), ...sink }) });
  const seen: number[] = [];
  const { result, entries, closedAfter, resultAfter } = await runJob({
    script: lines(20),
    settings: { runner_http_url: url },
    drainSeconds: 1,
    sinks: [
      broken("asks", { wants: () => { throw new Error("no idea"); } }),
      broken("deaf", { deliver: () => new Promise(() => {}), close: () => new Promise(() => {}) }),
      broken("sync", { close: () => { throw new Error("stuck"); }, deliver: (batch: readonly JournalEntry[]) => { if (seen.length === 0) { seen.push(0); throw new Error("once"); } seen.push(...batch.map(({ seq }) => seq)); return Promise.resolve(); } }),
      { ...broken("old", {}), contract: 0 },
      httpSink,
    ],
  });
  expect(result.status).toBe("successful");
  expect(receiver.taken.map(({ json }) => json)).toEqual(expectedOf(entries));
  expect(hasEnded(receiver.taken)).toBe(true);
  expect(seen.slice(1)).toEqual(entries.map(({ seq }) => seq));
  expect(noticesOf(entries).map(({ message }) => message)).toEqual(["The event sink old can not be used: it was made for contract 0, this runner has 1.", "The event sink asks has given up: no idea"]);
  expect(closedAfter - resultAfter).toBeLessThan(4000);
});
