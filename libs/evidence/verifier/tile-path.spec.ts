import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { parseTilePath, tilePath, type TilePath } from './tile-path.js';

describe('the address of a tile', () => {
  it.each<[string, TilePath]>([
    ['tile/0/000', { level: 0, index: 0, width: 256 }],
    ['tile/0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
    ['tile/2/999.p/255', { level: 2, index: 999, width: 255 }],
    ['tile/entries/x001/000.p/1', { level: 'entries', index: 1_000, width: 1 }],
    ['tile/63/000', { level: 63, index: 0, width: 256 }],
  ])('%s is written and read', (path, parts) => {
    expect(tilePath(parts)).toBe(path);
    expect(parseTilePath(path)).toEqual(parts);
  });

  it.each([
    ['a level that there is not', 'tile/64/000'],
    ['a zero before the level', 'tile/00/000'],
    ['a group of zeros too many', 'tile/0/x000/001'],
    ['a short group', 'tile/0/01'],
    ['no x', 'tile/0/001/234'],
    ['a full width', 'tile/0/000.p/256'],
    ['no width', 'tile/0/000.p/0'],
    ['a zero before the width', 'tile/0/000.p/01'],
    ['more than that', 'tile/0/000/000/'],
    ['another folder', 'tile/../000'],
    ['nothing', ''],
  ])('is none with %s', (_, path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  it('is read as it was written', () => {
    const some = fc.record({
      level: fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const)),
      index: fc.nat({ max: 2 ** 40 }),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(some, (parts) => {
        expect(parseTilePath(tilePath(parts))).toEqual(parts);
      }),
    );
  });
});
