import { expect } from '@jest/globals';

import { START } from '#kernel';
import type { JsonObject } from '#kernel';

import { at, change, documents, found, given, THINGS, write } from './fixture.js';
import type { Cases } from './subject.js';

export const documentCases: Cases = {
  'a document comes back as it was written, with its position': async ({ views, reopen }) => {
    const doc: JsonObject = {
      kind: 'Ääkköset 🜚 "quoted" \\ \u0000 \u2028',
      n: -1.5e-7,
      big: 2 ** 60,
      none: null,
      list: [1, [true, {}], 'x'],
      nested: { deep: { deeper: [] } },
    };
    await given(views, { a: doc });
    const expected = { id: 'a', doc, position: at(1) };
    expect(await views.get(THINGS, 'a')).toEqual(expected);
    expect(await (await reopen()).get(THINGS, 'a')).toEqual(expected);
    expect(await views.get(THINGS, 'b').catch(() => undefined)).toBeUndefined();
  },

  'what is stored is held by nobody': async ({ views }) => {
    const doc = { list: ['x'], gone: undefined };
    await given(views, { a: doc });
    doc.list.push('y');
    const first = await views.get(THINGS, 'a');
    expect(first?.doc).toEqual({ list: ['x'] });
    expect(Object.keys(first?.doc ?? {})).toEqual(['list']);
    Object.assign(first?.doc ?? {}, { list: [] });
    expect((await views.get(THINGS, 'a'))?.doc).toEqual({ list: ['x'] });
  },

  'ids may be any printable ASCII': async ({ views }) => {
    const ids = ['"', "'", '\\', '%', '_', '[1]', '{}', 'a/b:c', '0', '~', 'null'].sort();
    await given(views, Object.fromEntries(ids.map((id, n) => [id, { n }])));
    expect(await found(views, {})).toEqual(ids);
    const standings = await views.load(await views.live(THINGS), ids);
    expect(standings.map(({ doc }) => doc?.n)).toEqual(ids.map((_, n) => n));
    for (const id of ids) expect((await views.get(THINGS, id))?.id).toBe(id);
  },

  'what cannot be an id finds nothing': async ({ views }) => {
    await given(views, { a: { n: 1 } });
    for (const id of ['', 'a\u0000', 'a\u0000b', 'a ', 'A', 'ä', 'a'.repeat(201), '\ud800']) {
      expect(await views.get(THINGS, id)).toBeUndefined();
    }
  },

  'loading answers in the order asked, also for what is not there': async ({ views }) => {
    const live = await given(views, { b: { n: 2 }, a: { n: 1 } });
    await write(views, live, [change('c', 2, { n: 3 }), change('a', 3, null)]);
    expect(await views.load(live, ['c', 'x', 'a', 'b'])).toMatchObject([
      { doc: { n: 3 }, position: at(2) },
      { doc: null, position: START },
      { doc: null, position: at(3) },
      { doc: { n: 2 }, position: at(1) },
    ]);
    expect(await views.load(live, [])).toEqual([]);
  },

  'only a later position changes a document': async ({ views }) => {
    const live = await given(views, {});
    await write(views, live, [change('a', 5, { n: 5 })]);
    await write(views, live, [change('a', 4, { n: 4 })]);
    await write(views, live, [change('a', 5, { n: 55 })]);
    await write(views, live, [change('a', 5, null)]);
    expect(await views.get(THINGS, 'a')).toEqual({ id: 'a', doc: { n: 5 }, position: at(5) });
    expect(await found(views, { n: { $ne: 5 } })).toEqual([]);
    await write(views, live, [change('a', 6, { n: 6 })]);
    expect(await views.get(THINGS, 'a')).toEqual({ id: 'a', doc: { n: 6 }, position: at(6) });
  },

  'a dropped document comes back by a later position only': async ({ views, reopen }) => {
    const live = await given(views, { a: { n: 1, tags: ['t'] } });
    await write(views, live, [change('a', 4, null), change('new', 4, null)]);
    await write(views, live, [change('a', 3, { n: 3 }), change('new', 2, { n: 2 })]);
    await write(views, live, [change('a', 4, { n: 4 })]);
    expect(await documents(views)).toEqual({});
    expect(await found(views, { tags: 't' })).toEqual([]);
    const reopened = await reopen();
    const before = await reopened.load(live, ['a', 'new']);
    expect(before).toMatchObject([
      { doc: null, position: at(4) },
      { doc: null, position: at(4) },
    ]);
    await write(reopened, live, [change('a', 5, { n: 5 })]);
    expect(await documents(reopened)).toEqual({ a: { n: 5 } });
    expect(await reopened.load(live, ['a'])).toMatchObject([{ doc: { n: 5 }, position: at(5) }]);
    await write(reopened, live, [change('a', 6, null)]);
    expect(await reopened.load(live, ['a'])).toMatchObject([{ doc: null, position: at(6) }]);
  },

  'repeating a batch changes nothing': async ({ views }) => {
    const live = await given(views, { a: { n: 1, tags: ['x'] }, b: {} });
    const batch = [change('a', 2, { n: 2, tags: ['y'] }), change('b', 3, null), change('c', 3, {})];
    await write(views, live, batch);
    const state = async () => {
      const standings = await views.load(live, ['a', 'b', 'c']);
      return [await documents(views), standings.map(({ doc, position }) => ({ doc, position }))];
    };
    const once = await state();
    await write(views, live, batch);
    expect(await state()).toEqual(once);
    expect(await found(views, { tags: 'x' })).toEqual([]);
    expect(await found(views, { tags: 'y' })).toEqual(['a']);
  },

  'what was loaded before somebody else wrote is not relied on': async ({ views, other }) => {
    const live = await given(views, { a: { n: 1, tags: ['one'] }, b: { n: 1 } });
    const [a, b, c, d] = await views.load(live, ['a', 'b', 'c', 'd']);
    const second = await other();
    await write(second, live, [
      change('a', 5, { n: 5, tags: ['five'] }),
      change('b', 5, null),
      change('c', 5, { n: 5 }),
    ]);
    await write(views, live, [
      { ...change('a', 4, { n: 4, tags: ['four'] }), ...(a && { standing: a }) },
      { ...change('b', 4, { n: 4 }), ...(b && { standing: b }) },
      { ...change('c', 4, { n: 4 }), ...(c && { standing: c }) },
      { ...change('d', 4, { n: 4 }), ...(d && { standing: d }) },
    ]);
    const a5 = { n: 5, tags: ['five'] };
    expect(await documents(views)).toEqual({ a: a5, c: { n: 5 }, d: { n: 4 } });
    expect(await found(views, { tags: 'five' })).toEqual(['a']);
    expect(await found(views, { tags: { $in: ['one', 'four'] } })).toEqual([]);
  },

  'what was loaded spares looking again, and gives the same': async ({ views }) => {
    const live = await given(views, { a: { n: 1, tags: ['x', 'y'] }, b: { n: 1, tags: ['x'] } });
    await write(views, live, [change('gone', 2, null)]);
    const ids = ['a', 'b', 'c', 'gone'];
    const standings = await views.load(live, ids);
    const docs = [{ n: 2, tags: ['y', 'z'] }, null, { n: 3, tags: ['x'] }, { n: 4, tags: ['w'] }];
    const changes = ids.map((id, i) => {
      const standing = standings[i];
      return { ...change(id, 3, docs[i] ?? null), ...(standing && { standing }) };
    });
    await write(views, live, changes);
    expect(await documents(views)).toEqual({ a: docs[0], c: docs[2], gone: docs[3] });
    expect(await found(views, { tags: 'x' })).toEqual(['c']);
    expect(await found(views, { tags: 'y' })).toEqual(['a']);
    expect(await found(views, { tags: { $in: ['w', 'z'] } })).toEqual(['a', 'gone']);
    const after = await views.load(live, ['b', 'gone']);
    expect(after).toMatchObject([
      { doc: null, position: at(3) },
      { doc: docs[3], position: at(3) },
    ]);
  },

  'indexes follow their documents': async ({ views }) => {
    const live = await given(views, { a: { kind: 'x', n: 1, tags: ['t', 'u'] } });
    await write(views, live, [change('a', 2, { kind: 'y', n: 1, tags: ['u', 'v'] })]);
    expect(await found(views, { kind: 'x' })).toEqual([]);
    expect(await found(views, { kind: 'y', n: 1 })).toEqual(['a']);
    expect(await found(views, { tags: 't' })).toEqual([]);
    expect(await found(views, { tags: 'v' })).toEqual(['a']);
    await write(views, live, [change('a', 3, { n: 2 })]);
    expect(await found(views, { kind: null, n: 2 })).toEqual(['a']);
    expect(await found(views, { tags: { $in: ['t', 'u', 'v'] } })).toEqual([]);
    await write(views, live, [change('a', 4, null)]);
    expect(await found(views, { kind: null })).toEqual([]);
  },

  'a batch may be large': async ({ views }) => {
    const live = await given(views, {});
    const changes = Array.from({ length: 3_000 }, (_, i) =>
      change(`d${String(i).padStart(5, '0')}`, i + 1, { n: i % 7, tags: [`t${String(i % 3)}`] }),
    );
    await write(views, live, changes);
    expect(await views.count(THINGS, {})).toBe(3_000);
    expect(await views.count(THINGS, { n: 3, tags: 't1' })).toBe(
      changes.filter((_, i) => i % 7 === 3 && i % 3 === 1).length,
    );
    expect((await views.live(THINGS)).checkpoint).toBe(at(3_000));
  },
};
