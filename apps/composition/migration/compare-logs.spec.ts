import { beforeEach, describe, expect, it } from '@jest/globals';

import type { StoredEvent, StoredEvents } from '#event-log';
import { anEvent, aStream, someEvents } from '#event-log/contract';
import { MemoryEventLog } from '#event-log/memory';
import { headOfLog } from '#evidence';
import type { Position } from '#kernel';
import { START } from '#kernel';

import { compareLogs } from './compare-logs.js';

const none = () => undefined;

let log: MemoryEventLog;
let stored: readonly StoredEvent[];
beforeEach(async () => {
  log = new MemoryEventLog();
  await log.append(aStream(), 'no-stream', someEvents(3));
  await log.append(aStream(), 'no-stream', [anEvent()]);
  stored = await log.readStored(START, 10);
});

const elsewhere = (position: Position) =>
  (position === START ? START : `at-${position}`) as Position;

/** The same events, changed, where positions are others. */
function copyOf(change: (events: readonly StoredEvent[]) => readonly StoredEvent[]): StoredEvents {
  const events = change(stored).map((event) => ({
    ...event,
    position: elsewhere(event.position),
  }));
  return {
    readStored: async (after, limit) => {
      const from = events.findIndex(({ position }) => position === after) + 1;
      return events.slice(from, from + limit);
    },
  };
}

const rootOf = async () => {
  const { size, root } = await headOfLog(log);
  return { origin: 'ledger.example', size, root: Buffer.from(root).toString('base64url') };
};

describe('two logs', () => {
  it('that are the same give the root, and where a place of the one is in the other', async () => {
    const places = [START, ...stored.map(({ position }) => position)];
    const to = copyOf((events) => events);
    const compared = await compareLogs(log, to, [await rootOf()], places, none);
    expect(compared.head).toEqual(await headOfLog(log));
    for (const place of places) expect(compared.places.get(place)).toBe(elsewhere(place));
  });

  it('are told apart by whatever a leaf is over, by order and by length', async () => {
    const changes: ((events: readonly StoredEvent[]) => readonly StoredEvent[])[] = [
      (events) => events.slice(0, -1),
      (events) => [...events.slice(0, 2), ...events.slice(3)],
      ([first, second, ...rest]) => [second, first, ...rest].flatMap((one) => one ?? []),
      ([first, ...rest]) => [{ ...first, type: 'Other' } as StoredEvent, ...rest],
      ([first, ...rest]) => [{ ...first, stream: aStream() } as StoredEvent, ...rest],
      ([first, ...rest]) => [{ ...first, revision: 7 } as StoredEvent, ...rest],
      ([first, ...rest]) => [{ ...first, data: Buffer.from('{}') } as StoredEvent, ...rest],
      ([first, ...rest]) => [{ ...first, metadata: Buffer.from('{}') } as StoredEvent, ...rest],
    ];
    for (const change of changes) {
      const compared = compareLogs(log, copyOf(change), [], [], none);
      await expect(compared).rejects.toMatchObject({ code: 'copy-differs' });
    }
  });

  it('must have what was signed of them: not another root, not fewer events', async () => {
    const to = copyOf((events) => events);
    const head = await rootOf();
    for (const signed of [
      { ...head, root: Buffer.alloc(32).toString('base64url') },
      { ...head, size: head.size + 1 },
      { ...head, size: head.size - 1 },
    ]) {
      const compared = compareLogs(log, to, [signed], [], none);
      await expect(compared).rejects.toMatchObject({ code: 'root-differs' });
    }
  });
});
