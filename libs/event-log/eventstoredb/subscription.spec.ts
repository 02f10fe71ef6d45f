import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { START, type NewEvent, type RecordedEvent } from '#kernel';

import { anEvent, aStream, firstOf, someEvents } from '../contract/index.js';
import { startTestServer, type TestServer } from '../testing/eventstoredb-server/index.js';
import { openEventStoreDb, type EventStoreDbLog } from './index.js';

const LIMIT = 1_000;
const POLL_MILLIS = 5;
const PATIENCE_MILLIS = 10_000;

let server: TestServer;
let log: EventStoreDbLog;
let problems: string[];

beforeEach(async () => {
  server = await startTestServer();
  problems = [];
  log = openEventStoreDb(server.url, {
    timeLimitMillis: LIMIT,
    onProblem: (problem) => problems.push(problem),
  });
});
afterEach(async () => {
  await log.close();
  await server.close();
});

/** Appends, again and again until it is acknowledged. */
async function append(events: readonly NewEvent[]): Promise<void> {
  const stream = aStream();
  for (;;) {
    try {
      await log.append(stream, 'no-stream', events);
      return;
    } catch (error) {
      expect(error).toMatchObject({ name: 'Outage' });
    }
  }
}

const idsOf = (events: readonly { readonly id: string }[]) => events.map((event) => event.id);

/** Somebody else's events, that many. */
async function fill(count: number): Promise<void> {
  const client = EventStoreDBClient.connectionString(server.url);
  const others = Array.from({ length: count }, (_, n) => jsonEvent({ type: 'Other', data: { n } }));
  await client.appendToStream('others', others);
  await client.dispose();
}

test('cuts, restarts and hangs lose and double nothing', async () => {
  const ending = new AbortController();
  const seen: string[] = [];
  const done = (async () => {
    for await (const page of log.subscribe(START, ending.signal)) seen.push(...idsOf(page));
  })();
  const faults = ['cut', 'restart', 'hang', 'cut', 'restart', 'hang'] as const;
  for (const [round, fault] of faults.entries()) {
    await append(someEvents(30));
    await until(() => seen.length >= 60 * round + 30);
    if (fault === 'cut') server.line.cut();
    if (fault === 'hang') server.line.freezeConnections();
    if (fault === 'restart') {
      await server.stop();
      await server.start();
    }
    await append(someEvents(30));
  }
  await until(() => seen.length >= 60 * faults.length);
  ending.abort();
  await done;
  // No fault any more: a busy machine may take its time.
  const patient = openEventStoreDb(server.url);
  expect(seen).toEqual(idsOf(await patient.readAll(START, 1_000)));
  await patient.close();
  expect(server.subscriptions.length).toBeGreaterThan(faults.length);
});

test('begins again at its last checkpoint but one, not where it began', async () => {
  const ending = new AbortController();
  const pages = log.subscribe(START, ending.signal)[Symbol.asyncIterator]();
  await append([anEvent()]);
  await pages.next();
  const last = server.records.at(-1)?.position ?? 0n;
  await fill(4_000);
  const event = anEvent();
  const next = pages.next();
  // Only checkpoints come now; who waits for the next event has taken them in.
  await until(() => (server.subscriptions.at(-1)?.checkpoints ?? 0) > 3);
  await until(async () => {
    const begun = server.subscriptions.length;
    server.line.cut();
    await until(() => server.subscriptions.length > begun);
    const from = server.subscriptions.at(-1)?.from;
    return typeof from === 'object' && from.commit > last;
  });
  await append([event]);
  expect(idsOf(((await next).value as readonly RecordedEvent[] | undefined) ?? [])).toEqual([
    event.id,
  ]);
  ending.abort();
  await pages.next();
});

describe('begins again without a loss or a double', () => {
  /** How a server may take the place at which a subscription begins. */
  const servers: Readonly<Record<string, Partial<TestServer['faults']>>> = {
    'as a real one was seen to': {},
    'where a checkpoint has taken the event at its place': { checkpoints: 'skipped' },
    'where a checkpoint is not taken back': { checkpoints: 'refused' },
    'where the event at the place is given again': { repeats: true },
  };
  for (const [name, faults] of Object.entries(servers)) {
    test(name, async () => {
      const events = someEvents(3);
      const [one, two, three] = events.map((event) => [event]);
      await append(one ?? []);
      // The third checkpoint comes right before the second event, and stands at its place.
      await fill(3 * 1_000 - server.records.length);
      await append(two ?? []);
      Object.assign(server.faults, faults);
      let cuts = 0;
      server.faults.beforeSending = async ({ id }) => {
        if (id !== events[1]?.id || cuts > 0) return;
        cuts += 1;
        // What was sent before these answers has come.
        await log.head();
        await log.head();
        server.line.cut();
      };
      const ending = new AbortController();
      const seen: string[] = [];
      const done = (async () => {
        for await (const page of log.subscribe(START, ending.signal)) seen.push(...idsOf(page));
      })();
      await until(() => seen.length >= 2);
      server.line.cut();
      await append(three ?? []);
      await until(() => seen.length >= 3);
      ending.abort();
      await done;
      expect(cuts).toBe(1);
      expect(seen).toEqual(idsOf(events));
    });
  }
});

test('on a connection that hangs is begun again on a new one, though nobody appends', async () => {
  const other = openEventStoreDb(server.url);
  const event = anEvent();
  const seen = firstOf(1, log.subscribe(START, new AbortController().signal));
  await until(() => server.subscriptions.length > 0);
  server.line.freezeConnections();
  const startedAt = performance.now();
  await other.append(aStream(), 'no-stream', [event]);
  expect(idsOf(await seen)).toEqual([event.id]);
  expect(performance.now() - startedAt).toBeLessThan(6 * LIMIT);
  await other.close();
});

test('takes no more from the server than it can keep', async () => {
  const events = Array.from({ length: 300 }, () => anEvent({ x: 'x'.repeat(100_000) }));
  for (let at = 0; at < events.length; at += 10) await append(events.slice(at, at + 10));
  const small = someEvents(20_000);
  for (let at = 0; at < small.length; at += 2_000) await append(small.slice(at, at + 2_000));
  const pages = log.subscribe(START, new AbortController().signal)[Symbol.asyncIterator]();
  await pages.next();
  // While nobody takes a page, other calls go to and fro, until the server sends no more.
  let sent = -1;
  await until(async () => {
    const before = sent;
    for (let round = 0; round < 20; round++) await log.head();
    sent = server.subscriptions.at(-1)?.sent ?? 0;
    return sent === before;
  });
  expect(sent).toBeGreaterThan(0);
  expect(sent).toBeLessThan(5_000);
  await pages.return();
});

test('ends when it is aborted while the server is away', async () => {
  const ending = new AbortController();
  const done = firstOf(1, log.subscribe(START, ending.signal));
  await until(() => server.subscriptions.length > 0);
  await server.stop();
  await until(() => problems.length > 0);
  ending.abort();
  expect(await done).toEqual([]);
});

test('that is refused says so and waits', async () => {
  server.faults.denied = 'everything';
  const event = anEvent();
  const seen = firstOf(1, log.subscribe(START, new AbortController().signal));
  await until(() => problems.length > 1);
  expect(problems[0]).toBe('event-log: access-denied');
  server.faults.denied = 'nothing';
  await append([event]);
  expect(idsOf(await seen)).toEqual([event.id]);
});

/** Waits until something holds; fails when it does not come to hold. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MILLIS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain: ${String(holds)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
  }
}
