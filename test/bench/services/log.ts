import { randomUUID } from 'node:crypto';

import { openEventStoreDb } from '#event-log/eventstoredb';
import type { NewEvent, SubjectId } from '#kernel';
import { START, streamName } from '#kernel';

import type { Figure } from '../figures.js';
import { perSecond } from '../figures.js';
import { sampleTrade } from '../samples.js';
import type { Bare } from './bare.js';
import { atOnce, besideBare } from './shares.js';
import type { Servers } from './servers.js';

const SINGLE = 2_000;
const GROUP = 10_000;
const IN_FLIGHT = 64;

/** Appends and replay through the adapter, each beside the client alone. */
export async function benchServiceLog(servers: Servers, bare: Bare): Promise<readonly Figure[]> {
  const log = openEventStoreDb(servers.eventStoreDb, { prefix: `bench-${randomUUID()}.` });
  const ours = async (event: NewEvent) => {
    await log.append(streamName(`customer-${randomUUID()}`), 'no-stream', [event]);
  };
  const theirs = (event: NewEvent) => bare.append(event);
  const rate = (append: (event: NewEvent) => Promise<void>, count: number, inFlight: number) =>
    perSecond(() => atOnce(count, inFlight, () => append(sample())));
  try {
    await rate(theirs, 500, IN_FLIGHT);
    await rate(ours, 500, IN_FLIGHT);
    const single = [await rate(theirs, SINGLE, 1), await rate(ours, SINGLE, 1)] as const;
    const group = [
      await rate(theirs, GROUP, IN_FLIGHT),
      await rate(ours, GROUP, IN_FLIGHT),
    ] as const;
    // Both read all of the log; of it each counts what it would hand on.
    const replay = [await bare.replay(), await perSecond(replayed)] as const;
    const called = servers.called;
    return [
      besideBare(`appends one after another, ${called}`, 'events/s', ...single),
      besideBare(`appends, ${String(IN_FLIGHT)} in flight, ${called}`, 'events/s', ...group),
      besideBare(`replay of the log, ${called}`, 'events/s', ...replay),
    ];
  } finally {
    await log.close();
  }

  async function replayed(): Promise<number> {
    const others = GROUP + SINGLE + 500;
    let count = 0;
    for (let after = START; ;) {
      const page = await log.readAll(after, 1_000);
      const last = page.at(-1);
      if (last === undefined) return count + others;
      count += page.length;
      after = last.position;
    }
  }
}

function sample(): NewEvent {
  const [first] = sampleTrade(randomUUID() as string as SubjectId);
  if (first === undefined) throw new Error('a trade has an event');
  return first;
}
