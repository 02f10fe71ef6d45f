import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { randomId, setFaultProbe, type EventId, type LedgerId } from '#kernel';

import type { KekStore } from '../kek.js';
import type { VaultStore } from '../port.js';
import { DEFAULT_ROTATION, type KekRotation } from '../rotation.js';
import { live, provisionOne, stateOfKey, wantedKey } from './fixture.js';
import type { ManualClock } from './manual-clock.js';

/** A vault that wraps its keys. */
export type RotatingVault = VaultStore & { readonly rotation: KekRotation };

/** A claimed vault with one KEK to be tested, empty but for that. */
export interface RotationUnderTest {
  readonly vault: RotatingVault;
  readonly clock: ManualClock;
  readonly keks: KekStore;
  readonly ledger: LedgerId;
  /** The same vault as another process has it open, perhaps with KEKs from elsewhere. */
  readonly other: (keks?: KekStore) => Promise<RotatingVault>;
  /** Ends everything that was opened. */
  close(): Promise<void>;
}

const DAY = 24 * 60 * 60 * 1_000;
const event = () => randomId<EventId>();

/** What the KEK epochs of every vault must do. Each case gets a vault of its own. */
export function rotationContract(name: string, open: () => Promise<RotationUnderTest>): void {
  describe(`${name}: the contract of a rotation`, () => {
    let tested: RotationUnderTest;
    beforeEach(async () => {
      tested = await open();
    });
    afterEach(async () => {
      setFaultProbe(undefined);
      await tested.close();
    });
    rotationCases(() => tested);
  });
}

async function status(vault: RotatingVault) {
  const keks = await vault.rotation.kekStatus();
  return keks.map(({ state, liveRows, overdue }) => ({ state, liveRows, overdue }));
}

function forwarding(keks: KekStore): KekStore {
  return {
    list: () => keks.list(),
    get: (id) => keks.get(id),
    create: (ledger) => keks.create(ledger),
    destroy: (id) => keks.destroy(id),
  };
}

function rotationCases(current: () => RotationUnderTest): void {
  test('a new KEK, every live key rewrapped, the old one destroyed when due', async () => {
    const { vault, keks, clock } = current();
    const wanted = Array.from({ length: 25 }, () => wantedKey());
    const made = (await vault.vault.provision(wanted)).map(live);
    const fenced = await provisionOne(vault);
    await vault.vault.fence(fenced.ref.subject, [fenced.ref], event());
    const gone = await provisionOne(vault);
    await vault.vault.destroy([gone.ref.key], event(), clock.now());
    const secret = await vault.secrets.secret('import');
    const [old] = await keks.list();
    clock.advance(DAY);

    const next = await vault.rotation.beginRotation();
    expect(next).not.toBe(old?.id);
    expect(await status(vault)).toEqual([
      { state: 'retiring', liveRows: 27, overdue: false },
      { state: 'current', liveRows: 0, overdue: false },
    ]);
    expect(await vault.rotation.rewrapBatch(10)).toEqual({ rewrapped: 10, remaining: 17 });
    expect(await vault.rotation.rewrapBatch(10)).toEqual({ rewrapped: 10, remaining: 7 });
    expect(await vault.rotation.rewrapBatch(10)).toEqual({ rewrapped: 7, remaining: 0 });
    expect(await vault.rotation.rewrapBatch(10)).toEqual({ rewrapped: 0, remaining: 0 });

    clock.advance(DEFAULT_ROTATION.backupMillis - 1);
    expect(await vault.rotation.retireDue()).toEqual([]);
    clock.advance(1);
    expect(await vault.rotation.retireDue()).toEqual([
      { id: old?.id, dueAt: clock.now(), retiredAt: clock.now() },
    ]);
    expect((await keks.list()).map((kek) => kek.id)).toEqual([next]);
    expect(await status(vault)).toEqual([
      { state: 'retired', liveRows: 0, overdue: false },
      { state: 'current', liveRows: 27, overdue: true },
    ]);
    for (const key of made) expect(await stateOfKey(vault, key.ref.key)).toEqual(key);
    expect(await stateOfKey(vault, fenced.ref.key)).toMatchObject({ state: 'fenced' });
    expect(await stateOfKey(vault, gone.ref.key)).toMatchObject({ state: 'destroyed' });
    expect(await vault.secrets.secret('import')).toEqual(secret);
  });

  test('a KEK that still has live keys is not destroyed, however late', async () => {
    const { vault, keks, clock } = current();
    await provisionOne(vault);
    await vault.rotation.beginRotation();
    clock.advance(90 * DAY);
    expect(await vault.rotation.retireDue()).toEqual([]);
    expect(await status(vault)).toMatchObject([{ state: 'retiring', overdue: true }, {}]);
    expect(await keks.list()).toHaveLength(2);
    await vault.rotation.rewrapBatch(10);
    expect(await vault.rotation.retireDue()).toHaveLength(1);
  });

  test('who does not know of it yet wraps under the new KEK all the same', async () => {
    const { vault, other: open } = current();
    const other = await open();
    await provisionOne(other);
    await other.secrets.secret('first');
    await vault.rotation.beginRotation();
    const made = await provisionOne(other);
    const secret = await other.secrets.secret('second');
    expect(await status(vault)).toMatchObject([{ liveRows: 2 }, { state: 'current', liveRows: 2 }]);
    expect(await stateOfKey(vault, made.ref.key)).toEqual(made);
    expect(await vault.secrets.secret('second')).toEqual(secret);
  });

  test('a secret too is never made under a KEK that was replaced', async () => {
    const { vault, other: open } = current();
    const other = await open();
    await other.secrets.secret('first');
    await vault.rotation.beginRotation();
    const secret = await other.secrets.secret('second');
    expect(await status(vault)).toMatchObject([{ liveRows: 1 }, { state: 'current', liveRows: 1 }]);
    expect(await vault.secrets.secret('second')).toEqual(secret);
  });

  test('a destruction between reading and rewrapping stands', async () => {
    const { vault, clock, keks, other: open } = current();
    const { ref } = await provisionOne(vault);
    const next = await vault.rotation.beginRotation();
    const [by, at] = [event(), clock.now()];
    // A process that has no KEK in memory yet loads the old one after it has read the rows.
    const other = await open({
      ...forwarding(keks),
      get: async (id) => {
        if (id !== next) await vault.vault.destroy([ref.key], by, at);
        return keks.get(id);
      },
    });
    expect(await other.rotation.rewrapBatch(10)).toEqual({ rewrapped: 0, remaining: 0 });
    expect(await stateOfKey(vault, ref.key)).toMatchObject({ state: 'destroyed', by });
  });

  test('two processes that rotate at once make one epoch, and leave no KEK over', async () => {
    const { vault, keks, other: open } = current();
    const other = await open();
    const [a, b] = await Promise.all([
      vault.rotation.beginRotation(),
      other.rotation.beginRotation(),
    ]);
    expect(a).toBe(b);
    expect(await status(vault)).toMatchObject([{ state: 'retiring' }, { state: 'current' }]);
    expect(await keks.list()).toHaveLength(2);
  });

  test('a KEK that a crash left unnamed is shown and left alone', async () => {
    const { vault, keks, ledger } = current();
    await keks.create(ledger);
    expect(await status(vault)).toMatchObject([{ state: 'current' }, { state: 'unnamed' }]);
  });

  test('a crash between destroying a KEK and noting it is made good by the next time', async () => {
    const { vault, clock } = current();
    await vault.rotation.beginRotation();
    clock.advance(DEFAULT_ROTATION.backupMillis);
    setFaultProbe((point) => {
      if (point === 'rotation.after-kek-destroyed') throw new Error('crash');
    });
    await expect(vault.rotation.retireDue()).rejects.toThrow('crash');
    setFaultProbe(undefined);
    expect(await status(vault)).toMatchObject([{ state: 'retiring' }, { state: 'current' }]);
    expect(await vault.rotation.retireDue()).toHaveLength(1);
  });
}
