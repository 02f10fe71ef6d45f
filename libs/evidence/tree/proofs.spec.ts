import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { nodeCryptography } from '../node-cryptography.js';
import { someLeaves, treeOver } from '../testing/index.js';
import { isConsistent, isIncluded } from '../verifier/index.js';
import { consistencyProof, inclusionProof, rootFrom } from './proofs.js';

const LARGEST = 66_000;
const leaves = someLeaves(LARGEST);
const { shelf } = treeOver(leaves);

const aSize = fc.oneof(
  fc.integer({ min: 1, max: 2_000 }),
  fc.integer({ min: 65_530, max: 65_545 }),
  fc.constantFrom(1, 2, 255, 256, 257, 511, 512, 513, LARGEST),
);

async function headAt(size: number) {
  return { size, root: await rootFrom(shelf.read, size) };
}

/** The same bytes but for one bit. */
function flipped(bytes: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << (bit % 8)), at);
  return copy;
}

describe('a proof that a leaf is in the tree', () => {
  const aPlace = aSize.chain((size) =>
    fc.record({
      size: fc.constant(size),
      index: fc.oneof(fc.constantFrom(0, size - 1), fc.nat({ max: size - 1 })),
      bit: fc.nat({ max: 255 }),
      at: fc.nat({ max: 63 }),
    }),
  );

  it('verifies; with any bit of it changed, or at another place or size, it does not', async () => {
    await fc.assert(
      fc.asyncProperty(aPlace, async ({ size, index, bit, at }) => {
        const head = await headAt(size);
        const leaf = leaves[index] ?? Buffer.alloc(32);
        const proof = await inclusionProof(shelf.read, index, size);
        const claim = { leaf, index, proof };
        const isGood = (changed: object, of = head) =>
          isIncluded({ ...claim, ...changed }, of, nodeCryptography);
        expect(await isGood({})).toBe(true);
        expect(await isGood({ leaf: flipped(leaf, bit) })).toBe(false);
        expect(await isGood({}, { size, root: flipped(head.root, bit) })).toBe(false);
        expect(await isGood({ index: index + 1 })).toBe(false);
        expect(await isGood({ index: index - 1 })).toBe(false);
        expect(await isGood({ proof: [...proof, leaf] })).toBe(false);
        if (proof.length === 0) return;
        const changed = proof.map((hash, place) =>
          place === at % proof.length ? flipped(hash, bit) : hash,
        );
        expect(await isGood({ proof: changed })).toBe(false);
        expect(await isGood({ proof: proof.slice(1) })).toBe(false);
        expect(await isGood({ proof: proof.slice(0, -1) })).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused for numbers that are none', async () => {
    const head = await headAt(3);
    const leaf = leaves[0] ?? Buffer.alloc(32);
    for (const index of [-1, 0.5, 3, 2 ** 64, Number.NaN]) {
      expect(await isIncluded({ leaf, index, proof: [] }, head, nodeCryptography)).toBe(false);
    }
  });
});

describe('a proof that a tree has only grown', () => {
  const twoSizes = fc.record({
    one: aSize,
    other: aSize,
    bit: fc.nat({ max: 255 }),
    at: fc.nat({ max: 63 }),
  });

  it('verifies; with any bit of it changed it does not', async () => {
    await fc.assert(
      fc.asyncProperty(twoSizes, async ({ one, other, bit, at }) => {
        const [first, second] = [
          await headAt(Math.min(one, other)),
          await headAt(Math.max(one, other)),
        ];
        const proof = await consistencyProof(shelf.read, first.size, second.size);
        const isGood = (by: readonly Uint8Array[], from = first, to = second) =>
          isConsistent(from, to, by, nodeCryptography);
        expect(await isGood(proof)).toBe(true);
        expect(await isGood(proof, { ...first, root: flipped(first.root, bit) })).toBe(false);
        expect(await isGood(proof, first, { ...second, root: flipped(second.root, bit) })).toBe(
          false,
        );
        expect(await isGood([...proof, first.root])).toBe(false);
        if (proof.length === 0) return;
        const changed = proof.map((hash, place) =>
          place === at % proof.length ? flipped(hash, bit) : hash,
        );
        expect(await isGood(changed)).toBe(false);
        expect(await isGood(proof.slice(1))).toBe(false);
        expect(await isGood(proof.slice(0, -1))).toBe(false);
        expect(await isGood(proof, second, first)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('is none of an empty tree', async () => {
    const [empty, second] = [await headAt(0), await headAt(7)];
    expect(await consistencyProof(shelf.read, 0, 7)).toEqual([]);
    expect(await isConsistent(empty, second, [], nodeCryptography)).toBe(false);
  });
});

describe('a tile that is lost', () => {
  it('is told, and no proof is made without it', async () => {
    await expect(
      inclusionProof(async (wanted) => wanted.map(() => undefined), 0, 2),
    ).rejects.toMatchObject({
      code: 'tile-missing',
    });
  });
});
