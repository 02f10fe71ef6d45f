import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { canonicalJson, type Json } from '#kernel';

import { nodeCryptography } from '../../node-cryptography.js';
import { referenceRoot, someLeaves } from '../../testing/index.js';
import type { Bytes } from '../bytes.js';
import { align } from './align.js';
import { canonicalText, objectIn } from './canonical.js';
import { outOfOrder } from '../increasing.js';
import { linesOf } from './lines.js';
import { rootOf } from './root.js';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Bytes> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all<T>(of: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const one of of) found.push(one);
  return found;
}

describe('lines', () => {
  it('are the same in whatever pieces they come', async () => {
    const texts = fc.array(fc.string({ unit: 'binary' }).filter((text) => !text.includes('\n')));
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 9 }), async (lines, size) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const read = await all(linesOf(inPieces(bytes, size)));
        expect(read).toEqual(lines.map((line) => Buffer.from(line).toString()));
      }),
    );
  });

  it('that are no text are none, and the last needs no end', async () => {
    const bytes = Buffer.from([0x61, 0x0a, 0xff, 0x0a, 0x62]);
    expect(await all(linesOf(inPieces(bytes, 2)))).toEqual(['a', undefined, 'b']);
    expect(await all(linesOf(inPieces(Buffer.alloc(0), 2)))).toEqual([]);
  });
});

describe('canonical text', () => {
  it('is what the ledger writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }), (value) => {
        const json = JSON.parse(JSON.stringify(value)) as Json;
        expect(canonicalText(json)).toBe(canonicalJson(json));
      }),
    );
  });

  it.each(['"\\ud800"', '{"\\udc00":1}', `${'['.repeat(9_999)}1${']'.repeat(9_999)}`])(
    'there is none of %.20s',
    (text) => {
      expect(canonicalText(JSON.parse(text))).toBeUndefined();
    },
  );

  it.each(['', '[]', 'null', '1', '{', undefined])('an object is not %j', (text) => {
    expect(objectIn(text)).toBeUndefined();
  });
});

describe('a root from leaves', () => {
  it('is RFC 6962’s at every size', async () => {
    const leaves = someLeaves(70);
    for (let size = 0; size <= leaves.length; size++) {
      const some = leaves.slice(0, size);
      expect(Buffer.from(await rootOf(some, nodeCryptography))).toEqual(referenceRoot(some));
    }
  });

  it('is so also where more are hashed than go at once', async () => {
    for (const size of [1_023, 1_024, 1_025, 2_500]) {
      const some = someLeaves(size);
      expect(Buffer.from(await rootOf(some, nodeCryptography))).toEqual(referenceRoot(some));
    }
  });
});

describe('out of order', () => {
  it.each([
    [[], []],
    [[0, 1, 2], []],
    [
      [0, 3, 2, 1, 4],
      [1, 2],
    ],
    [
      [5, 1, 2, 3, 4, 0],
      [0, 5],
    ],
    [[0, -1, 2, -1, 1], [2]],
  ])('of %j are those at %j', (numbers, outside) => {
    expect(outOfOrder(numbers)).toEqual(outside);
  });

  it('are as few as leave the rest ascending', () => {
    const numbers = fc.uniqueArray(fc.nat(50), { maxLength: 12 });
    fc.assert(
      fc.property(numbers, (some) => {
        const outside = new Set(outOfOrder(some));
        const left = some.filter((_, index) => !outside.has(index));
        expect(left).toEqual(left.toSorted((one, other) => one - other));
        expect(left).toHaveLength(longestRun(some));
      }),
    );
  });
});

/** By trying all of them, in the plain way. */
function longestRun(numbers: readonly number[]): number {
  const lengths: number[] = [];
  numbers.forEach((number, index) => {
    const before = lengths.filter((_, other) => other < index && (numbers[other] ?? 0) < number);
    lengths.push(1 + Math.max(0, ...before));
  });
  return Math.max(0, ...lengths);
}

describe('events held against what was signed', () => {
  const signed = new Map(Array.from({ length: 6 }, (_, index) => [index, `leaf ${String(index)}`]));
  const event = (place: number, leaf: string | undefined, was = place) => ({
    place,
    was,
    leaf,
    isUnproven: false,
  });
  const good = [0, 1, 2, 3, 4, 5].map((index) => event(index, `leaf ${String(index)}`));

  it('are there where nothing has changed', () => {
    const { fits, missing } = align(signed, good, 6);
    expect([fits.every(({ fit }) => fit === 'there'), missing]).toEqual([true, []]);
  });

  it('are altered where something else was signed at their place', () => {
    const events = good.with(2, event(2, 'another')).with(4, event(4, undefined));
    const { fits, missing } = align(signed, events, 6);
    expect([fits[2], fits[4], missing]).toEqual([
      { fit: 'altered', index: 2 },
      { fit: 'altered', index: 4 },
      [],
    ]);
  });

  it('are known again wherever they stand', () => {
    const shifted = good.toSpliced(1, 1).map((one, place) => ({ ...one, place, was: place }));
    const { fits, missing } = align(signed, shifted, 6);
    expect([fits.every(({ fit }) => fit === 'there'), missing]).toEqual([true, [1]]);
  });

  it('are one and no more, however often they stand there', () => {
    const { fits } = align(signed, good.toSpliced(3, 0, event(3, 'leaf 2')), 6);
    expect(fits[3]).toEqual({ fit: 'inserted' });
  });

  it('are unsigned only behind the last that was signed', () => {
    expect(align(signed, [...good, event(6, 'new')], 6).fits[6]).toEqual({ fit: 'unsigned' });
    expect(align(signed, [...good, event(5, 'new')], 6).fits[6]).toEqual({ fit: 'inserted' });
  });
});
