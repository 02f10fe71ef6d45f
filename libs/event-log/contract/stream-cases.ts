import { expect } from '@jest/globals';

import { canonicalBytes, randomId, streamName, type EventId, type StreamName } from '#kernel';

import { all, anEvent, aStream, given, someEvents } from './samples.js';
import { plain, type Cases } from './subject.js';

/** Appending to a stream and reading it. */
export const streamCases: Cases = {
  'an append is read back as it was given': plain(async ({ log }) => {
    const stream = aStream();
    const events = someEvents(3);
    const appended = await log.append(stream, 'no-stream', events);
    const read = await all(log.read(stream, 0));
    expect(read.map(given)).toEqual(events);
    expect(read.map((event) => event.revision)).toEqual([0, 1, 2]);
    expect(read.map((event) => event.stream)).toEqual([stream, stream, stream]);
    expect(appended).toEqual({ revision: 2, position: read[2]?.position });
  }),

  'an append goes on where the stream ends': plain(async ({ log }) => {
    const stream = aStream();
    const [first, second, third] = [anEvent(), anEvent(), anEvent()];
    await log.append(stream, 'no-stream', [first]);
    await log.append(stream, 0, [second, third]);
    expect((await all(log.read(stream, 0))).map(given)).toEqual([first, second, third]);
  }),

  'a stream is read from any revision': plain(async ({ log }) => {
    const stream = aStream();
    await log.append(stream, 'no-stream', someEvents(5));
    const read = await all(log.read(stream, 3));
    expect(read.map((event) => event.revision)).toEqual([3, 4]);
    expect(await all(log.read(stream, 5))).toEqual([]);
    expect(await all(log.read(stream, 500))).toEqual([]);
  }),

  'no more of a stream is read than is wanted': plain(async ({ log }) => {
    const stream = aStream();
    await log.append(stream, 'no-stream', someEvents(1_200));
    const revisions = async (from: number, most: number) =>
      (await all(log.read(stream, from, most))).map(({ revision }) => revision);
    expect(await revisions(3, 2)).toEqual([3, 4]);
    expect(await revisions(0, 0)).toEqual([]);
    expect(await revisions(1_199, 2)).toEqual([1_199]);
    expect(await revisions(10, 1_100)).toEqual(Array.from({ length: 1_100 }, (_, at) => 10 + at));
  }),

  'a stream that does not exist is empty': plain(async ({ log }) => {
    await log.append(aStream(), 'no-stream', someEvents(1));
    expect(await all(log.read(aStream(), 0))).toEqual([]);
  }),

  'a long stream is read whole, in pages': plain(async ({ log }) => {
    const stream = aStream();
    const events = someEvents(2_345);
    await log.append(stream, 'no-stream', events);
    const pages: number[] = [];
    const ids: EventId[] = [];
    for await (const page of log.read(stream, 0)) {
      pages.push(page.length);
      ids.push(...page.map((event) => event.id));
    }
    expect(ids).toEqual(events.map((event) => event.id));
    expect(pages.length).toBeGreaterThan(1);
  }),

  'streams whose names begin alike are kept apart': plain(async ({ log }) => {
    const stream = aStream();
    const longer = streamName(`${stream}-1`);
    const [one, two] = [anEvent(), anEvent()];
    await log.append(stream, 'no-stream', [one]);
    await log.append(longer, 'no-stream', [two]);
    expect((await all(log.read(stream, 0))).map(given)).toEqual([one]);
    expect((await all(log.read(longer, 0))).map(given)).toEqual([two]);
  }),

  'a stream that lacks its beginning is refused': plain(async ({ log, remove }) => {
    const stream = aStream();
    await log.append(stream, 'no-stream', someEvents(3));
    await remove(stream, 0);
    await expect(all(log.read(stream, 0))).rejects.toMatchObject({
      name: 'IntegrityError',
      code: 'stream-truncated',
    });
  }),

  'a stream with a gap is refused': plain(async ({ log, remove }) => {
    const stream = aStream();
    await log.append(stream, 'no-stream', someEvents(3));
    await remove(stream, 1);
    await expect(all(log.read(stream, 0))).rejects.toMatchObject({ code: 'stream-truncated' });
  }),

  'what is stored are the canonical bytes': plain(async ({ log, storedBytes }) => {
    const data = { b: 1.5e300, a: ['é', { z: null, y: true }], ä: '\u0000\u2028', A: -0 };
    const event = anEvent(data);
    const { position } = await log.append(aStream(), 'no-stream', [event]);
    const stored = await storedBytes(position);
    expect(stored.data.equals(canonicalBytes(data))).toBe(true);
    expect(stored.metadata.equals(canonicalBytes({ ...event.metadata }))).toBe(true);
    const first = '{"A":0,"a":["é",{"y":true,"z":null}],"b":1.5e+300,"ä":"\\u0000\u2028"}';
    expect(stored.data.toString('utf8')).toBe(first);
  }),

  'text of every script comes back': plain(async ({ log }) => {
    const stream = aStream();
    const data = { texts: ['Åäö', '東京', '😀🏴‍☠️', '\u0000', '\uFFFD\uFFFF', 'e\u0301', '\u202E'] };
    await log.append(stream, 'no-stream', [anEvent(data)]);
    expect((await all(log.read(stream, 0)))[0]?.data).toEqual(data);
  }),

  'a property that is undefined is left out': plain(async ({ log }) => {
    const stream = aStream();
    await log.append(stream, 'no-stream', [anEvent({ n: 1, gone: undefined })]);
    expect(Object.keys((await all(log.read(stream, 0)))[0]?.data ?? {})).toEqual(['n']);
  }),

  'data up to the limit are taken, and beyond it nothing': {
    settings: { maxAppendBytes: 1_000 },
    run: async ({ log }) => {
      const stream = aStream();
      const sized = (bytes: number) => anEvent({ x: 'é'.repeat((bytes - 8) / 2) });
      await log.append(stream, 'no-stream', [sized(400), sized(600)]);
      await expect(log.append(stream, 1, [sized(402), sized(600)])).rejects.toMatchObject({
        name: 'AppendTooLarge',
        bytes: 1_002,
        limit: 1_000,
      });
      expect(await all(log.read(stream, 0))).toHaveLength(2);
    },
  },

  'an append of a mebibyte is taken': plain(async ({ log }) => {
    const stream = aStream();
    const data = { x: 'x'.repeat(1_048_576 - 8) };
    await log.append(stream, 'no-stream', [anEvent(data)]);
    expect((await all(log.read(stream, 0)))[0]?.data).toEqual(data);
    const longer = anEvent({ x: `${data.x}x` });
    await expect(log.append(stream, 0, [longer])).rejects.toMatchObject({ name: 'AppendTooLarge' });
  }),

  'what breaks a rule of form is refused before it is sent': plain(async ({ log }) => {
    const stream = aStream();
    const event = anEvent();
    const refused = (...args: Parameters<typeof log.append>) =>
      expect(log.append(...args)).rejects.toMatchObject({ name: 'InvalidInput' });
    await refused('$settings' as StreamName, 'no-stream', [event]);
    await refused(`${stream} ` as StreamName, 'no-stream', [event]);
    await refused(stream, 'no-stream', []);
    await refused(stream, -1, [event]);
    await refused(stream, 0.5, [event]);
    await refused(stream, Number.NaN, [event]);
    await refused(stream, 'no-stream', [event, { ...event, id: 'no-uuid' as EventId }]);
    const upper = randomId<EventId>().toUpperCase() as EventId;
    await refused(stream, 'no-stream', [{ ...event, id: upper }]);
    await refused(stream, 'no-stream', [{ ...event, type: '' }]);
    await refused(stream, 'no-stream', [{ ...event, type: '$metadata' }]);
    await refused(stream, 'no-stream', [anEvent({ text: '\uD800' })]);
    await refused(stream, 'no-stream', [anEvent({ '7': 'moves' })]);
    expect(await all(log.read(stream, 0))).toEqual([]);
  }),
};
