import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { MemoryEventLog } from '#event-log/memory';
import { IntegrityError, Outage, START } from '#kernel';
import type { Position } from '#kernel';

import type { LogPage, ReadableLog } from './log-pages.js';
import { LogReader } from './log-reader.js';
import { append } from './testing/carts.js';
import { failingFirst, interposed } from './testing/interposed.js';

const LIMIT = 100;

let log: MemoryEventLog;
let abort: AbortController;

beforeEach(() => {
  log = new MemoryEventLog();
  abort = new AbortController();
});

afterEach(() => {
  abort.abort();
});

function addEvents(count: number): Promise<Position> {
  return append(
    log,
    ...Array.from({ length: count }, () => ({ type: 'Opened', cart: 'a', key: 'k' }) as const),
  );
}

/** Reads until it has seen a position; gives the positions of all events that it was handed. */
async function readUntil(
  reader: LogReader,
  last: Position,
  onPage: (page: LogPage) => Promise<void> | void = () => undefined,
): Promise<readonly Position[]> {
  const seen: Position[] = [];
  for await (const page of reader.pagesAfter(START, LIMIT, abort.signal)) {
    seen.push(...page.events.map(({ position }) => position));
    await onPage(page);
    if ((seen.at(-1) ?? START) >= last) return seen;
  }
  return seen;
}

async function allPositions(): Promise<readonly Position[]> {
  return (await log.readAll(START, 100_000)).map(({ position }) => position);
}

/** How often the log was subscribed to, and the log that counts it. */
function counting(): { readonly counted: ReadableLog; readonly subscriptions: () => number } {
  let subscriptions = 0;
  const counted = interposed(log, {
    subscribe: (after, signal) => {
      subscriptions += 1;
      return log.subscribe(after, signal);
    },
  });
  return { counted, subscriptions: () => subscriptions };
}

describe('the end of the log', () => {
  test('is read and lifted once for all who follow it', async () => {
    await addEvents(3);
    const { counted, subscriptions } = counting();
    let lifted = 0;
    const reader = new LogReader(counted, (event) => {
      lifted += 1;
      return event;
    });
    const pages = Array.from({ length: 4 }, () => reader.pagesAfter(START, LIMIT, abort.signal));
    for (const each of pages) await each.next();
    expect(lifted).toBe(4 * 3);
    const coming = pages.map((each) => each.next());
    const added = await addEvents(1);
    for (const page of await Promise.all(coming)) {
      expect(page).toMatchObject({ value: { events: [{ position: added }], newest: true } });
    }
    expect(subscriptions()).toBe(1);
    expect(lifted).toBe(4 * 3 + 1);
  });

  test('misses and repeats nothing for one that joins while others move on', async () => {
    await addEvents(LIMIT * 2);
    const reader = new LogReader(log, (event) => event);
    const last = await addEvents(LIMIT);
    const first = readUntil(reader, last);
    let extra = 0;
    const slow = readUntil(reader, last, async ({ newest }) => {
      if (newest && extra++ < 20) await addEvents(7);
    });
    await Promise.all([first, slow]);
    const end = await addEvents(1);
    const late = await readUntil(reader, end);
    expect(late).toEqual(await allPositions());
  });

  test('is read alone again by one that lags too far, without a gap', async () => {
    await addEvents(1);
    const reader = new LogReader(log, (event) => event);
    let busy = true;
    const end = readUntil(reader, 'z' as Position).catch(() => []);
    const lagging: Position[] = [];
    let last = 'z' as Position;
    for await (const { events, newest } of reader.pagesAfter(START, LIMIT, abort.signal)) {
      lagging.push(...events.map(({ position }) => position));
      if (newest && busy) {
        busy = false;
        for (let n = 0; n < 12; n++) last = await addEvents(1_000);
      }
      if ((lagging.at(-1) ?? START) >= last) break;
    }
    expect(lagging).toEqual(await allPositions());
    abort.abort();
    await end;
  });

  test('an outage is that of all who follow, and passes', async () => {
    await addEvents(1);
    const broken = failingFirst(log, 'readAll', 1, new Outage('event-log', 'io'));
    const reader = new LogReader(broken, (event) => event);
    await expect(readUntil(reader, 'z' as Position)).rejects.toBeInstanceOf(Outage);
    const subscribing = interposed(log, {
      subscribe: () => {
        throw new Outage('event-log', 'closed');
      },
    });
    const second = new LogReader(subscribing, (event) => event);
    const ends = [readUntil(second, 'z' as Position), readUntil(second, 'z' as Position)];
    for (const end of ends) await expect(end).rejects.toBeInstanceOf(Outage);
    expect(await readUntil(reader, await addEvents(1))).toHaveLength(2);
  });

  test('an event that cannot be lifted ends the page before it', async () => {
    const bad = await addEvents(3);
    await addEvents(1);
    const reader = new LogReader(log, (event) => {
      if (event.position === bad) throw new IntegrityError('schema-unknown', 'is newer');
      return event;
    });
    const pages = reader.pagesAfter(START, LIMIT, abort.signal);
    expect(await pages.next()).toMatchObject({
      value: {
        events: [{}, {}],
        poison: { event: { position: bad }, reason: 'lift: schema-unknown (Opened)' },
      },
    });
    await pages.return(undefined);
  });
});
