import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Column } from './column.js';
import { differencesOf, type Leaves } from './differences.js';
import { ID_BYTES } from '../ids.js';

/** An event as `id` or, with other content, `id'`. */
type Sample = string;

function leavesOf(events: readonly Sample[]): Leaves {
  const [leaves, ids] = [new Column(32), new Column(ID_BYTES)];
  for (const event of events) {
    const digest = (text: string) => createHash('sha256').update(text).digest();
    leaves.push(digest(event));
    ids.push(digest(event.replaceAll("'", '')).subarray(0, ID_BYTES));
  }
  return { leaves, ids };
}

const given = (text: string) => leavesOf(text.split(' ').filter((event) => event !== ''));
const pair = (at: number, was: number) => ({ at, was });
const none = { altered: [], reordered: [], unknown: [], absent: [] };

describe('a log beside the tree that was signed of it', () => {
  const tree = 'a b c d e f';

  it.each<[string, string, object]>([
    ['the same', tree, { ...none, lastSigned: 5 }],
    ['grown since', 'a b c d e f g h', { ...none, unknown: [6, 7], lastSigned: 5 }],
    ['an event altered', "a b c' d e f", { ...none, altered: [pair(2, 2)], lastSigned: 5 }],
    ['the first one altered', "a' b c d e f", { ...none, altered: [pair(0, 0)], lastSigned: 5 }],
    ['an event deleted', 'a b d e f', { ...none, absent: [2], lastSigned: 4 }],
    ['an event inserted', 'a b x c d e f', { ...none, unknown: [2], lastSigned: 6 }],
    ['one in the place of another', 'a b x d e f', { ...none, unknown: [2], absent: [2] }],
    ['two neighbours swapped', 'a c b d e f', { ...none, reordered: [pair(1, 2)] }],
    ['one moved to the end', 'a c d e f b', { ...none, reordered: [pair(5, 1)] }],
    ['one moved to the beginning', 'e a b c d f', { ...none, reordered: [pair(0, 4)] }],
    ['the end cut off', 'a b c', { ...none, absent: [3, 4, 5], lastSigned: 2 }],
    ['everything gone', '', { ...none, absent: [0, 1, 2, 3, 4, 5], lastSigned: -1 }],
    ['an event twice', 'a b c b d e f', { ...none, unknown: [3] }],
    ['an event twice, the copy first', "a b' b c d e f", { ...none, unknown: [1] }],
    ['altered and moved', "a c d b' e f", { ...none, altered: [pair(3, 1)] }],
    ['altered, and one before it deleted', "b c' d e f", { altered: [pair(1, 2)], absent: [0] }],
  ])('%s', (_, log, expected) => {
    expect(differencesOf(given(log), given(tree), 6)).toMatchObject(expected);
  });

  it.each([
    ['more than was signed is there', 'a b c d e f', 4, 3],
    ['what was signed last is gone', 'a b c e f', 4, 2],
    ['what was signed is gone', 'e f', 4, -1],
    ['what was not signed stands before', 'e a b c d f', 4, 4],
  ])('tells the last that was signed: %s', (_, log, signed, last) => {
    expect(differencesOf(given(log), given(tree), signed).lastSigned).toBe(last);
  });

  it('accounts for every event and every leaf once, and moves no more than it must', () => {
    const event = fc.constantFrom(..."a b c d e f g h a' b' c' d'".split(' '));
    const events = fc.array(event, { maxLength: 12 });
    fc.assert(
      fc.property(events, events, (log, signed) => {
        const found = differencesOf(leavesOf(log), leavesOf(signed), signed.length);
        const { altered, reordered, unknown, absent } = found;
        const kept = log.length - unknown.length - altered.length;
        expect(kept + altered.length + absent.length).toBe(signed.length);
        for (const { at, was } of altered) {
          expect(log[at]).not.toBe(signed[was]);
          expect(log[at]?.[0]).toBe(signed[was]?.[0]);
        }
        for (const { at, was } of reordered) expect(log[at]).toBe(signed[was]);
        const isChanged = new Set([...unknown, ...[...altered, ...reordered].map(({ at }) => at)]);
        const rest = log.filter((_, at) => !isChanged.has(at));
        const isGone = new Set([...absent, ...[...altered, ...reordered].map(({ was }) => was)]);
        // What is said to be as it was stands as it was, in its order.
        expect(rest).toEqual(signed.filter((_, was) => !isGone.has(was)));
      }),
    );
  });
});
