import { randomBytes } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Cursors } from './cursors.js';

describe('cursors', () => {
  const cursors = new Cursors(randomBytes(32));

  it('come back as they were sealed', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer(), (list, id, value) => {
        expect(cursors.open(list, cursors.seal(list, { id, value }))).toEqual({ id, value });
      }),
    );
  });

  it('open with no change, for no other list, and by no other key', () => {
    const others = new Cursors(randomBytes(32));
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.integer({ min: 1, max: 255 }), (id, at, flip) => {
        const cursor = cursors.seal('list', { id });
        const bytes = Buffer.from(cursor, 'base64url');
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ flip;
        expect(() => cursors.open('list', bytes.toString('base64url'))).toThrow('cursor');
        expect(() => cursors.open('other', cursor)).toThrow('cursor');
        expect(() => others.open('list', cursor)).toThrow('cursor');
      }),
    );
  });

  it('may be left out, and may be rubbish', () => {
    expect(cursors.open('list', undefined)).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => cursors.open('list', text)).toThrow('cursor');
      }),
    );
  });
});
