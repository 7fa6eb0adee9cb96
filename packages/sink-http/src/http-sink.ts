import { createHmac } from "node:crypto";
import type { EventEntry, EventSink, JournalEntry, StatusEntry } from "@distronode-runner/contract";
import type { Dispatcher } from "undici";
import { checkAnswer, unreachable } from "./answer.ts";
import { openDispatcher } from "./dispatcher.ts";
import { isSendable, payloadOf } from "./payload.ts";
import type { HttpTarget } from "./target.ts";

/** One job's deliveries: a request for each entry, one after the other. */
export class HttpSink implements EventSink {
  readonly name = "http";
  readonly #target: HttpTarget;
  readonly #ident: string;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  #dispatcher: Promise<Dispatcher> | undefined;
  /** Number of the last entry that was taken: a batch that failed in its middle goes on there. */
  #taken = 0;

  constructor(target: HttpTarget, ident: string, environment: Readonly<Record<string, string | undefined>>) {
    this.#target = target;
    this.#ident = headerSafe(ident);
    this.#environment = environment;
  }

  wants(entry: JournalEntry): boolean {
    return isSendable(entry) && (entry.type === "status" || this.#target.events?.has(entry.event.event) !== false);
  }

  async deliver(entries: readonly JournalEntry[], { signal }: { readonly signal: AbortSignal }): Promise<void> {
    const dispatcher = await (this.#dispatcher ??= openDispatcher(this.#target, this.#environment));
    for (const entry of entries) {
      if (!isSendable(entry) || entry.seq <= this.#taken) continue;
      await this.#post(dispatcher, entry, signal);
      this.#taken = entry.seq;
    }
  }

  async close(): Promise<void> {
    await (await this.#dispatcher)?.destroy();
  }

  async #post(dispatcher: Dispatcher, entry: EventEntry | StatusEntry, signal: AbortSignal): Promise<void> {
    const { url, headers, secret, name } = this.#target;
    const body = payloadOf(entry);
    const { request } = await import("undici");
    let status: number;
    try {
      const answer = await request(url, {
        method: "POST",
        dispatcher,
        signal,
        body,
        headers: {
          "content-type": "application/json",
          "user-agent": "distronode-runner",
          ...headers,
          "x-distronode-delivery": `${this.#ident}-${entry.seq}`,
          ...(secret === undefined ? {} : { "x-distronode-signature": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` }),
        },
      });
      status = answer.statusCode;
      await answer.body.dump({ limit: 64 * 1024, signal });
    } catch (error) {
      signal.throwIfAborted();
      throw unreachable(name, error);
    }
    checkAnswer(name, status);
  }
}

const headerSafe = (ident: string): string => ident.toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent);
