import { expect } from '@jest/globals';
import fc from 'fast-check';

import { START } from '#kernel';

import { MOST_LEAVES } from '../port.js';
import type { LeafEntry } from '../port.js';
import { expectTree, extensionOf, grow, leafAt, leavesOf, tileAt } from './samples.js';
import type { Cases } from './subject.js';

/** What is stored is what was given. */
export const treeCases: Cases = {
  'an empty store has an empty tree': async ({ store }) => {
    expect(await store.state()).toEqual({ size: 0, position: START });
    expect(await store.tiles([{ level: 0, index: 0 }])).toEqual([undefined]);
    expect(await store.tiles([])).toEqual([]);
    expect(await store.indexOf([leafAt(0).id])).toEqual(new Map());
    expect(await store.indexOf([])).toEqual(new Map());
    expect(await store.leaves(0, 10)).toEqual([]);
    expect(await store.checkpoint()).toBeUndefined();
    expect(await store.isDoubted()).toBe(false);
    expect(await store.ledgerId()).toBeUndefined();
  },

  'leaves are read back, also where a tile is just full': async ({ store }) => {
    let size = 0;
    for (const next of [1, 2, 255, 256, 257, 511, 512, 513, 1_000]) {
      await store.extend(extensionOf(size, next - size), 1);
      size = next;
      await expectTree(store, size);
    }
  },

  'leaves are read back where a tile of the level above is just full': async ({ store }) => {
    await grow(store, 0, 65_535);
    await expectTree(store, 65_535);
    await grow(store, 65_535, 65_536);
    await expectTree(store, 65_536);
    await grow(store, 65_536, 65_537);
    await expectTree(store, 65_537);
    await grow(store, 65_537, 66_000);
    await expectTree(store, 66_000);
  },

  'many leaves at once are read back': async ({ store }) => {
    await store.extend(extensionOf(0, 30_000), 1);
    await expectTree(store, 30_000);
  },

  'tiles come in the order asked, each as far as it is filled': async ({ store }) => {
    await grow(store, 0, 600);
    const asked = [
      { level: 0, index: 2 },
      { level: 1, index: 0 },
      { level: 0, index: 3 },
      { level: 0, index: 0 },
      { level: 5, index: 0 },
      { level: 0, index: 2 },
    ];
    const expected = asked.map((id) => tileAt(600, id).hashes);
    expect(expected.map(({ length }) => length / 32)).toEqual([88, 2, 0, 256, 0, 88]);
    const tiles = await store.tiles(asked);
    expect(tiles).toEqual(expected.map((hashes) => (hashes.length > 0 ? hashes : undefined)));
  },

  'leaves come in pages': async ({ store }) => {
    await grow(store, 0, MOST_LEAVES + 5);
    expect(await store.leaves(0, 3)).toEqual(leavesOf(0, 3));
    expect(await store.leaves(300, 700)).toEqual(leavesOf(300, 700));
    expect(await store.leaves(MOST_LEAVES, 700)).toEqual(leavesOf(MOST_LEAVES, 5));
    expect(await store.leaves(MOST_LEAVES + 5, 700)).toEqual([]);
    expect(await store.leaves(MOST_LEAVES + 50, 700)).toEqual([]);
    expect(await store.leaves(1, MOST_LEAVES + 1)).toHaveLength(MOST_LEAVES);
  },

  'the index of each known id is found, of many at once too': async ({ store }) => {
    await grow(store, 0, 25_000);
    await grow(store, 25_000, 26_000);
    const known = Array.from({ length: 3_000 }, (_, n) => (n * 7_919) % 26_000);
    const asked = known.flatMap((index) => [leafAt(index).id, leafAt(index, 'b').id]);
    const found = await store.indexOf(asked);
    expect(found.size).toBe(3_000);
    expect(known.filter((index) => found.get(leafAt(index).id) !== index)).toEqual([]);
    expect(await store.indexOf([leafAt(26_000).id])).toEqual(new Map());
  },

  'ids and positions that no ledger makes are kept as they are': async ({ store }) => {
    const texts = ['', 'x', 'ÄÖ \u0000 \u{1f600}', '"quoted"', 'sixteen bytes...', '0'.repeat(300)];
    const upper = leafAt(1).id.toUpperCase();
    const places = ['7', 'x', '9'.repeat(16), '0'.repeat(15), '1'.repeat(41), '1.5', '-1'];
    const leaves = [...texts, upper, leafAt(1).id].map((id, at) => ({
      id,
      position: places[at] ?? `${'0'.repeat(20)}-${'0'.repeat(19)}1`,
    })) as LeafEntry[];
    for (const more of [0, 20_000]) {
      const { tiles } = extensionOf(more, leaves.length);
      const own = leaves.map((leaf) => ({ ...leaf, id: `${leaf.id}${String(more)}` }) as LeafEntry);
      await store.extend({ from: more, leaves: own, tiles }, 1);
      const from = more + leaves.length;
      if (more === 0) await store.extend(extensionOf(from, 20_000 - from), 1);
      expect(await store.leaves(more, leaves.length)).toEqual(own);
      const indexes = new Map(own.map(({ id }, at) => [id, more + at]));
      expect(await store.indexOf(own.map(({ id }) => id))).toEqual(indexes);
    }
    expect((await store.state()).position).toBe(leaves.at(-1)?.position);
  },

  'an id that stands twice is found at its first leaf': async ({ store }) => {
    const twice = leafAt(3);
    const withTwice = (from: number, count: number) => {
      const extension = extensionOf(from, count);
      const leaves = extension.leaves.map((leaf, at) =>
        at === 5 ? { ...leaf, id: twice.id } : leaf,
      );
      return { ...extension, leaves };
    };
    await store.extend(withTwice(0, 10), 1);
    expect(await store.indexOf([twice.id])).toEqual(new Map([[twice.id, 3]]));
    await store.extend(withTwice(10, 10), 1);
    await store.extend(withTwice(20, 20_000), 1);
    await store.extend(withTwice(20_020, 10), 1);
    expect(await store.indexOf([twice.id, twice.id])).toEqual(new Map([[twice.id, 3]]));
    expect((await store.leaves(20_025, 1))[0]?.id).toBe(twice.id);
  },

  'any split into extensions reads back the same': async ({ store, runs }) => {
    const counts = fc.array(
      fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 700 })),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    const property = fc.asyncProperty(counts, async (steps) => {
      await store.renew(1);
      let size = 0;
      for (const count of steps) {
        await store.extend(extensionOf(size, count), 1);
        size += count;
      }
      await expectTree(store, size);
      expect(await store.leaves(0, MOST_LEAVES)).toEqual(leavesOf(0, size));
    });
    await fc.assert(property, { numRuns: runs ?? 30 });
  },
};
