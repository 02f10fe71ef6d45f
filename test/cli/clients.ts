import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { Answered, Asked, ServerChild } from '../faults/support/server-child.js';
import { textIn } from '../faults/support/server-child.js';
import { until } from '../faults/support/until.js';

const CLIENTS = 3;
const RETRIES = 50;
const RETRY_MILLIS = 100;

/** What was acknowledged so far. */
export interface Done {
  readonly registered: number;
  readonly changed: number;
  /** The latest position that was answered. */
  readonly position: string;
}

/**
 * Clients that register customers, change and read them, one request after another, until they are
 * stopped. A 503 is asked again under the same key, as its answer invites to.
 */
export class Clients {
  /** Answers that no retry healed, or that are no honest 503: method, route, status and code. */
  readonly unhealed: string[] = [];
  readonly #done = { registered: 0, changed: 0, position: '' };
  readonly #working: Promise<void>[];
  #isStopped = false;

  constructor(private readonly server: ServerChild) {
    this.#working = Array.from({ length: CLIENTS }, (_, at) => this.#work(at));
  }

  done(): Done {
    return { ...this.#done };
  }

  /** Waits until some more customers are registered. */
  async more(count: number): Promise<void> {
    const goal = this.#done.registered + count;
    await until(`${String(count)} more customers, healed: ${this.unhealed.join('; ')}`, () =>
      this.unhealed.length > 0 ? true : this.#done.registered >= goal,
    );
  }

  /** Lets what was begun be answered, and begins no more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#working);
  }

  async #work(client: number): Promise<void> {
    for (let at = 0; !this.#isStopped && this.unhealed.length === 0; at++) {
      const lastName = `C-${String(client)}-${String(at)}`;
      const contact = { email: `${lastName}@example.fi` };
      const body = { category: 'private', identity: { lastName }, contact };
      const made = await this.#ask('POST', '/api/customers', { body });
      if (made?.status !== 201) return;
      this.#done.registered++;
      const path = `/api/customers/${textIn(made.body, 'id')}`;
      const changed = await this.#ask('PATCH', `${path}/contact`, { body: { phone: '1' } });
      if (changed?.status !== 200) return;
      this.#done.changed++;
      const position = textIn(changed.body, 'position');
      if (position > this.#done.position) this.#done.position = position;
      await this.#ask('GET', path, {});
    }
  }

  async #ask(method: string, path: string, asked: Asked): Promise<Answered | undefined> {
    const key = randomUUID();
    for (let attempt = 0; attempt < RETRIES; attempt++) {
      const answer = await this.server.call(method, path, { ...asked, key });
      if (answer.status < 400) return answer;
      const mayHeal = answer.status === 503 && answer.headers.includes('retry-after');
      // Read before its view has it, by a client that did not ask for more.
      if (answer.status === 404 && method === 'GET') return answer;
      if (!mayHeal) {
        this.#fails(method, answer);
        return undefined;
      }
      await pause(RETRY_MILLIS);
    }
    this.#fails(method);
    return undefined;
  }

  #fails(method: string, answer?: Answered): void {
    const code = answer === undefined ? 'not healed' : JSON.stringify(answer.body.code);
    this.unhealed.push(`${method} ${String(answer?.status ?? 503)} ${code}`);
  }
}
