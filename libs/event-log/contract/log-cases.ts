import { expect } from '@jest/globals';

import { START, type Position, type RecordedEvent } from '#kernel';

import type { EventLog } from '../port.js';
import { all, anEvent, aStream, firstOf, given, someEvents } from './samples.js';
import { plain, type Cases } from './subject.js';

/** All events after a position, asked for in pages of so many. */
async function everything(log: EventLog, limit: number, after: Position = START) {
  const events: RecordedEvent[] = [];
  let last = after;
  for (;;) {
    const page = await log.readAll(last, limit);
    const newest = page.at(-1);
    if (newest === undefined) return events;
    expect(page.length).toBeLessThanOrEqual(limit);
    events.push(...page);
    last = newest.position;
  }
}

const idsOf = (events: readonly { readonly id: string }[]) => events.map((event) => event.id);

/** The log as a whole: order, subscriptions, other processes, the ledger's id. */
export const logCases: Cases = {
  'an empty log has no events and no head': plain(async ({ log }) => {
    expect(await log.readAll(START, 10)).toEqual([]);
    expect(await log.head()).toBe(START);
  }),

  'all events stand in the order of their appends': plain(async ({ log }) => {
    const streams = [aStream(), aStream()] as const;
    const batches = [someEvents(3), someEvents(2), someEvents(1)] as const;
    await log.append(streams[0], 'no-stream', batches[0]);
    await log.append(streams[1], 'no-stream', batches[1]);
    const last = await log.append(streams[0], 2, batches[2]);
    const events = await everything(log, 100);
    expect(events.map(given)).toEqual(batches.flat());
    const positions = events.map((event) => event.position);
    expect([...positions].sort()).toEqual(positions);
    expect(new Set(positions).size).toBe(6);
    expect(await log.head()).toBe(last.position);
  }),

  'all events come in pages of any size, none twice': plain(async ({ log }) => {
    const events = someEvents(250);
    await log.append(aStream(), 'no-stream', events.slice(0, 100));
    await log.append(aStream(), 'no-stream', events.slice(100));
    for (const limit of [1, 7, 100, 249, 250, 251]) {
      expect(idsOf(await everything(log, limit))).toEqual(idsOf(events));
    }
  }),

  'a stream and the whole log give the same events': plain(async ({ log }) => {
    const stream = aStream();
    await log.append(stream, 'no-stream', someEvents(5));
    expect(await all(log.read(stream, 0))).toEqual(await everything(log, 10));
  }),

  'events after a position are those behind it': plain(async ({ log }) => {
    const events = someEvents(4);
    await log.append(aStream(), 'no-stream', events);
    const [, second] = await log.readAll(START, 10);
    const rest = await everything(log, 10, second?.position ?? START);
    expect(idsOf(rest)).toEqual(idsOf(events.slice(2)));
    expect(await log.readAll(await log.head(), 10)).toEqual([]);
  }),

  'a position of another kind of store is refused': plain(async ({ log }) => {
    for (const position of ['1', 'C:9/P:9', '-000000000000001', '9'.repeat(16)]) {
      await expect(log.readAll(position as Position, 1)).rejects.toMatchObject({
        name: 'InvalidInput',
      });
    }
  }),

  'events are the same after the log was opened again': plain(async ({ log, reopen }) => {
    await log.append(aStream(), 'no-stream', someEvents(3));
    await log.append(aStream(), 'no-stream', someEvents(3));
    const before = await everything(log, 10);
    const again = await reopen();
    expect(await everything(again, 10)).toEqual(before);
    const { position } = await again.append(aStream(), 'no-stream', [anEvent()]);
    expect(position > (before.at(-1)?.position ?? START)).toBe(true);
  }),

  'a subscription catches up and then gets what comes': plain(async ({ log }) => {
    const events = someEvents(6);
    const ending = new AbortController();
    const appendFrom = (first: number) =>
      log.append(aStream(), 'no-stream', events.slice(first, first + 2));
    await appendFrom(0);
    const seen: string[] = [];
    for await (const page of log.subscribe(START, ending.signal)) {
      seen.push(...idsOf(page));
      if (seen.length >= events.length) ending.abort();
      // An append may come in more than one page.
      else if (seen.length % 2 === 0) await appendFrom(seen.length);
    }
    expect(seen).toEqual(idsOf(events));
  }),

  'a waiting subscription wakes up': plain(async ({ log }) => {
    const event = anEvent();
    const ending = new AbortController();
    const seen = firstOf(1, log.subscribe(START, ending.signal));
    await log.append(aStream(), 'no-stream', [event]);
    expect((await seen).map(given)).toEqual([event]);
    ending.abort();
  }),

  'a subscription begins after the position given': plain(async ({ log }) => {
    await log.append(aStream(), 'no-stream', someEvents(3));
    const head = await log.head();
    const events = someEvents(2);
    await log.append(aStream(), 'no-stream', events);
    const seen = await firstOf(2, log.subscribe(head, new AbortController().signal));
    expect(seen.map(given)).toEqual(events);
  }),

  'a subscription misses and doubles nothing while much is appended': plain(async ({ log }) => {
    const ending = new AbortController();
    const seen = firstOf(600, log.subscribe(START, ending.signal));
    const append = (event: ReturnType<typeof anEvent>) =>
      log.append(aStream(), 'no-stream', [event]);
    for (let round = 0; round < 6; round++) await Promise.all(someEvents(100).map(append));
    const ids = idsOf(await seen);
    expect(ids).toEqual(idsOf(await everything(log, 1_000)));
    ending.abort();
  }),

  'an aborted subscription ends': plain(async ({ log }) => {
    const ending = new AbortController();
    const done = all(log.subscribe(START, ending.signal));
    await log.append(aStream(), 'no-stream', someEvents(2));
    ending.abort();
    await done;
    expect(await all(log.subscribe(START, AbortSignal.abort()))).toEqual([]);
  }),

  'a closed log answers nothing any more': plain(async ({ log }) => {
    const waiting = all(log.subscribe(START, new AbortController().signal));
    const refused = expect(waiting).rejects.toMatchObject({ name: 'Outage', reason: 'closed' });
    await log.close();
    await refused;
    const outage = { name: 'Outage', part: 'event-log' };
    await expect(log.append(aStream(), 'no-stream', [anEvent()])).rejects.toMatchObject(outage);
    await expect(log.readAll(START, 1)).rejects.toMatchObject(outage);
    await expect(all(log.read(aStream(), 0))).rejects.toMatchObject(outage);
    await expect(log.head()).rejects.toMatchObject(outage);
    await log.close();
  }),

  'closing waits for appends under way': plain(async ({ log, reopen }) => {
    const streams = Array.from({ length: 5 }, aStream);
    const appends = streams.map((stream) => log.append(stream, 'no-stream', [anEvent()]));
    const again = reopen();
    await Promise.all(appends);
    for (const stream of streams) expect(await all((await again).read(stream, 0))).toHaveLength(1);
  }),

  'what another process appends is seen within a second': plain(async ({ log, other }) => {
    const second = await other();
    const ending = new AbortController();
    const seen = firstOf(1, log.subscribe(START, ending.signal));
    const event = anEvent();
    const stream = aStream();
    await second.append(stream, 'no-stream', [event]);
    const appendedAt = performance.now();
    expect((await seen).map(given)).toEqual([event]);
    expect(performance.now() - appendedAt).toBeLessThan(1_000);
    expect((await all(log.read(stream, 0))).map(given)).toEqual([event]);
    await log.append(stream, 0, [anEvent()]);
    await expect(second.append(stream, 0, [anEvent()])).rejects.toMatchObject({ actual: 1 });
    ending.abort();
  }),

  "the ledger's id is set once": plain(async ({ log, reopen }) => {
    expect(await log.ledgerId()).toBeUndefined();
    await log.claim('one');
    await log.claim('one');
    await expect(log.claim('two')).rejects.toMatchObject({ code: 'ledger-id-differs' });
    await log.append(aStream(), 'no-stream', [anEvent()]);
    await log.claim('one');
    expect(await (await reopen()).ledgerId()).toBe('one');
  }),

  'of two processes one sets the id': plain(async ({ log, other }) => {
    const second = await other();
    const claims = await Promise.allSettled([log.claim('one'), second.claim('two')]);
    expect(claims.filter((claim) => claim.status === 'fulfilled')).toHaveLength(1);
    expect(await log.ledgerId()).toBe(await second.ledgerId());
  }),

  'a log with events and no id is not claimed': plain(async ({ log }) => {
    await log.append(aStream(), 'no-stream', [anEvent()]);
    await expect(log.claim('one')).rejects.toMatchObject({ code: 'ledger-id-missing' });
  }),
};
