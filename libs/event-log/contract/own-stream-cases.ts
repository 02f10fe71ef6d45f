import { expect } from '@jest/globals';

import { randomId, START, type EventId } from '#kernel';

import { all, anEvent, aStream, someEvents } from './samples.js';
import { plain, type Cases } from './subject.js';

/** Whether a stream, read by itself, is what it is in the order of all events. */
export const ownStreamCases: Cases = {
  'nothing is hidden in a log that nobody touched': plain(async ({ log }) => {
    expect(await log.notInOwnStream([])).toEqual([]);
    expect(await all(log.onlyInOwnStream(START))).toEqual([]);
    const [one, other] = [aStream(), aStream()];
    await log.append(one, 'no-stream', someEvents(3));
    await log.append(other, 'no-stream', someEvents(1_200));
    await log.append(one, 2, someEvents(2));
    expect(await log.notInOwnStream(await log.readStored(START, 2_000))).toEqual([]);
    expect(await all(log.onlyInOwnStream(await log.head()))).toEqual([]);
    expect(await all(log.onlyInOwnStream(await log.head(), 1_205))).toEqual([]);
    // The default ACL is of the whole database: who has set it up has described that.
    const changes = await all(log.metadataChanges());
    expect(changes.filter(({ stream }) => stream !== '$settings')).toEqual([]);
  }),

  'events that their stream hides are named, and nothing else': plain(async ({ log, hide }) => {
    const [cut, whole, gone] = [aStream(), aStream(), aStream()];
    await log.append(cut, 'no-stream', someEvents(2));
    await log.append(whole, 'no-stream', someEvents(2));
    await log.append(gone, 'no-stream', someEvents(2));
    await log.append(cut, 1, someEvents(2));
    await hide(cut, 3);
    await hide(gone, 2);
    const page = await log.readStored(START, 100);
    expect(page).toHaveLength(8);
    expect(await log.notInOwnStream(page)).toEqual([0, 1, 4, 5, 6]);
    expect(await log.notInOwnStream(page.toReversed())).toEqual([1, 2, 3, 6, 7]);
    expect(await log.notInOwnStream(page.slice(7))).toEqual([]);
    expect(await all(log.onlyInOwnStream(await log.head()))).toEqual([]);
  }),

  'an event that is another one in its stream is named': plain(async ({ log }) => {
    await log.append(aStream(), 'no-stream', someEvents(2));
    const [first, second] = await log.readStored(START, 2);
    if (first === undefined || second === undefined) throw new Error('nothing was written');
    const page = [
      first,
      { ...first, id: randomId<EventId>() },
      { ...first, revision: 1 },
      { ...first, revision: 70_000 },
      { ...second, position: first.position },
      { ...second, stream: aStream() },
      second,
    ];
    expect(await log.notInOwnStream(page)).toEqual([1, 2, 3, 4, 5]);
  }),

  'so are they when each page was compared before, and streams that go on after a page': plain(
    async ({ log, forget }) => {
      const [long, cut, other] = [aStream(), aStream(), aStream()];
      await log.append(long, 'no-stream', someEvents(2));
      await log.append(cut, 'no-stream', someEvents(3));
      await log.append(other, 'no-stream', someEvents(1));
      await log.append(long, 1, someEvents(5));
      await log.append(other, 0, someEvents(1));
      const until = await log.head();
      const gone = (await log.readStored(START, 100)).filter(
        ({ stream, revision }) =>
          (stream === cut && revision === 2) || (stream === long && [3, 6].includes(revision)),
      );
      for (const { stream, position } of gone) await forget(stream, position);
      await log.append(cut, 2, [anEvent()]);
      const named = gone.map(({ stream, revision }) => ({ stream, revision }));
      let given = 0;
      for (let after = START; after < until;) {
        const page = await log.readStored(after, 2);
        expect(await log.notInOwnStream(page)).toEqual([]);
        given += page.filter(({ position }) => position <= until).length;
        after = page.at(-1)?.position ?? until;
      }
      for (const known of [given, undefined, given]) {
        const found = await all(log.onlyInOwnStream(until, known));
        expect(found).toHaveLength(named.length);
        expect(found).toEqual(expect.arrayContaining(named));
      }
    },
  ),

  'events that only their stream gives are named': plain(async ({ log, forget }) => {
    const [short, holed, whole] = [aStream(), aStream(), aStream()];
    await log.append(holed, 'no-stream', someEvents(4));
    await log.append(short, 'no-stream', someEvents(2));
    await log.append(whole, 'no-stream', someEvents(2));
    const until = await log.head();
    await log.append(short, 1, [anEvent()]);
    const page = await log.readStored(START, 100);
    const lost = page.filter(
      ({ stream, revision }) =>
        (stream === short && revision === 1) || (stream === holed && [1, 2].includes(revision)),
    );
    for (const { stream, position } of lost) await forget(stream, position);
    const named = lost.map(({ stream, revision }) => ({ stream, revision }));
    for (const end of [until, await log.head()]) {
      const found = await all(log.onlyInOwnStream(end));
      expect(found).toHaveLength(named.length);
      expect(found).toEqual(expect.arrayContaining(named));
    }
    expect(await log.notInOwnStream(await log.readStored(START, 100))).toEqual([]);
  }),
};
