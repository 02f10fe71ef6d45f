import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';

import { isDer } from './der.js';

describe('a value in DER', () => {
  it.each([
    ['with a short length', '0500'],
    ['with others in it', '3006020101020102'],
    ['with a length of two bytes', `048180${'00'.repeat(128)}`],
    ['with a length of three bytes', `04820100${'00'.repeat(256)}`],
  ])('%s', (_, hex) => {
    expect(isDer(Buffer.from(hex, 'hex'))).toBe(true);
  });
});

describe('no value in DER', () => {
  it.each([
    ['nothing', ''],
    ['a tag alone', '30'],
    ['something behind it', '050000'],
    ['a length beyond its end', '0402ff'],
    ['a length without its bytes', '0482'],
    ['a length that is too long for itself', '04810100'],
    ['a length with a zero before it', `04820080${'00'.repeat(128)}`],
    ['a length that is not told', '30800000'],
    ['a value that reaches out of the one around it', '3003040201aa'],
    ['a value that does not fill the one around it', '300402010100'],
    ['a BOOLEAN of nothing', '0100'],
    ['a BOOLEAN of two bytes', '01020000'],
    ['an INTEGER of nothing', '30020200'],
    ['a NULL of something', '050100'],
    ['an OBJECT IDENTIFIER of nothing', '0600'],
    ['a tag of several bytes', '1f0100'],
    ['a length of four bytes', '048401000000'],
    ['a nest without end', '3080'.repeat(40)],
  ])('is %s', (_, hex) => {
    expect(isDer(Buffer.from(hex, 'hex'))).toBe(false);
  });

  it('is one that lies too deep', () => {
    let nested = Buffer.of(5, 0);
    for (let depth = 0; depth < 25; depth++) nested = Buffer.of(0x30, nested.length, ...nested);
    expect(isDer(nested.subarray(2))).toBe(true);
    expect(isDer(nested)).toBe(false);
  });
});

test('any bytes are one or are not', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => typeof isDer(bytes) === 'boolean'),
  );
});
