import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import type { SubjectId } from '#kernel';

import { textIn } from '../faults/support/server-child.js';
import { eventsOf } from '../faults/support/people.js';
import { until } from '../faults/support/until.js';
import { wrongAfterwards } from './support/afterwards.js';
import { Client } from './support/client.js';
import { Cluster, KEY_CACHE_MILLIS } from './support/cluster.js';
import { askErasure, erased, register, shown, statesOf } from './support/customers.js';
import type { Registered } from './support/customers.js';
import { onServices } from './support/on-services.js';

const LIMIT = 120_000;
const PERSONS = 4;

/** What reading said, with when it was asked. */
interface Read {
  readonly askedAt: number;
  readonly states: readonly string[];
}

/** What a change came to: `200`, or the code of its refusal. */
interface Changed {
  readonly askedAt: number;
  readonly outcome: string;
}

onServices('an erasure with two processes that answer', () => {
  let cluster: Cluster;
  let one: Client;
  let other: Client;

  beforeAll(async () => {
    cluster = await Cluster.start();
    const token = await cluster.token();
    one = new Client(cluster.apis.slice(0, 1), token);
    other = new Client(cluster.apis.slice(1), token);
  }, LIMIT);
  afterAll(async () => {
    await cluster.stop();
  }, LIMIT);

  it(
    'is never undone by the warm cache of the other: no value after the receipt, no change that opens',
    async () => {
      const persons = await Promise.all(Array.from({ length: PERSONS }, () => register(one)));
      const seen = await Promise.all(persons.map((person) => erasedWhileUsed(person)));
      for (const { reads, changes, receiptAt } of seen) {
        const before = reads.filter(({ askedAt }) => askedAt < receiptAt);
        const after = reads.filter(({ askedAt }) => askedAt >= receiptAt);
        // The cache was warm, and both were asked on either side of the receipt.
        expect(before.some(({ states }) => states.includes('present'))).toBe(true);
        expect(after.length).toBeGreaterThan(10);
        expect(after.flatMap(({ states }) => states).filter((state) => state !== 'erased')).toEqual(
          [],
        );
        const late = changes.filter(({ askedAt }) => askedAt >= receiptAt);
        expect(new Set(late.map(({ outcome }) => outcome))).toEqual(new Set(['erased']));
        const early = new Set(changes.map(({ outcome }) => outcome));
        expect([...early].filter((outcome) => !EXPECTED.has(outcome))).toEqual([]);
        expect(early).toContain('200');
      }
      await allShredded(persons);
      expect(await wrongAfterwards(cluster, [])).toEqual([]);
    },
    LIMIT,
  );

  /** Erases somebody at one process, whom both read and the other one changes all the while. */
  async function erasedWhileUsed(person: Registered) {
    const { id } = person;
    await shown(other, person);
    const reads: Read[] = [];
    const changes: Changed[] = [];
    const over = new AbortController();
    const reading = [one, other].map(async (client) => {
      while (!over.signal.aborted) {
        const askedAt = performance.now();
        reads.push({ askedAt, states: await statesOf(client, id) });
      }
    });
    const changing = (async () => {
      for (let count = 0; !over.signal.aborted; count++) {
        const askedAt = performance.now();
        changes.push({ askedAt, outcome: await changed(id, count) });
      }
    })();
    await until('both caches to be warm', () => {
      const isRead = reads.some(({ states }) => states.includes('present'));
      return isRead && changes.some(({ outcome }) => outcome === '200');
    });
    const number = await askErasure(one, id);
    await Promise.all([erased(one, number), erased(other, number)]);
    const receiptAt = performance.now();
    // Longer than any cache may keep a key: that nothing comes back is what lasts.
    await pause(2 * KEY_CACHE_MILLIS);
    over.abort();
    await Promise.all([...reading, changing]);
    return { reads, changes, receiptAt };
  }

  async function changed(id: string, count: number): Promise<string> {
    const body = { phone: `+358 40 ${String(count)}` };
    const answer = await other.ask({ method: 'PATCH', path: `/api/customers/${id}/contact`, body });
    if (answer === undefined) throw new Error('a change gave no answer');
    return answer.status === 200 ? '200' : textIn(answer.body, 'code');
  }

  /** Every change that came through lies under a key that is destroyed. */
  async function allShredded(persons: readonly Registered[]): Promise<void> {
    const ledger = await cluster.openLedger();
    try {
      for (const { id } of persons) {
        const events = await eventsOf(ledger, id as SubjectId);
        const opened = (await ledger.opener.openEvents(events)).flat();
        expect(opened.length).toBeGreaterThan(2);
        expect(new Set(opened.map(({ opening }) => opening.kind))).toEqual(new Set(['erased']));
      }
    } finally {
      await ledger.close();
    }
  }
});

/** What a change may come to while an erasure goes on. */
const EXPECTED: ReadonlySet<string> = new Set(['200', 'erasing', 'erased']);
