import { randomBytes } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { instantOf, randomId, type LedgerId } from '#kernel';

import type { Anchor, AnchoredKey } from '../anchor.js';
import type { RestoredLog, SignedHead } from '../heads.js';

/** An empty anchor to be tested, of no ledger yet. */
export interface AnchorUnderTest {
  readonly anchor: Anchor;
  /** The same anchor as another process has it open; left out where an engine has only one. */
  readonly other?: () => Promise<Anchor>;
  /** Ends everything that was opened. */
  close(): Promise<void>;
}

type Current = () => AnchorUnderTest;

const ledger = randomId<LedgerId>();
const ORIGIN = 'ledger.example.fi/customers';
let millis = Date.parse('2026-03-02T09:15:00.000Z');

/** A key about to be destroyed, each later than the one before. */
export function goneKey(): AnchoredKey {
  return { key: randomId(), by: randomId(), at: instantOf(millis++) };
}

export function goneKeys(count: number): AnchoredKey[] {
  return Array.from({ length: count }, goneKey);
}

/** A head with a root that no other has. */
export function headOf(size: number, origin = ORIGIN): SignedHead {
  return { origin, size, root: randomBytes(32).toString('base64url') };
}

/** All keys that an anchor gives. */
export async function destroyedOf(anchor: Anchor): Promise<AnchoredKey[]> {
  const keys: AnchoredKey[] = [];
  for await (const page of anchor.destroyed()) keys.push(...page);
  return keys;
}

/** What every anchor must do, whatever its engine. Each case gets an anchor of its own. */
export function anchorContract(name: string, open: () => Promise<AnchorUnderTest>): void {
  describe(`${name}: the contract of an anchor`, () => {
    let tested: AnchorUnderTest;
    beforeEach(async () => {
      tested = await open();
    });
    afterEach(() => tested.close());
    const current = () => tested;
    ledgerCases(current);
    destroyedCases(current);
    headCases(current);
    restoredCases(current);
  });
}

/** The anchor twice, as two processes have it, claimed. */
async function two(current: Current): Promise<[Anchor, Anchor]> {
  const { anchor, other } = current();
  await anchor.claim(ledger);
  return [anchor, (await other?.()) ?? anchor];
}

function ledgerCases(current: Current): void {
  test('the ledger: claimed once, again for the same, never for another', async () => {
    const { anchor, other } = current();
    const second = (await other?.()) ?? anchor;
    expect(await anchor.ledgerId()).toBeUndefined();
    expect(await second.ledgerId()).toBeUndefined();
    await anchor.claim(ledger);
    await anchor.claim(ledger);
    expect(await anchor.ledgerId()).toBe(ledger);
    expect(await second.ledgerId()).toBe(ledger);
    for (const each of [anchor, second]) {
      await expect(each.claim(randomId())).rejects.toMatchObject({
        name: 'IntegrityError',
        code: 'ledger-id-differs',
      });
    }
    expect(await anchor.ledgerId()).toBe(ledger);
  });

  test('the ledger: until it is known nothing is noted or claimed, and nothing is there', async () => {
    const { anchor } = current();
    const unclaimed = { name: 'IntegrityError', code: 'anchor-unclaimed' };
    await expect(anchor.recordDestroyed([goneKey()])).rejects.toMatchObject(unclaimed);
    await expect(anchor.claimHead(headOf(1))).rejects.toMatchObject(unclaimed);
    expect(await destroyedOf(anchor)).toEqual([]);
    expect(await anchor.lastHead(ORIGIN)).toBeUndefined();
    await anchor.claim(ledger);
    expect(await destroyedOf(anchor)).toEqual([]);
  });
}

function destroyedCases(current: Current): void {
  test('destroyed: in the order noted, by whom and whenever, in pages, as often as asked', async () => {
    const [anchor, second] = await two(current);
    const noted = [goneKeys(3), goneKeys(1_700), goneKeys(2)];
    await anchor.recordDestroyed(noted[0] ?? []);
    await second.recordDestroyed(noted[1] ?? []);
    await anchor.recordDestroyed([]);
    await anchor.recordDestroyed(noted[2] ?? []);
    for (const each of [anchor, second, anchor]) {
      const pages: (readonly AnchoredKey[])[] = [];
      for await (const page of each.destroyed()) pages.push(page);
      expect(pages.flat()).toEqual(noted.flat());
      expect(pages.length).toBeGreaterThan(1);
      expect(pages.every((page) => page.length > 0)).toBe(true);
    }
  });

  test('destroyed: noted again comes twice', async () => {
    const [anchor, second] = await two(current);
    const [one, next] = [goneKey(), goneKey()];
    await anchor.recordDestroyed([one, next]);
    await second.recordDestroyed([one]);
    expect(await destroyedOf(anchor)).toEqual([one, next, one]);
  });

  test('destroyed: noted at once by several, also in two processes, are all there', async () => {
    const [anchor, second] = await two(current);
    const batches = Array.from({ length: 30 }, () => goneKeys(5));
    await Promise.all(
      batches.map((batch, at) => (at % 2 === 0 ? anchor : second).recordDestroyed(batch)),
    );
    const sorted = (keys: readonly AnchoredKey[]) => keys.map((each) => each.key).sort();
    const found = await destroyedOf(second);
    expect(sorted(found)).toEqual(sorted(batches.flat()));
    for (const batch of batches) {
      const keys = new Set(batch.map(({ key }) => key));
      expect(found.filter(({ key }) => keys.has(key))).toEqual(batch);
    }
  });

  test('destroyed: heads that were claimed in between are not among them', async () => {
    const [anchor, second] = await two(current);
    const keys = goneKeys(4);
    await anchor.claimHead(headOf(1));
    await anchor.recordDestroyed(keys.slice(0, 2));
    await second.claimHead(headOf(2));
    await second.recordDestroyed(keys.slice(2));
    await anchor.claimHead(headOf(3));
    expect(await destroyedOf(anchor)).toEqual(keys);
    expect(await second.lastHead(ORIGIN)).toMatchObject({ size: 3 });
  });
}

function headCases(current: Current): void {
  test('heads: the first claim to a size counts, for everybody, ever after', async () => {
    const [anchor, second] = await two(current);
    const [first, later] = [headOf(10), headOf(10)];
    expect(await anchor.claimHead(first)).toEqual(first);
    expect(await second.claimHead(later)).toEqual(first);
    expect(await anchor.claimHead(later)).toEqual(first);
    expect(await anchor.claimHead(first)).toEqual(first);
    await second.claimHead(headOf(20));
    expect(await anchor.claimHead(later)).toEqual(first);
    expect(await second.claimHead(later)).toEqual(first);
  });

  test('heads: claims that race, also from two processes, give one head for a size', async () => {
    const [anchor, second] = await two(current);
    for (const size of [7, 8, 9, 10]) {
      const claimed = Array.from({ length: 8 }, () => headOf(size));
      const given = await Promise.all(
        claimed.map((head, at) => (at % 2 === 0 ? anchor : second).claimHead(head)),
      );
      expect(new Set(given.map(({ root }) => root)).size).toBe(1);
      expect(claimed).toContainEqual(given[0]);
      expect(await anchor.lastHead(ORIGIN)).toEqual(given[0]);
      expect(await second.lastHead(ORIGIN)).toEqual(given[0]);
    }
  });

  test('heads: claims that race for several sizes have a winner each', async () => {
    const [anchor, second] = await two(current);
    const sizes = Array.from({ length: 12 }, (_, at) => at);
    const claims = [anchor, second].flatMap((each) =>
      sizes.map((size) => each.claimHead(headOf(size))),
    );
    const given = await Promise.all(claims);
    for (const size of sizes) {
      expect(given[size]).toEqual(given[size + sizes.length]);
      expect(given[size]).toMatchObject({ size });
    }
    expect(await second.lastHead(ORIGIN)).toEqual(given[11]);
  });

  test('heads: the last one has the largest size, whenever it was claimed', async () => {
    const [anchor, second] = await two(current);
    expect(await anchor.lastHead(ORIGIN)).toBeUndefined();
    const large = headOf(2 ** 40 + 1);
    await anchor.claimHead(headOf(9));
    await second.claimHead(large);
    await anchor.claimHead(headOf(10));
    const none = headOf(0);
    expect(await anchor.claimHead(none)).toEqual(none);
    for (const each of [anchor, second]) expect(await each.lastHead(ORIGIN)).toEqual(large);
  });

  test('heads: an origin has sizes of its own', async () => {
    const [anchor, second] = await two(current);
    const [one, other] = [headOf(5, 'a.example'), headOf(5, 'a.example:5')];
    expect(await anchor.claimHead(one)).toEqual(one);
    expect(await second.claimHead(other)).toEqual(other);
    await second.claimHead(headOf(6, 'b.example'));
    expect(await anchor.lastHead('a.example')).toEqual(one);
    expect(await second.lastHead('a.example:5')).toEqual(other);
    expect(await anchor.lastHead('c.example')).toBeUndefined();
  });

  test('heads: what is none is refused, and nothing is claimed', async () => {
    const [anchor] = await two(current);
    const { root } = headOf(1);
    const malformed = [
      { size: -1 },
      { size: 1.5 },
      { size: 2 ** 53 },
      { origin: '' },
      { origin: 'a b' },
      { origin: 'a\n' },
      { origin: 'a+b' },
      { origin: 'x'.repeat(256) },
      { root: '' },
      { root: `${root}=` },
      { root: root.slice(1) },
      // The same bytes in another spelling.
      { root: `${root.slice(0, -1)}${String.fromCharCode(root.charCodeAt(42) + 1)}` },
    ];
    for (const part of malformed) {
      await expect(anchor.claimHead({ ...headOf(1), ...part })).rejects.toMatchObject({
        name: 'IntegrityError',
        code: 'head-malformed',
      });
    }
    expect(await anchor.lastHead(ORIGIN)).toBeUndefined();
  });
}

/** A log that was accepted, by people whom nobody else is. */
function restoredLog(origin: string): RestoredLog {
  const by: readonly [string, string] = [randomId<LedgerId>(), randomId<LedgerId>()];
  return { origin, follows: headOf(90), size: 70, by, at: instantOf(millis++) };
}

function restoredCases(current: Current): void {
  test('restored: in the order noted, for everybody, beside heads and keys', async () => {
    const [anchor, second] = await two(current);
    expect(await anchor.restored()).toEqual([]);
    const [one, other] = [restoredLog(`${ORIGIN}/2`), restoredLog(`${ORIGIN}/3`)];
    await anchor.claimHead(headOf(1));
    expect(await anchor.recordRestored(one)).toEqual(one);
    await second.recordDestroyed([goneKey()]);
    expect(await second.recordRestored(other)).toEqual(other);
    for (const each of [anchor, second]) expect(await each.restored()).toEqual([one, other]);
    expect(await destroyedOf(anchor)).toHaveLength(1);
    expect(await second.lastHead(ORIGIN)).toMatchObject({ size: 1 });
  });

  test('restored: the first of an origin counts, also of those that race', async () => {
    const [anchor, second] = await two(current);
    const some = Array.from({ length: 6 }, () => restoredLog(`${ORIGIN}/2`));
    const given = await Promise.all(
      some.map((each, at) => (at % 2 === 0 ? anchor : second).recordRestored(each)),
    );
    expect(some).toContainEqual(given[0]);
    for (const each of given) expect(each).toEqual(given[0]);
    expect(await second.restored()).toEqual([given[0]]);
  });

  test('restored: what is none is refused, and nothing is noted', async () => {
    const { anchor } = current();
    const good = restoredLog(`${ORIGIN}/2`);
    await expect(anchor.recordRestored(good)).rejects.toMatchObject({ code: 'anchor-unclaimed' });
    await anchor.claim(ledger);
    const [officer] = good.by;
    const malformed = [
      { origin: 'a b' },
      { origin: ORIGIN },
      { size: -1 },
      { by: [officer, officer] as const },
      { by: [officer, 'nobody'] as const },
      { follows: { ...good.follows, root: '' } },
    ];
    for (const part of malformed) {
      await expect(anchor.recordRestored({ ...good, ...part })).rejects.toMatchObject({
        code: 'head-malformed',
      });
    }
    expect(await anchor.restored()).toEqual([]);
  });
}
