import { expect } from '@jest/globals';

import { instantOf, START } from '#kernel';

import type { Parked } from '../port.js';
import { at, change, documents, given, THINGS, THINGS_2, write } from './fixture.js';
import type { Cases } from './subject.js';

const PARKED: Parked = { position: at(3), reason: 'apply: TypeError (Broken)', at: instantOf(0) };

export const buildCases: Cases = {
  'a view without a build gets an empty live one, once': async ({ views, other }) => {
    expect(await views.builds()).toEqual([]);
    const live = await views.live(THINGS);
    expect(live).toMatchObject({ view: 'things', version: 1, state: 'live', checkpoint: START });
    expect(await views.live(THINGS)).toEqual(live);
    expect(await (await other()).live(THINGS)).toEqual(live);
    expect(await views.builds()).toEqual([live]);
  },

  'queries wait for the live build of their own version': async ({ views }) => {
    const rebuilding = { name: 'Outage', reason: 'rebuilding' };
    await expect(views.get(THINGS, 'a')).rejects.toMatchObject(rebuilding);
    const live = await given(views, { a: { kind: 'x' } });
    expect(await views.live(THINGS_2)).toMatchObject({ id: live.id, version: 1 });
    await expect(views.get(THINGS_2, 'a')).rejects.toMatchObject(rebuilding);
    await expect(views.find(THINGS_2, {}, { limit: 1 })).rejects.toMatchObject(rebuilding);
    await expect(views.count(THINGS_2, {})).rejects.toMatchObject(rebuilding);
    expect(await views.count(THINGS, {})).toBe(1);
  },

  'indexes cannot change without a new version': async ({ views }) => {
    const live = await given(views, { a: {} });
    const changed = { ...THINGS, indexes: THINGS.indexes.slice(1) };
    const refused = { name: 'IntegrityError', code: 'view-version' };
    await expect(views.live(changed)).rejects.toMatchObject(refused);
    await expect(views.get(changed, 'a')).rejects.toMatchObject(refused);
    const batch = { changes: [change('b', 2, {})], checkpoint: at(2), epoch: 1 };
    await expect(views.write(live, changed, batch)).rejects.toMatchObject(refused);
    expect(await views.count(THINGS, {})).toBe(1);
  },

  'a build is begun beside the live one, and gone on with': async ({ views, other }) => {
    const live = await given(views, { a: { n: 1 } });
    const begun = await views.begin(THINGS_2);
    expect(begun).toMatchObject({ version: 2, state: 'building', checkpoint: START });
    expect(begun.build).toBeGreaterThan(live.build);
    expect(begun.id).not.toBe(live.id);
    expect(await (await other()).begin(THINGS_2)).toEqual(begun);
    expect(await documents(views)).toEqual({ a: { n: 1 } });
  },

  'a build that is parked, or of another version, is not gone on with': async ({ views }) => {
    await views.live(THINGS);
    const first = await views.begin(THINGS);
    await views.park(first, PARKED, 1);
    const second = await views.begin(THINGS);
    expect(second.id).not.toBe(first.id);
    const third = await views.begin(THINGS_2);
    expect(third).toMatchObject({ version: 2 });
    expect((await views.builds()).map(({ state }) => state)).toEqual([
      'live',
      'building',
      'building',
      'building',
    ]);
  },

  'builds do not see each other': async ({ views }) => {
    const live = await given(views, { a: { n: 1 } });
    const begun = await views.begin(THINGS);
    await write(views, begun, [change('a', 1, { n: 2 }), change('b', 2, { n: 3 })]);
    expect(await documents(views)).toEqual({ a: { n: 1 } });
    const [a] = await views.load(begun, ['a']);
    expect(a).toMatchObject({ doc: { n: 2 } });
    expect(await views.match(begun, THINGS, { n: 3 })).toEqual(['b']);
    expect(await views.match(live, THINGS, { n: 3 })).toEqual([]);
  },

  'a swap is one step, for all': async ({ views, other }) => {
    const live = await given(views, { a: { n: 1 } });
    const begun = await views.begin(THINGS_2);
    await views.write(begun, THINGS_2, {
      changes: [change('b', 1, { n: 2 })],
      checkpoint: at(1),
      epoch: 1,
    });
    expect(await views.swap(begun, 1)).toBe(true);
    const second = await other();
    expect(await documents(second, THINGS_2)).toEqual({ b: { n: 2 } });
    await expect(second.get(THINGS, 'a')).rejects.toMatchObject({ reason: 'rebuilding' });
    const states = (await views.builds()).map(({ id, state }) => [id, state]);
    expect(states).toEqual([
      [live.id, 'retired'],
      [begun.id, 'live'],
    ]);
    expect(await views.swap(begun, 1)).toBe(true);
    expect((await views.live(THINGS_2)).id).toBe(begun.id);
  },

  'a build behind the live one is not swapped in': async ({ views }) => {
    await given(views, { a: { n: 1 } });
    const begun = await views.begin(THINGS);
    expect(await views.swap(begun, 1)).toBe(false);
    expect(await documents(views)).toEqual({ a: { n: 1 } });
    await write(views, begun, [change('a', 1, { n: 2 })]);
    expect(await views.swap(begun, 1)).toBe(true);
    expect(await documents(views)).toEqual({ a: { n: 2 } });
  },

  'a dropped build is gone, whatever it was': async ({ views }) => {
    const live = await given(views, { a: { tags: ['t'] }, b: {} });
    const begun = await views.begin(THINGS);
    await write(views, begun, [change('a', 1, { tags: ['t'] }), change('c', 1, null)]);
    await views.drop(begun, 1);
    await views.drop(begun, 1);
    expect((await views.builds()).map(({ id }) => id)).toEqual([live.id]);
    expect(await views.count(THINGS, {})).toBe(2);
    await views.drop(live, 1);
    await expect(views.count(THINGS, {})).rejects.toMatchObject({ reason: 'rebuilding' });
    const fresh = await views.live(THINGS);
    expect(fresh.build).toBeGreaterThan(begun.build);
    expect(await documents(views)).toEqual({});
  },

  'nothing is written to a build that is retired or gone': async ({ views }) => {
    const live = await given(views, { a: { n: 1 } });
    const begun = await views.begin(THINGS);
    await write(views, begun, [change('a', 1, { n: 1 })]);
    await views.swap(begun, 1);
    const fenced = { name: 'Fenced' };
    const late = [change('a', 2, { n: 2 })];
    await expect(write(views, live, late)).rejects.toMatchObject(fenced);
    await expect(views.swap(live, 1)).rejects.toMatchObject(fenced);
    await views.drop(live, 1);
    await expect(write(views, live, late)).rejects.toMatchObject(fenced);
    await expect(views.load(live, ['a'])).rejects.toMatchObject(fenced);
    await expect(views.match(live, THINGS, {})).rejects.toMatchObject(fenced);
    await expect(views.park(live, PARKED, 1)).rejects.toMatchObject(fenced);
    expect(await documents(views)).toEqual({ a: { n: 1 } });
  },

  'who holds an older epoch writes nothing': async ({ views, other }) => {
    const stale = await other();
    const live = await given(views, { a: { n: 1 } });
    const begun = await views.begin(THINGS);
    await write(views, live, [change('b', 2, { n: 2 })], 3);
    const fenced = { name: 'Fenced' };
    await expect(write(stale, live, [change('a', 3, { n: 9 })], 2)).rejects.toMatchObject(fenced);
    // The epoch is the view's, not the build's.
    await expect(write(stale, begun, [change('a', 3, {})], 2)).rejects.toMatchObject(fenced);
    await expect(stale.swap(begun, 2)).rejects.toMatchObject(fenced);
    await expect(stale.drop(begun, 2)).rejects.toMatchObject(fenced);
    await expect(stale.park(live, PARKED, 2)).rejects.toMatchObject(fenced);
    const [first, second] = await views.builds();
    expect(first).toEqual({ ...live, checkpoint: at(2) });
    expect(second).toEqual(begun);
    expect(await documents(views)).toEqual({ a: { n: 1 }, b: { n: 2 } });
    await write(stale, live, [change('a', 3, { n: 3 })], 3);
    expect(await documents(views)).toEqual({ a: { n: 3 }, b: { n: 2 } });
  },

  'the epoch of one view is not that of another': async ({ views }) => {
    const live = await given(views, {});
    await write(views, live, [change('a', 1, {})], 7);
    const others = { ...THINGS, name: 'others' };
    const other = await views.live(others);
    await views.write(other, others, { changes: [], checkpoint: at(1), epoch: 1 });
    expect((await views.live(others)).checkpoint).toBe(at(1));
  },

  'a checkpoint rises, also without changes, and never falls': async ({ views, reopen }) => {
    const live = await views.live(THINGS);
    await views.write(live, THINGS, { changes: [], checkpoint: at(5), epoch: 1 });
    expect((await views.live(THINGS)).checkpoint).toBe(at(5));
    await views.write(live, THINGS, { changes: [], checkpoint: at(4), epoch: 1 });
    expect((await views.live(THINGS)).checkpoint).toBe(at(5));
    expect((await (await reopen()).live(THINGS)).checkpoint).toBe(at(5));
  },

  'a parked build says so until its view is let go on': async ({ views, other, reopen }) => {
    const live = await given(views, { a: {} });
    const begun = await views.begin(THINGS);
    await views.park(live, PARKED, 1);
    await views.park(begun, PARKED, 1);
    expect(await (await other()).builds()).toMatchObject([{ parked: PARKED }, { parked: PARKED }]);
    expect(await views.count(THINGS, {})).toBe(1);
    const reopened = await reopen();
    expect((await reopened.live(THINGS)).parked).toEqual(PARKED);
    await reopened.unpark('others');
    expect((await reopened.live(THINGS)).parked).toEqual(PARKED);
    await reopened.unpark('things');
    for (const build of await reopened.builds()) expect(build.parked).toBeUndefined();
  },

  'the ledger id is set once': async ({ views, other, reopen }) => {
    expect(await views.ledgerId()).toBeUndefined();
    await views.claim('ledger-a');
    await views.claim('ledger-a');
    const differs = { name: 'IntegrityError', code: 'ledger-id-differs' };
    await expect((await other()).claim('ledger-b')).rejects.toMatchObject(differs);
    expect(await (await reopen()).ledgerId()).toBe('ledger-a');
  },

  'a closed store is an outage, and closing again no fault': async ({ views }) => {
    const live = await given(views, {});
    await views.close();
    await views.close();
    const outage = { name: 'Outage', part: 'views' };
    await expect(views.builds()).rejects.toMatchObject(outage);
    await expect(views.live(THINGS)).rejects.toMatchObject(outage);
    await expect(views.get(THINGS, 'a')).rejects.toMatchObject(outage);
    await expect(views.load(live, ['a'])).rejects.toMatchObject(outage);
    await expect(write(views, live, [])).rejects.toMatchObject(outage);
    await expect(views.scrub()).rejects.toMatchObject(outage);
  },
};
