import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { compareScalars, compareText, fieldReader } from './values.js';

describe('comparing', () => {
  test('texts are ordered as their UTF-8 bytes are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  test('all types have one order', () => {
    const rising = [null, -1, 0, 2, '', '10', '9', 'a', '\uffff', '\u{10000}', false, true];
    const shuffled = [...rising].reverse();
    expect(shuffled.sort(compareScalars)).toEqual(rising);
  });
});

describe('reading a field', () => {
  test('of its own properties only', () => {
    expect(fieldReader('constructor')({})).toBeUndefined();
    expect(fieldReader('a.length')({ a: 'text' })).toBeUndefined();
    expect(fieldReader('a.b')({ a: { b: 1 }, 'a.b': 2 })).toBe(1);
    expect(fieldReader('a.b.c')({ a: null })).toBeUndefined();
  });
});
