import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { openSqliteEventLog } from '#event-log/sqlite';
import type { SubjectId } from '#kernel';
import { START, streamName } from '#kernel';

import type { Figure } from './figures.js';
import { perSecond } from './figures.js';
import type { Floors } from './floors.js';
import { sampleTrade } from './samples.js';

/** Appends and replay of the embedded log. */
export async function benchLog(folder: string, floors: Floors): Promise<readonly Figure[]> {
  const log = await openSqliteEventLog(join(folder, 'log.db'));
  const appendOne = async () => {
    const subject = randomUUID() as string as SubjectId;
    const [first] = sampleTrade(subject);
    if (first !== undefined) {
      await log.append(streamName(`customer-${subject}`), 'no-stream', [first]);
    }
  };
  const appended = (count: number, inFlight: number) =>
    perSecond(async () => {
      let left = count;
      const worker = async () => {
        while (left-- > 0) await appendOne();
      };
      await Promise.all(Array.from({ length: inFlight }, worker));
      return count;
    });
  await appended(500, 1);
  const single = await appended(5_000, 1);
  const group = await appended(50_000, 64);
  await appended(50_000, 500);
  const replay = await perSecond(async () => {
    let count = 0;
    for (let after = START; ;) {
      const page = await log.readAll(after, 1000);
      const last = page.at(-1);
      if (last === undefined) return count;
      count += page.length;
      after = last.position;
    }
  });
  await log.close();
  return [
    {
      work: 'durable appends, one after another',
      figure: single,
      unit: 'events/s',
      floor: { what: 'raw SQLite insert, one a transaction', figure: floors.single },
      goal: { atLeast: 3_000 },
    },
    {
      work: 'durable appends, 64 in flight',
      figure: group,
      unit: 'events/s',
      floor: { what: 'raw SQLite insert, 64 a transaction', figure: floors.group },
      goal: { atLeast: 10_000 },
    },
    {
      work: 'replay of the log without opening',
      figure: replay,
      unit: 'events/s',
      floor: { what: 'raw SQLite read and JSON.parse', figure: floors.read },
      goal: { atLeast: 150_000 },
    },
  ];
}
