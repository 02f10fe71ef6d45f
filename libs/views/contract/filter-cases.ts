import { expect } from '@jest/globals';

import type { Filter } from '../port.js';
import { change, found, given, THINGS, write } from './fixture.js';
import type { Cases } from './subject.js';

/** One document of each kind of value. */
const VALUES = {
  missing: {},
  null: { n: null },
  false: { n: false },
  true: { n: true },
  zero: { n: 0 },
  minus: { n: -1 },
  half: { n: 0.5 },
  large: { n: 2 ** 53 },
  empty: { n: '' },
  digit: { n: '0' },
  upper: { n: 'Z' },
  lower: { n: 'a' },
  nul: { n: 'a\u0000b' },
  umlaut: { n: 'ä' },
  last: { n: '\uffff' },
  beyond: { n: '\u{1f600}' },
} as const;

/** What each filter finds, in the order of ids. */
const EXPECTED: readonly (readonly [Filter, string])[] = [
  [{}, Object.keys(VALUES).sort().join(' ')],
  [{ n: 0 }, 'zero'],
  [{ n: -0 }, 'zero'],
  [{ n: '0' }, 'digit'],
  [{ n: false }, 'false'],
  [{ n: '' }, 'empty'],
  [{ n: 'a\u0000b' }, 'nul'],
  [{ n: 'a\u0000' }, ''],
  [{ n: 2 ** 53 }, 'large'],
  [{ n: null }, 'missing null'],
  [
    { n: { $ne: null } },
    'beyond digit empty false half large last lower minus nul true umlaut upper zero',
  ],
  [
    { n: { $ne: 0 } },
    'beyond digit empty false half large last lower minus missing nul null true umlaut upper',
  ],
  [
    { n: { $ne: true } },
    'beyond digit empty false half large last lower minus missing nul null umlaut upper zero',
  ],
  [{ n: { $in: [] } }, ''],
  [{ n: { $in: ['a', 0, true] } }, 'lower true zero'],
  [{ n: { $in: [null, -0, 'Z'] } }, 'missing null upper zero'],
  [{ n: { $in: [null] } }, 'missing null'],
  [{ n: { $gt: 0 } }, 'half large'],
  [{ n: { $gte: 0 } }, 'half large zero'],
  [{ n: { $lt: 0 } }, 'minus'],
  [{ n: { $lte: 0.5 } }, 'half minus zero'],
  [{ n: { $gt: -1, $lt: 1 } }, 'half zero'],
  [{ n: { $gt: '' } }, 'beyond digit last lower nul umlaut upper'],
  [{ n: { $gte: '' } }, 'beyond digit empty last lower nul umlaut upper'],
  [{ n: { $lt: 'a' } }, 'digit empty upper'],
  [{ n: { $lte: 'a' } }, 'digit empty lower upper'],
  [{ n: { $gt: 'a' } }, 'beyond last nul umlaut'],
  // By code point; UTF-16 units would put it before.
  [{ n: { $gt: '\uffff' } }, 'beyond'],
  [{ n: { $lt: '\u{1f600}' } }, 'digit empty last lower nul umlaut upper'],
  [{ n: { $gt: false } }, 'true'],
  [{ n: { $gte: false } }, 'false true'],
  [{ n: { $lt: true } }, 'false'],
  [{ n: { $lte: false } }, 'false'],
  [{ n: { $gt: true } }, ''],
  [{ n: { $ne: 0, $lte: 0 } }, 'minus'],
  [
    { $or: [{ n: 0 }, { n: 'a' }, { $and: [{ n: { $gt: 0 } }, { n: { $lt: 1 } }] }] },
    'half lower zero',
  ],
  [{ $and: [{ n: { $gte: -1 } }, { $or: [{ n: -1 }, { n: 0 }] }], n: { $ne: 0 } }, 'minus'],
  [{ $or: [{}] }, Object.keys(VALUES).sort().join(' ')],
];

const LISTS = {
  missing: {},
  null: { tags: null },
  empty: { tags: [] },
  one: { tags: ['a'] },
  two: { tags: ['a', 'c'] },
  twice: { tags: ['b', 'b'] },
  mixed: { tags: [1, '1', true] },
} as const;

const EXPECTED_LISTS: readonly (readonly [Filter, string])[] = [
  [{ tags: 'a' }, 'one two'],
  [{ tags: 'b' }, 'twice'],
  [{ tags: 1 }, 'mixed'],
  [{ tags: true }, 'mixed'],
  [{ tags: false }, ''],
  [{ tags: { $in: ['c', '1', 'x'] } }, 'mixed two'],
  [{ tags: { $in: [] } }, ''],
  [{ tags: { $ne: 'a' } }, 'empty missing mixed null twice'],
  [{ tags: { $gt: 'a' } }, 'twice two'],
  [{ tags: { $gt: 0 } }, 'mixed'],
  // Each comparison may be met by another element: "two" holds a < b and c > b.
  [{ tags: { $gt: 'b', $lt: 'b' } }, 'two'],
  [{ $and: [{ tags: 'a' }, { tags: 'c' }] }, 'two'],
  [{ $or: [{ tags: 'c' }, { tags: 'b' }] }, 'twice two'],
];

const REFUSED: Readonly<Record<string, unknown>> = {
  'a field without an index': { secret: 'PERSONAL' },
  'a part of an indexed field': { nested: 'PERSONAL' },
  'an unknown operator': { n: { $regex: 'PERSONAL' } },
  'an operator at the top': { $where: 'PERSONAL' },
  'an empty condition': { n: {} },
  'an object to compare with': { n: { PERSONAL: 1 } },
  'a list to compare with': { n: ['PERSONAL'] },
  undefined: { n: undefined },
  'undefined within': { n: { $ne: undefined } },
  NaN: { n: Number.NaN },
  infinity: { n: { $lt: Number.POSITIVE_INFINITY } },
  'a lone surrogate': { n: 'PERSONAL\ud800' },
  'an order with null': { n: { $gt: null } },
  'null in a list': { tags: null },
  'null among a list': { tags: { $in: [null] } },
  'a list that is none': { n: { $in: 'PERSONAL' } },
  'too long a list': { n: { $in: Array<string>(1_001).fill('PERSONAL') } },
  'an empty $and': { $and: [] },
  'an $or that is no list': { $or: { n: 'PERSONAL' } },
  'an $or of no filters': { $or: ['PERSONAL'] },
  'nesting without end': nested(9),
  'conditions without end': { $or: Array.from({ length: 501 }, (_, n) => ({ n })) },
  'a name of the prototype': { constructor: 'PERSONAL' },
};

function nested(depth: number): Filter {
  return depth === 0 ? { n: 1 } : { $and: [nested(depth - 1)] };
}

export const filterCases: Cases = {
  'values are found by type and order': async ({ views }) => {
    await given(views, VALUES);
    for (const [filter, ids] of EXPECTED) {
      expect({ filter, ids: (await found(views, filter)).join(' ') }).toEqual({ filter, ids });
    }
  },

  'arrays are found by their elements': async ({ views }) => {
    await given(views, LISTS);
    for (const [filter, ids] of EXPECTED_LISTS) {
      expect({ filter, ids: (await found(views, filter)).join(' ') }).toEqual({ filter, ids });
    }
  },

  'dots reach into objects': async ({ views }) => {
    await given(views, {
      deep: { nested: { level: 1, labels: ['x'] } },
      flat: { nested: 1 },
      none: {},
      null: { nested: null },
      literal: { 'nested.level': 1 },
    });
    expect(await found(views, { 'nested.level': 1 })).toEqual(['deep']);
    expect(await found(views, { 'nested.level': null })).toEqual([
      'flat',
      'literal',
      'none',
      'null',
    ]);
    expect(await found(views, { 'nested.labels': 'x' })).toEqual(['deep']);
  },

  'lists of any length are looked through': async ({ views }) => {
    await given(views, { a: { n: 1 }, b: { n: 500 }, c: { n: 999 }, d: { n: 2_000 } });
    for (const length of [1, 2, 3, 500, 501, 999, 1_000]) {
      const $in = Array.from({ length }, (_, i) => i + 1);
      const expected = [1, 500, 999].filter((n) => n <= length).length;
      expect(await found(views, { n: { $in } })).toHaveLength(expected);
    }
  },

  'a filter that is not one is refused, and not quoted': async ({ views }) => {
    const live = await given(views, { a: { n: 1 } });
    for (const [what, filter] of Object.entries(REFUSED)) {
      const asked = filter as Filter;
      for (const ask of [
        views.find(THINGS, asked, { limit: 1 }),
        views.count(THINGS, asked),
        views.match(live, THINGS, asked),
      ]) {
        const error: unknown = await ask.then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect({ what, error }).toMatchObject({ what, error: { name: 'InvalidInput' } });
        expect(String(error)).not.toContain('PERSONAL');
      }
    }
  },

  'values are values, whatever they look like': async ({ views }) => {
    const live = await given(views, { a: { kind: `x' OR '1'='1` }, b: { kind: '$ne' } });
    await write(views, live, [change('c', 2, { tags: [`'); DROP TABLE builds; --`] })]);
    expect(await found(views, { kind: `x' OR '1'='1` })).toEqual(['a']);
    expect(await found(views, { kind: `' OR '1'='1` })).toEqual([]);
    expect(await found(views, { kind: '$ne' })).toEqual(['b']);
    expect(await found(views, { tags: `'); DROP TABLE builds; --` })).toEqual(['c']);
  },
};
