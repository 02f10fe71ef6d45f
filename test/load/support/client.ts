import { randomUUID } from 'node:crypto';

import type { JsonObject } from '#kernel';
import { isJsonObject } from '#kernel';

import type { ServerProcess } from './server-process.js';

/** An answer, with its body read. */
export interface Answer {
  readonly status: number;
  readonly body: JsonObject;
  /** What a 503 asks its client to wait. */
  readonly retryAfterMillis: number;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: JsonObject;
  /** A fresh Idempotency-Key, if none is given. */
  readonly key?: string;
  readonly purpose?: string;
}

/** How long a client waits for an answer: longer than the ledger waits for views, and for receipts. */
const PATIENCE_MILLIS = 15_000;

/** A client behind a load balancer: it stays with a server until that gives no answer, or is not ready. */
export class Client {
  #at: number;

  /** @param servers as they are now: one that was killed leaves, and another comes */
  constructor(
    private readonly servers: readonly ServerProcess[],
    private readonly token: string,
    at = 0,
    private readonly patienceMillis = PATIENCE_MILLIS,
  ) {
    this.#at = at;
  }

  /** Sends a request; undefined where no answer came: the next request goes to another server. */
  async ask(request: Request): Promise<Answer | undefined> {
    const server = this.servers[this.#at % this.servers.length];
    try {
      const answer = await this.#send(server?.url ?? '', request);
      if (answer.body.code === 'not-ready') this.#at += 1;
      return answer;
    } catch {
      this.#at += 1;
      return undefined;
    }
  }

  async #send(url: string, request: Request): Promise<Answer> {
    const { method, path, body, key = randomUUID(), purpose = 'customer-register' } = request;
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        'processing-purpose': purpose,
        'idempotency-key': key,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(this.patienceMillis),
    });
    const read: unknown = JSON.parse(await response.text());
    const retryAfter = Number(response.headers.get('retry-after') ?? 0);
    return {
      status: response.status,
      body: isJsonObject(read) ? read : {},
      retryAfterMillis: retryAfter * 1_000,
    };
  }
}
