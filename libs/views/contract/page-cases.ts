import { expect } from '@jest/globals';

import type { Filter, Page, Row, Scalar, Views } from '../port.js';
import { at, change, given, THINGS, THINGS_2, write } from './fixture.js';
import type { Cases } from './subject.js';

/** All rows, page by page, each asked for with the last row of the page before. */
async function pages(
  views: Views,
  filter: Filter,
  limit: number,
  sort?: Page['sort'],
): Promise<readonly string[]> {
  const ids: string[] = [];
  let last: Row | undefined;
  do {
    const after = last && { id: last.id, value: (last.doc[sort?.field ?? ''] ?? null) as Scalar };
    const page: Page = { limit, ...(sort && { sort }), ...(after && { after }) };
    const rows = await views.find(THINGS, filter, page);
    expect(rows.length).toBeLessThanOrEqual(limit);
    ids.push(...rows.map(({ id }) => id));
    last = rows.length < limit ? undefined : rows.at(-1);
  } while (last !== undefined);
  return ids;
}

const DOCS = {
  a: { n: 2 },
  b: {},
  c: { n: 'x' },
  d: { n: null },
  e: { n: true },
  f: { n: 1 },
  g: { n: '\u{1f600}' },
  h: { n: false },
  i: { n: '\uffff' },
  j: { n: 2 },
  k: { n: 'x' },
  l: {},
};
const RISING = 'b d l f a j c k i g h e'.split(' ');

export const pageCases: Cases = {
  'pages by id leave nothing out and repeat nothing': async ({ views }) => {
    await given(views, DOCS);
    for (const limit of [1, 2, 3, 5, 12, 1_000]) {
      expect(await pages(views, {}, limit)).toEqual(Object.keys(DOCS));
      expect(await pages(views, { n: { $gte: 'x' } }, limit)).toEqual(['c', 'g', 'i', 'k']);
    }
  },

  'pages by a value have all types in one order': async ({ views }) => {
    await given(views, DOCS);
    for (const limit of [1, 2, 3, 5, 12, 1_000]) {
      const rising = await pages(views, {}, limit, { field: 'n', direction: 1 });
      expect(rising).toEqual(RISING);
      const falling = await pages(views, {}, limit, { field: 'n', direction: -1 });
      expect(falling).toEqual([...RISING].reverse());
      const some = await pages(views, { n: { $in: [2, null, 'x'] } }, limit, {
        field: 'n',
        direction: -1,
      });
      expect(some).toEqual(['k', 'c', 'j', 'a', 'l', 'd', 'b']);
    }
  },

  'a page goes on where the last one ended, whatever has changed': async ({ views }) => {
    const live = await given(views, { a: { n: 1 }, b: { n: 2 }, c: { n: 3 }, d: { n: 4 } });
    await write(views, live, [change('b', 2, null), change('bb', 2, { n: 2.5 })]);
    const rows = await views.find(
      THINGS,
      {},
      {
        limit: 2,
        sort: { field: 'n', direction: 1 },
        after: { id: 'b', value: 2 },
      },
    );
    expect(rows.map(({ id }) => id)).toEqual(['bb', 'c']);
  },

  'a row has its document and position': async ({ views }) => {
    await given(views, { a: { n: 1, other: ['x'] } });
    expect(await views.find(THINGS, {}, { limit: 1 })).toEqual([
      { id: 'a', doc: { n: 1, other: ['x'] }, position: at(1) },
    ]);
  },

  'a page that is none is refused': async ({ views }) => {
    await given(views, DOCS);
    const refused: readonly Page[] = [
      { limit: 0 },
      { limit: 1_001 },
      { limit: 1.5 },
      { limit: Number.NaN },
      { limit: 1, sort: { field: 'other', direction: 1 } },
      { limit: 1, sort: { field: 'tags', direction: 1 } },
      { limit: 1, sort: { field: 'n', direction: 0 as 1 } },
      { limit: 1, after: { id: 1 as unknown as string } },
      { limit: 1, after: { id: 'a\u0000' } },
      { limit: 1, after: { id: 'a', value: {} as unknown as Scalar } },
    ];
    for (const page of refused) {
      const asked = views.find(THINGS, {}, page);
      await expect(asked).rejects.toMatchObject({ name: 'InvalidInput' });
    }
  },

  'a query for one build is not answered by another': async ({ views, other }) => {
    const live = await given(views, DOCS);
    const begun = await views.begin(THINGS);
    await write(views, begun, [change('a', 1, {})]);
    const within = { build: live.build };
    expect(await views.count(THINGS, {}, within)).toBe(12);
    expect(await views.find(THINGS, {}, { limit: 1 }, within)).toHaveLength(1);
    const second = await other();
    await second.swap(begun, 1);
    const replaced = { name: 'BuildReplaced' };
    await expect(views.count(THINGS, {}, within)).rejects.toMatchObject(replaced);
    await expect(views.find(THINGS, {}, { limit: 1 }, within)).rejects.toMatchObject(replaced);
    expect(await views.count(THINGS, {}, { build: begun.build })).toBe(1);
    await expect(views.count(THINGS_2, {}, within)).rejects.toMatchObject(replaced);
  },
};
