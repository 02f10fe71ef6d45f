import { expect } from '@jest/globals';

import { canonicalBytes, START, type Position } from '#kernel';

import type { StoredEvent } from '../stored.js';
import { anEvent, aStream, someEvents } from './samples.js';
import { plain, type Cases, type LogUnderTest, type WholeLog } from './subject.js';

/** All stored events, asked for in pages of so many. */
async function everyStored(log: WholeLog, limit: number): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  let last: Position = START;
  for (;;) {
    const page = await log.readStored(last, limit);
    const newest = page.at(-1);
    if (newest === undefined) return events;
    expect(page.length).toBeLessThanOrEqual(limit);
    events.push(...page);
    last = newest.position;
  }
}

const placeOf = ({
  position,
  stream,
  revision,
  id,
  type,
}: Omit<StoredEvent, 'metadata' | 'data'>) => ({
  position,
  stream,
  revision,
  id,
  type,
});

const said = ({ metadata, data }: Pick<StoredEvent, 'metadata' | 'data'>) => ({
  metadata: Buffer.from(metadata),
  data: Buffer.from(data),
});

/** What stands in the place of the second of three events' bytes comes so, and nothing else changes. */
async function comesAsIs({ log, alter }: LogUnderTest, bytes: readonly Buffer[]): Promise<void> {
  await log.append(aStream(), 'no-stream', someEvents(3));
  const written = await log.readStored(START, 10);
  const second = written[1];
  if (second === undefined) throw new Error('nothing was written');
  for (const each of bytes) {
    await alter(second.position, { metadata: each, data: each });
    const read = await log.readStored(START, 10);
    expect(read.map(said)).toEqual([
      said(written[0] ?? second),
      { metadata: each, data: each },
      said(written[2] ?? second),
    ]);
    expect(read.map(placeOf)).toEqual(written.map(placeOf));
  }
}

/** Events as they are stored. */
export const evidenceCases: Cases = {
  'stored events are those of the log, in its order, in pages of any size': plain(
    async ({ log }) => {
      expect(await log.readStored(START, 10)).toEqual([]);
      const one = aStream();
      await log.append(one, 'no-stream', someEvents(20));
      await log.append(aStream(), 'no-stream', someEvents(120));
      await log.append(one, 19, someEvents(110));
      const placed = (await log.readAll(START, 1_000)).map(placeOf);
      expect(placed).toHaveLength(250);
      for (const limit of [1, 7, 100, 249, 250, 251]) {
        const stored = await everyStored(log, limit);
        expect(stored.map(placeOf)).toEqual(placed);
      }
      expect(await log.readStored(await log.head(), 10)).toEqual([]);
    },
  ),

  'the bytes that come are those that were written': plain(async ({ log }) => {
    const events = [
      anEvent({
        b: 1,
        a: [true, null, 'å', '\u{1f600}', '\ufffd', '\u0000'],
        é: { z: 1e21, y: -0 },
      }),
      anEvent({}),
      anEvent({ text: 'x'.repeat(100_000) }),
    ];
    await log.append(aStream(), 'no-stream', events);
    const written = events.map((event) => ({
      metadata: canonicalBytes({ ...event.metadata }),
      data: canonicalBytes(event.data),
    }));
    expect((await log.readStored(START, 10)).map(said)).toEqual(written);
  }),

  'large events come in more pages than asked for, none twice': plain(async ({ log }) => {
    const stream = aStream();
    const events = someEvents(8).map((event) => ({
      ...event,
      data: { text: 'x'.repeat(900_000) },
    }));
    for (const [n, event] of events.entries()) {
      await log.append(stream, n === 0 ? 'no-stream' : n - 1, [event]);
    }
    const ids = (await everyStored(log, 100)).map(({ id }) => id);
    expect(ids).toEqual(events.map(({ id }) => id));
  }),

  'an altered byte comes as altered': plain(async ({ log, alter, storedBytes }) => {
    const { position } = await log.append(aStream(), 'no-stream', [anEvent({ n: 1 })]);
    const { metadata } = await storedBytes(position);
    const data = Buffer.from('{"n":2}');
    await alter(position, { data });
    expect((await log.readStored(START, 10)).map(said)).toEqual([{ metadata, data }]);
    const described = Buffer.from(metadata.toString().replace('"ledger"', '"Ledger"'));
    await alter(position, { metadata: described });
    expect((await log.readStored(START, 10)).map(said)).toEqual([{ metadata: described, data }]);
  }),

  'what is not the JSON that was written comes as it is': plain(async (subject) => {
    const texts = [
      ...['', ' ', '{"n":1', '{"n":1}}', 'null', '[]', '"{\\"n\\":1}"', '7', 'é'],
      ...['{ "n": 1 }', '{"n":1e999}', '{"n":1.0}', '{"n":1,"n":1}', '{"2":1,"1":1}', '"\\ud800"'],
    ];
    await comesAsIs(
      subject,
      texts.map((text) => Buffer.from(text)),
    );
  }),

  'bytes that are no text come as they are': plain(async (subject) => {
    await comesAsIs(subject, [
      Buffer.from([0xff, 0x00, 0xfe]),
      Buffer.from('{"n":"\xff"}', 'latin1'),
      // As long as what a decoder that ends at the NUL makes of it.
      Buffer.from([0xff, 0x00, 0x61]),
      Buffer.from('{"n":"\ufffd"}\xe2\x82', 'latin1'),
    ]);
  }),

  'a position of another kind of store is refused to evidence too': plain(async ({ log }) => {
    await log.append(aStream(), 'no-stream', [anEvent()]);
    const refused = { name: 'InvalidInput' };
    const [event] = await log.readStored(START, 1);
    if (event === undefined) throw new Error('nothing was written');
    for (const text of ['1', 'C:9/P:9', '9'.repeat(16)]) {
      const position = text as Position;
      await expect(log.readStored(position, 1)).rejects.toMatchObject(refused);
      const asked = log.notInOwnStream([event, { ...event, position }]);
      await expect(asked).rejects.toMatchObject(refused);
      const strays = log.onlyInOwnStream(position)[Symbol.asyncIterator]();
      await expect(strays.next()).rejects.toMatchObject(refused);
    }
  }),

  'a closed log gives no evidence': plain(async ({ log }) => {
    await log.append(aStream(), 'no-stream', [anEvent()]);
    const page = await log.readStored(START, 1);
    const head = await log.head();
    await log.close();
    const outage = { name: 'Outage', part: 'event-log', reason: 'closed' };
    await expect(log.readStored(START, 1)).rejects.toMatchObject(outage);
    await expect(log.notInOwnStream(page)).rejects.toMatchObject(outage);
    const strays = log.onlyInOwnStream(head)[Symbol.asyncIterator]();
    await expect(strays.next()).rejects.toMatchObject(outage);
  }),
};
