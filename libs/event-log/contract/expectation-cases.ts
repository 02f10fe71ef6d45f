import { expect } from '@jest/globals';

import { all, anEvent, aStream, given, someEvents } from './samples.js';
import { plain, type Cases } from './subject.js';

/** Expected revisions, repeats and races. */
export const expectationCases: Cases = {
  'a conflict says where the stream is': plain(async ({ log }) => {
    const stream = aStream();
    await expect(log.append(stream, 0, [anEvent()])).rejects.toMatchObject({
      name: 'WrongExpectedRevision',
      stream,
      expected: 0,
      actual: 'no-stream',
    });
    await log.append(stream, 'no-stream', someEvents(3));
    for (const expected of ['no-stream', 0, 1, 3, 99] as const) {
      await expect(log.append(stream, expected, [anEvent()])).rejects.toMatchObject({
        name: 'WrongExpectedRevision',
        expected,
        actual: 2,
      });
    }
    expect(await all(log.read(stream, 0))).toHaveLength(3);
  }),

  'a conflict writes none of its events': plain(async ({ log }) => {
    const stream = aStream();
    const event = anEvent();
    await log.append(stream, 'no-stream', [event]);
    await expect(log.append(stream, 'no-stream', someEvents(3))).rejects.toThrow();
    expect((await all(log.read(stream, 0))).map(given)).toEqual([event]);
  }),

  'a repeat answers as the first and writes nothing': plain(async ({ log }) => {
    const stream = aStream();
    const events = someEvents(2);
    const first = await log.append(stream, 'no-stream', events);
    expect(await log.append(stream, 'no-stream', events)).toEqual(first);
    const more = [anEvent()];
    const second = await log.append(stream, 1, more);
    expect(await log.append(stream, 1, more)).toEqual(second);
    expect(await all(log.read(stream, 0))).toHaveLength(3);
  }),

  'a repeat is known after others have appended': plain(async ({ log }) => {
    const stream = aStream();
    const events = someEvents(2);
    const first = await log.append(stream, 'no-stream', events);
    await log.append(stream, 1, someEvents(4));
    expect(await log.append(stream, 'no-stream', events)).toEqual(first);
    expect(await all(log.read(stream, 0))).toHaveLength(6);
  }),

  'a repeat is known after the log was opened again': plain(async ({ log, reopen }) => {
    const stream = aStream();
    const events = someEvents(2);
    const first = await log.append(stream, 'no-stream', events);
    const again = await reopen();
    expect(await again.append(stream, 'no-stream', events)).toEqual(first);
    expect(await all(again.read(stream, 0))).toHaveLength(2);
  }),

  'a repeat is known by its ids, whatever else it holds': plain(async ({ log }) => {
    const stream = aStream();
    const event = anEvent({ n: 1 });
    const first = await log.append(stream, 'no-stream', [event]);
    const resealed = { ...event, data: { n: 2 } };
    expect(await log.append(stream, 'no-stream', [resealed])).toEqual(first);
    expect((await all(log.read(stream, 0)))[0]?.data).toEqual({ n: 1 });
  }),

  'old ids with a new one are a conflict': plain(async ({ log }) => {
    const stream = aStream();
    const events = someEvents(2);
    await log.append(stream, 'no-stream', events);
    for (const mixed of [
      [...events, anEvent()],
      [events[0] ?? anEvent(), anEvent()],
    ]) {
      await expect(log.append(stream, 'no-stream', mixed)).rejects.toMatchObject({
        name: 'WrongExpectedRevision',
        actual: 1,
      });
    }
    expect(await all(log.read(stream, 0))).toHaveLength(2);
  }),

  'a part of an append is a repeat of that part': plain(async ({ log }) => {
    const stream = aStream();
    const events = someEvents(3);
    await log.append(stream, 'no-stream', events);
    const read = await all(log.read(stream, 0));
    expect(await log.append(stream, 0, events.slice(1, 2))).toEqual({
      revision: 1,
      position: read[1]?.position,
    });
  }),

  'the same ids at another revision are a conflict': plain(async ({ log }) => {
    const stream = aStream();
    const events = someEvents(1);
    await log.append(stream, 'no-stream', events);
    await log.append(stream, 0, someEvents(2));
    await expect(log.append(stream, 1, events)).rejects.toMatchObject({ actual: 2 });
  }),

  'of racing appends one wins': plain(async ({ log }) => {
    const stream = aStream();
    const racers = someEvents(20);
    const settled = await Promise.allSettled(
      racers.map((event) => log.append(stream, 'no-stream', [event])),
    );
    expect(settled.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of settled) {
      if (result.status === 'fulfilled') continue;
      expect(result.reason).toMatchObject({ name: 'WrongExpectedRevision', actual: 0 });
    }
    const winner = racers[settled.findIndex((result) => result.status === 'fulfilled')];
    expect((await all(log.read(stream, 0))).map(given)).toEqual([winner]);
  }),

  'of racing repeats all succeed, with one event': plain(async ({ log }) => {
    const stream = aStream();
    const event = anEvent();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => log.append(stream, 'no-stream', [event])),
    );
    expect(new Set(answers.map((answer) => answer.position)).size).toBe(1);
    expect(await all(log.read(stream, 0))).toHaveLength(1);
  }),

  'a conflict does not sink appends beside it': plain(async ({ log }) => {
    const taken = aStream();
    await log.append(taken, 'no-stream', someEvents(1));
    const streams = Array.from({ length: 10 }, aStream);
    const settled = await Promise.allSettled(
      streams.flatMap((stream) => [
        log.append(stream, 'no-stream', someEvents(2)),
        log.append(taken, 'no-stream', someEvents(2)),
      ]),
    );
    expect(settled.filter((result) => result.status === 'fulfilled')).toHaveLength(10);
    for (const stream of streams) expect(await all(log.read(stream, 0))).toHaveLength(2);
    expect(await all(log.read(taken, 0))).toHaveLength(1);
  }),

  'of appends by two processes one wins': plain(async ({ log, other }) => {
    const second = await other();
    const streams = Array.from({ length: 20 }, aStream);
    const settled = await Promise.allSettled(
      streams.flatMap((stream) =>
        [log, second].map((each) => each.append(stream, 'no-stream', [anEvent()])),
      ),
    );
    expect(settled.filter((result) => result.status === 'fulfilled')).toHaveLength(streams.length);
    for (const stream of streams) expect(await all(log.read(stream, 0))).toHaveLength(1);
  }),
};
