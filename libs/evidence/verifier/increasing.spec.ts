import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { outOfOrder } from './increasing.js';

/** By trying every subset. */
function longestOf(numbers: readonly number[]): number {
  let longest = 0;
  for (let subset = 0; subset < 2 ** numbers.length; subset += 1) {
    const chosen = numbers.filter((number, at) => number >= 0 && (subset >> at) % 2 === 1);
    const isRising = chosen.every((number, at) => at === 0 || number > (chosen[at - 1] ?? 0));
    if (isRising) longest = Math.max(longest, chosen.length);
  }
  return longest;
}

describe('what stands outside of the order', () => {
  it.each<[readonly number[], readonly number[]]>([
    [[], []],
    [[0, 1, 2], []],
    [[1, 0], [0]],
    [[5, 0, 1, 2], [0]],
    [[1, 2, 3, 0], [3]],
    [[-1, 4, -1, 5], []],
  ])('of %p is %p', (numbers, outside) => {
    expect(outOfOrder(Int32Array.from(numbers))).toEqual(outside);
  });

  it('is as little as can be, and all else is in order', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { maxLength: 10 });
    fc.assert(
      fc.property(numbers, fc.nat({ max: 10 }), (some, hole) => {
        const given = [...some.slice(0, hole), -1, ...some.slice(hole)];
        const outside = new Set(outOfOrder(Int32Array.from(given)));
        const inside = given.filter((number, at) => number >= 0 && !outside.has(at));
        expect(inside).toEqual(inside.toSorted((one, other) => one - other));
        expect(inside).toHaveLength(longestOf(given));
      }),
    );
  });
});
