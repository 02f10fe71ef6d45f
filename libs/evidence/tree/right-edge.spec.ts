import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { referenceRoot, someLeaves, TileShelf, treeOver } from '../testing/index.js';
import { EMPTY_ROOT } from './hashing.js';
import { rootFrom } from './proofs.js';
import { loadEdge, partialTiles, RightEdge } from './right-edge.js';

/** An edge as another process would load it. */
function reloaded(edge: RightEdge, shelf: TileShelf): Promise<RightEdge> {
  return loadEdge({ tiles: shelf.read }, edge.size);
}

describe('the right edge of a tree', () => {
  it('has the root of nothing before the first leaf', () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(new RightEdge().root().toString('hex')).toBe(empty);
    expect(EMPTY_ROOT.toString('hex')).toBe(empty);
  });

  it('has the root of the tree from zero, at every size up to 2,000', () => {
    const leaves = someLeaves(2_000);
    const edge = new RightEdge();
    for (const [at, leaf] of leaves.entries()) {
      edge.add(leaf);
      const root = edge.root();
      // From zero at each size would be quadratic in hashing; this is it at every size.
      if (!root.equals(referenceRoot(leaves.slice(0, at + 1))))
        throw new Error(`size ${String(at + 1)}`);
    }
    expect(edge.size).toBe(2_000);
  });

  it.each([255, 256, 257, 65_535, 65_536, 65_537])(
    'has the root of the tree from zero at %d, also loaded again, and of its tiles',
    async (size) => {
      const { edge, shelf } = treeOver(someLeaves(size));
      const root = referenceRoot(someLeaves(size));
      expect(edge.root()).toEqual(root);
      expect((await reloaded(edge, shelf)).root()).toEqual(root);
      expect(await rootFrom(shelf.read, size)).toEqual(root);
    },
  );

  it('reads no more than a tile a level to go on', () => {
    expect(partialTiles(0)).toEqual([]);
    expect(partialTiles(256)).toEqual([{ level: 1, index: 0, width: 1 }]);
    expect(partialTiles(70_000)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
  });

  it('may be put down and taken up anywhere', async () => {
    const parts = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(parts, async (sizes) => {
        const leaves = someLeaves(sizes.reduce((sum, size) => sum + size, 0));
        const shelf = new TileShelf();
        let edge = new RightEdge();
        for (const size of sizes) {
          for (const leaf of leaves.slice(edge.size, edge.size + size)) edge.add(leaf);
          shelf.put(edge.takeTiles());
          edge = await reloaded(edge, shelf);
        }
        expect(edge.root()).toEqual(referenceRoot(leaves));
        expect(await rootFrom(shelf.read, leaves.length)).toEqual(referenceRoot(leaves));
      }),
      { numRuns: 30 },
    );
  });

  it('gives each tile that has changed, once', () => {
    const edge = new RightEdge();
    for (const leaf of someLeaves(300)) edge.add(leaf);
    const given = edge
      .takeTiles()
      .map(({ level, index, hashes }) => [level, index, hashes.length / 32]);
    expect(given).toEqual([
      [0, 0, 256],
      [0, 1, 44],
      [1, 0, 1],
    ]);
    expect(edge.takeTiles()).toEqual([]);
  });
});
