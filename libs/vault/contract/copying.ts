import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { randomId, type EventId, type KeyId, type LedgerId } from '#kernel';

import { COPIED_TABLES, type CopiedRows, type VaultCopying } from '../copying.js';
import type { Credential } from '../port.js';
import { live, provisionOne, scope, stateOfKey, wantedKey } from './fixture.js';
import type { ManualClock } from './manual-clock.js';
import type { RotatingVault } from './rotation.js';

/** A vault that can be taken elsewhere. */
export type CopiedVault = RotatingVault & { readonly copying: VaultCopying };

/** A claimed vault to be copied, and an empty one of the same engine and KEKs. */
export interface CopyingUnderTest {
  readonly from: CopiedVault;
  readonly to: CopiedVault;
  readonly clock: ManualClock;
  readonly ledger: LedgerId;
  /** Ends everything that was opened. */
  close(): Promise<void>;
}

const event = () => randomId<EventId>();
/** Small, so that there are several. */
const PAGE = 3;

/** Copies one vault to another, as the ledger does that moves. */
export async function copyVault(
  from: VaultCopying,
  to: VaultCopying,
  ledger: LedgerId,
): Promise<void> {
  await to.takeKeks(ledger, await from.keks());
  for (const table of COPIED_TABLES) {
    for (let after: string | undefined = ''; after !== undefined;) {
      const page = await from.page(table, after, PAGE);
      await to.take(page);
      after = page.next;
    }
  }
}

/** All rows, in an order that no engine decides. */
export async function allRows(copying: VaultCopying): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const table of COPIED_TABLES) {
    const { rows }: CopiedRows = await copying.page(table, '', 1_000);
    lines.push(...rows.map((row) => `${table} ${JSON.stringify(row, bytesAsHex)}`));
  }
  return lines.sort();
}

function bytesAsHex(name: string, value: unknown): unknown {
  const isBytes = name === 'fingerprint' || name === 'wrapped';
  if (!isBytes) return value;
  // Buffers have made themselves into objects already.
  const bytes = Object.values((value as { data?: object }).data ?? (value as object)) as number[];
  return Buffer.from(bytes).toString('hex');
}

/** What taking a vault elsewhere must do. Each case gets vaults of its own. */
export function copyingContract(name: string, open: () => Promise<CopyingUnderTest>): void {
  describe(`${name}: the contract of copying a vault`, () => {
    let tested: CopyingUnderTest;
    beforeEach(async () => {
      tested = await open();
    });
    afterEach(() => tested.close());
    copyingCases(() => tested);
  });
}

async function liveIn({ vault }: CopiedVault): Promise<number> {
  const subject = randomId<ReturnType<typeof wantedKey>['subject']>();
  const scopes = ['g1', 'g2', 'g3', 'g4', 'g5', 'a:b', 'ä%'];
  const made = await vault.provision(
    scopes.map((one) => wantedKey({ subject, scope: scope(one) })),
  );
  return made.map(live).length;
}

function copyingCases(current: () => CopyingUnderTest): void {
  test('keys open as before, under the KEKs that wrapped them', async () => {
    const { from, to, ledger } = current();
    const first = await provisionOne(from);
    await from.rotation.beginRotation();
    const second = await provisionOne(from);
    await liveIn(from);
    await copyVault(from.copying, to.copying, ledger);
    for (const { ref, dek, fingerprint } of [first, second]) {
      expect(await stateOfKey(to, ref.key)).toEqual({ state: 'live', ref, dek, fingerprint });
    }
    expect(await to.ledgerId()).toBe(ledger);
    expect(await to.rotation.kekStatus()).toEqual(await from.rotation.kekStatus());
    expect(await to.copying.keks()).toEqual(await from.copying.keks());
    expect(await allRows(to.copying)).toEqual(await allRows(from.copying));
  });

  test('fences and tombstones go along, the tombstones in their order', async () => {
    const { from, to, ledger, clock } = current();
    const keys = [await provisionOne(from), await provisionOne(from), await provisionOne(from)];
    const [one, other, fenced] = keys.map(({ ref }) => ref);
    if (one === undefined || other === undefined || fenced === undefined) throw new Error('none');
    const by = event();
    await from.vault.destroy([other.key], event(), clock.now());
    clock.advance(1);
    await from.vault.destroy([one.key], event(), clock.now());
    const later = ['later', 'z:1', 'z:2', 'z', 'ä', '€'].map(scope);
    const fences = [fenced, ...later.map((one) => ({ ...fenced, scope: one }))];
    await from.vault.fence(fenced.subject, fences, by);
    await copyVault(from.copying, to.copying, ledger);
    expect(await to.vault.tombstones('', 9)).toEqual(await from.vault.tombstones('', 9));
    for (const { key, subject } of [one, other, fenced]) {
      expect(await stateOfKey(to, key)).toEqual(await stateOfKey(from, key));
      expect(await to.vault.status(subject)).toEqual(await from.vault.status(subject));
    }
    const made = await to.vault.provision([one, ...fences]);
    expect(made.map(({ state }) => state)).toEqual(['destroyed', ...fences.map(() => 'fenced')]);
    const last = await provisionOne(to);
    await to.vault.destroy([last.ref.key, fenced.key], by, clock.now());
    const { keys: buried } = await to.vault.tombstones('', 9);
    expect(buried.map(({ ref }) => ref.key)).toEqual([
      other.key,
      one.key,
      last.ref.key,
      fenced.key,
    ]);
  });

  test('secrets, reservations and tokens are what they were', async () => {
    const { from, to, ledger, clock } = current();
    const names = ['import', 'cursor', 'search:1', 'search:2'];
    const secrets = await Promise.all(names.map((name) => from.secrets.secret(name)));
    const key = randomId<KeyId>();
    for (const hash of ['d', 'b', 'a', 'c'])
      await from.reservations.reserve(hash, `s-${hash}`, key);
    const tokens = ['1', '2', '3', '4'].map((n): Credential => {
      return { id: n, hash: `h${n}`, label: n, role: 'officer', createdAt: clock.now() };
    });
    for (const token of tokens) await from.credentials.add(token);
    await from.credentials.revoke('2', clock.now());
    await copyVault(from.copying, to.copying, ledger);
    for (const [at, name] of names.entries()) {
      expect(await to.secrets.secret(name)).toEqual(secrets[at]);
    }
    expect(await to.reservations.holder('c')).toBe('s-c');
    await to.reservations.releaseByKeys([key]);
    expect(await to.reservations.holder('c')).toBeUndefined();
    expect(await to.credentials.list()).toEqual(await from.credentials.list());
    expect((await to.credentials.byHash('h2'))?.revokedAt).toBe(clock.now());
  });

  test('repeated, it changes nothing; a key that was destroyed here does not come back', async () => {
    const { from, to, ledger, clock } = current();
    const { ref } = await provisionOne(from);
    await liveIn(from);
    await copyVault(from.copying, to.copying, ledger);
    await to.vault.destroy([ref.key], event(), clock.now());
    const before = await allRows(to.copying);
    await copyVault(from.copying, to.copying, ledger);
    expect(await allRows(to.copying)).toEqual(before);
    expect(await stateOfKey(to, ref.key)).toMatchObject({ state: 'destroyed' });
  });

  test("another ledger's vault is refused, and a key where another's is", async () => {
    const { from, to, ledger } = current();
    await to.copying.takeKeks(ledger, await from.copying.keks());
    const keks = await from.copying.keks();
    await expect(to.copying.takeKeks(randomId<LedgerId>(), keks)).rejects.toMatchObject({
      code: 'ledger-id-differs',
    });
    const { ref } = await provisionOne(from);
    const { table, rows } = await from.copying.page('keys', '', 9);
    if (table !== 'keys') throw new Error('not the table that was asked for');
    await to.copying.take({ table, rows });
    const other = rows.map((row) => ({ ...row, ref: { ...ref, key: randomId<KeyId>() } }));
    await expect(to.copying.take({ table, rows: other })).rejects.toThrow();
    expect(await stateOfKey(to, ref.key)).toMatchObject({ state: 'live' });
  });
}
