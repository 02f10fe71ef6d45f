import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { JsonObject } from '#kernel';

import { textIn } from '../../faults/support/server-child.js';
import { until } from '../../faults/support/until.js';
import type { Answer, Request } from './client.js';
import { Client } from './client.js';
import type { Cluster } from './cluster.js';

/** A command that was acknowledged: as it was sent, and what its answer said. */
export interface Acknowledged {
  readonly request: Request & { readonly key: string };
  readonly events: readonly string[];
  /** How often it was sent. */
  readonly attempts: number;
  readonly writer: number;
  readonly at: number;
}

/** The writers, by number. */
const ALL = [0, 1, 2, 3, 4, 5, 6, 7];
/** How long a writer waits for an answer. */
const PATIENCE_MILLIS = 5_000;
/** When each writer has had so many acknowledgements, it is taken to be well again. */
const WELL = 10;
/** Nobody is answered for so long only where something is wrong. */
const SILENCE_MILLIS = 1_500;
const FLOW_MILLIS = 60_000;
/** Every so many customers one has something deleted, so that timers have work as well. */
const DELETING = 10;

/**
 * Eight writers that register customers and change them, as fast as they are answered. Each command
 * has an Idempotency-Key of its own, and is sent with it until it is acknowledged.
 */
export class Writers {
  readonly acknowledged: Acknowledged[] = [];
  /** Answers that are neither an acknowledgement nor ask to be tried again. */
  readonly refused: string[] = [];
  /** How often writers were asked to try again, or had no answer. */
  retries = 0;
  #stopping = false;
  #abandoned = false;
  #running: Promise<unknown> = Promise.resolve();

  static async start(cluster: Cluster): Promise<Writers> {
    const writers = new Writers();
    const token = await cluster.token();
    const each = ALL.map((at) =>
      writers.#write(at, new Client(cluster.apis, token, at, PATIENCE_MILLIS)),
    );
    writers.#running = Promise.all(each);
    return writers;
  }

  /** Waits until every writer has had some more acknowledgements. */
  async flow(): Promise<void> {
    const from = this.acknowledged.length;
    await until(
      'every writer to be acknowledged again',
      () => {
        const since = this.acknowledged.slice(from);
        const isWell = (at: number) => since.filter(({ writer }) => writer === at).length >= WELL;
        return this.refused.length > 0 || ALL.every(isWell);
      },
      FLOW_MILLIS,
    );
  }

  /** Waits until a fault is felt: one is told to try again, or nobody is answered for some time. */
  async trouble(): Promise<void> {
    const before = this.retries;
    await until(
      'a writer to be in trouble',
      () => {
        const last = this.acknowledged.at(-1)?.at ?? 0;
        return this.retries > before || performance.now() - last > SILENCE_MILLIS;
      },
      FLOW_MILLIS,
    );
  }

  /** Ends when each has had its last command acknowledged. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  /** Ends, whatever is under way. */
  async abandon(): Promise<void> {
    this.#abandoned = true;
    await this.stop();
  }

  async #write(writer: number, client: Client): Promise<void> {
    for (let count = 0; !this.#stopping; count++) {
      const name = `${String(writer)}-${String(count)}`;
      const made = await this.#command(writer, client, 'POST', '/api/customers', {
        category: 'private',
        identity: { customerNumber: name, firstName: 'Matti', lastName: 'Meikäläinen' },
        contact: { email: `matti.${name}@example.fi` },
      });
      if (made === undefined) return;
      const path = `/api/customers/${textIn(made.body, 'id')}`;
      for (const [method, more, body] of changesOf(count)) {
        if ((await this.#command(writer, client, method, path + more, body)) === undefined) return;
      }
    }
  }

  /** Sends a command until it is acknowledged; undefined where it is refused. */
  async #command(
    writer: number,
    client: Client,
    method: 'POST' | 'PATCH',
    path: string,
    body: JsonObject,
  ): Promise<Answer | undefined> {
    const request = { method, path, body, key: randomUUID() };
    for (let attempts = 1; !this.#abandoned; attempts++) {
      const answer = await client.ask(request);
      if (answer?.status === 200 || answer?.status === 201) {
        const events = eventsOf(answer.body);
        this.acknowledged.push({ request, events, attempts, writer, at: performance.now() });
        return answer;
      }
      if (answer !== undefined && answer.status !== 503) {
        this.refused.push(
          `${method} ${path}: ${String(answer.status)} ${textIn(answer.body, 'code')}`,
        );
        return undefined;
      }
      this.retries += 1;
      await pause(answer?.retryAfterMillis ?? 0);
    }
    return undefined;
  }
}

type Change = readonly ['POST' | 'PATCH', string, JsonObject];

function changesOf(count: number): readonly Change[] {
  const voucher = {
    date: '2026-03-02',
    buyer: { name: 'Matti Meikäläinen' },
    total: '12.50',
    currency: 'EUR',
  };
  const changes: Change[] = [
    ['PATCH', '/contact', { phone: `+358 40 ${String(count)}` }],
    ['POST', '/orders', { voucher }],
    ['PATCH', '/identity', { lastName: 'Virtanen' }],
  ];
  if (count % DELETING === 0) changes.push(['PATCH', '/contact', { email: null }]);
  return changes;
}

/** Ids of the events that an answer tells of. */
export function eventsOf(body: JsonObject): readonly string[] {
  const { events } = body;
  if (!Array.isArray(events)) throw new Error('an answer tells of no events');
  return events.map((event: JsonObject) => textIn(event, 'id'));
}
