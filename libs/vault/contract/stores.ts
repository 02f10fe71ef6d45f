import { expect, test } from '@jest/globals';

import { plusMillis, randomId, type KekId, type KeyId } from '#kernel';

import type { Credential } from '../port.js';
import { provisionOne, type VaultUnderTest } from './fixture.js';

/** Cases of `SecretStore` and `Notes`. */
export function secretCases(current: () => VaultUnderTest): void {
  test('secrets: 32 bytes by name, the same for all who ask, also at once', async () => {
    const { store, other } = current();
    const second = (await other?.()) ?? store;
    const asked = await Promise.all(
      [store, second, store].map((each) => each.secrets.secret('import')),
    );
    expect(asked[0]).toHaveLength(32);
    expect(new Set(asked.map((secret) => secret.toString('hex'))).size).toBe(1);
    expect(await store.secrets.secret('search')).not.toEqual(asked[0]);
    asked[0]?.fill(0);
    expect(await store.secrets.secret('import')).toEqual(asked[1]);
  });

  test('secrets: destroyed for good; the next one is another', async () => {
    const { store } = current();
    const first = await store.secrets.secret('search/1');
    await store.secrets.destroySecret('search/1');
    await store.secrets.destroySecret('search/1');
    expect(await store.secrets.secret('search/1')).not.toEqual(first);
  });

  test('notes: the last word by name', async () => {
    const { store, other } = current();
    expect(await store.notes.note('compared')).toBeUndefined();
    await store.notes.setNote('compared', '1');
    await store.notes.setNote('compared', '2');
    expect(await ((await other?.()) ?? store).notes.note('compared')).toBe('2');
  });

  test('notes: who was overtaken sets nothing back', async () => {
    const { store, other } = current();
    const second = (await other?.()) ?? store;
    const overtaken = { name: 'Overtaken' };
    await store.notes.setNote('compared', 'before there were leases');
    await store.notes.setNote('compared', '7', 7);
    await store.notes.setNote('compared', '7, further', 7);
    await second.notes.setNote('compared', '9', 9);
    await expect(store.notes.setNote('compared', 'late', 8)).rejects.toMatchObject(overtaken);
    await expect(store.notes.setNote('compared', '9', 7)).rejects.toMatchObject(overtaken);
    expect(await store.notes.note('compared')).toBe('9');
    await store.notes.setNote('another', 'of its own', 1);
    // Without a lease it is written in any case; who was overtaken stays so.
    await store.notes.setNote('compared', 'by hand');
    await expect(store.notes.setNote('compared', 'late', 8)).rejects.toMatchObject(overtaken);
    expect(await second.notes.note('compared')).toBe('by hand');
    await second.notes.setNote('compared', '$value', 9);
    expect(await store.notes.note('compared')).toBe('$value');
  });

  test('notes: of writers that race the latest epoch has the last word', async () => {
    const { store, other } = current();
    const second = (await other?.()) ?? store;
    const epochs = [3, 9, 1, 7, 10, 2, 8, 4, 6, 5];
    await Promise.allSettled(
      epochs.map((epoch, at) =>
        (at % 2 === 0 ? store : second).notes.setNote('raced', `of ${epoch}`, epoch),
      ),
    );
    expect(await store.notes.note('raced')).toBe('of 10');
  });

  test('the ledger: claimed once, again for the same, never for another', async () => {
    const { store, ledger } = current();
    const kek = randomId<KekId>();
    await store.claim(ledger, kek);
    expect(await store.ledgerId()).toBe(ledger);
    await expect(store.claim(randomId(), kek)).rejects.toMatchObject({
      name: 'IntegrityError',
      code: 'ledger-id-differs',
    });
    await provisionOne(store);
  });
}

/** Cases of `Reservations`. */
export function reservationCases(current: () => VaultUnderTest): void {
  const key = () => randomId<KeyId>();

  test('reservations: the first holds the value, also when many race', async () => {
    const { store, other } = current();
    const second = (await other?.()) ?? store;
    const holders = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        (at % 2 === 0 ? store : second).reservations.reserve('h1', `customer-${at}`, key()),
      ),
    );
    expect(new Set(holders).size).toBe(1);
    expect(await store.reservations.holder('h1')).toBe(holders[0]);
    expect(await store.reservations.holder('h2')).toBeUndefined();
  });

  test('reservations: only their holder frees them', async () => {
    const { store } = current();
    await store.reservations.reserve('h', 'customer-1', key());
    await store.reservations.release('h', 'customer-2');
    expect(await store.reservations.reserve('h', 'customer-2', key())).toBe('customer-1');
    await store.reservations.release('h', 'customer-1');
    expect(await store.reservations.reserve('h', 'customer-2', key())).toBe('customer-2');
  });

  test('reservations: freed with the keys that they lie under', async () => {
    const { store } = current();
    const [gone, kept] = [key(), key()];
    await store.reservations.reserve('h1', 'customer-1', gone);
    await store.reservations.reserve('h2', 'customer-1', gone);
    await store.reservations.reserve('h3', 'customer-1', kept);
    await store.reservations.releaseByKeys([gone, key()]);
    const holders = ['h1', 'h2', 'h3'].map((hash) => store.reservations.holder(hash));
    expect(await Promise.all(holders)).toEqual([undefined, undefined, 'customer-1']);
  });
}

/** Cases of `Leases`. */
export function leaseCases(current: () => VaultUnderTest): void {
  test('leases: one holder at a time, until the time is over', async () => {
    const { store, clock, other } = current();
    const second = (await other?.()) ?? store;
    const held = await store.leases.acquire('timers', 'a', 1_000);
    expect(held).toEqual({
      name: 'timers',
      epoch: 1,
      holder: 'a',
      expiresAt: plusMillis(clock.now(), 1_000),
    });
    expect(await second.leases.acquire('timers', 'b', 1_000)).toBeUndefined();
    expect(await second.leases.acquire('views', 'b', 1_000)).toMatchObject({ holder: 'b' });
    clock.advance(1_000);
    expect(await second.leases.acquire('timers', 'b', 1_000)).toMatchObject({
      holder: 'b',
      epoch: 2,
    });
    expect(await store.leases.acquire('timers', 'a', 1_000)).toBeUndefined();
  });

  test('leases: a renewal keeps the epoch and moves the end', async () => {
    const { store, clock } = current();
    await store.leases.acquire('timers', 'a', 1_000);
    clock.advance(600);
    expect(await store.leases.acquire('timers', 'a', 1_000)).toMatchObject({ epoch: 1 });
    clock.advance(600);
    expect(await store.leases.acquire('timers', 'b', 1_000)).toBeUndefined();
  });

  test('leases: given up at once, by their holder only; the epoch rises with the next', async () => {
    const { store } = current();
    await store.leases.acquire('timers', 'a', 60_000);
    await store.leases.release('timers', 'b');
    expect(await store.leases.acquire('timers', 'b', 1_000)).toBeUndefined();
    await store.leases.release('timers', 'a');
    expect(await store.leases.acquire('timers', 'b', 1_000)).toMatchObject({ epoch: 2 });
    await store.leases.release('timers', 'b');
    expect(await store.leases.acquire('timers', 'a', 1_000)).toMatchObject({ epoch: 3 });
  });

  test('leases: racing takers get one holder and one epoch', async () => {
    const { store, other } = current();
    const second = (await other?.()) ?? store;
    const taken = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        (at % 2 === 0 ? store : second).leases.acquire('timers', `p${at}`, 1_000),
      ),
    );
    expect(taken.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  test('leases: those that are held are listed', async () => {
    const { store, clock } = current();
    const timers = await store.leases.acquire('timers', 'a', 1_000);
    const gate = await store.leases.acquire('gate', 'a', 5_000);
    expect(await store.leases.list()).toEqual([gate, timers]);
    clock.advance(1_000);
    expect(await store.leases.list()).toEqual([gate]);
  });
}

/** Cases of `Presence`. */
export function presenceCases(current: () => VaultUnderTest): void {
  test('presence: others live until their cache limit after the last beat', async () => {
    const { store, clock } = current();
    await store.presence.beat('a', 'server', 1_000);
    await store.presence.beat('b', 'import', 3_000);
    const until = plusMillis(clock.now(), 3_000);
    expect(await store.presence.others('a')).toEqual([{ process: 'b', what: 'import', until }]);
    clock.advance(500);
    await store.presence.beat('a', 'server', 1_000);
    clock.advance(900);
    expect((await store.presence.others('b')).map((living) => living.process)).toEqual(['a']);
    clock.advance(100);
    expect(await store.presence.others('b')).toEqual([]);
  });

  test('presence: who leaves is gone at once', async () => {
    const { store, other } = current();
    const second = (await other?.()) ?? store;
    await second.presence.beat('b', 'import', 60_000);
    expect(await store.presence.others('a')).toHaveLength(1);
    await second.presence.leave('b');
    expect(await store.presence.others('a')).toEqual([]);
  });
}

/** Cases of `Credentials`. */
export function credentialCases(current: () => VaultUnderTest): void {
  const credential = (id: string): Credential => ({
    id,
    hash: `hash-of-${id}`,
    label: 'for tests',
    role: 'officer',
    createdAt: current().clock.now(),
  });

  test('credentials: found by hash, listed, and never twice', async () => {
    const { store, clock } = current();
    const [one, two] = [credential('t1'), credential('t2')];
    await store.credentials.add(one);
    clock.advance(1);
    await store.credentials.add({ ...two, createdAt: clock.now() });
    expect(await store.credentials.byHash(one.hash)).toEqual(one);
    expect(await store.credentials.byHash('none')).toBeUndefined();
    expect((await store.credentials.list()).map((each) => each.id)).toEqual(['t1', 't2']);
    const again = [one, { ...one, id: 't3' }, { ...one, hash: 'h' }];
    for (const each of again) {
      await expect(store.credentials.add(each)).rejects.toMatchObject({
        code: 'credential-exists',
      });
    }
  });

  test('credentials: revoked once, and still known', async () => {
    const { store, clock } = current();
    const one = credential('t1');
    await store.credentials.add(one);
    const revokedAt = clock.now();
    expect(await store.credentials.revoke('t1', revokedAt)).toBe(true);
    clock.advance(1);
    expect(await store.credentials.revoke('t1', clock.now())).toBe(false);
    expect(await store.credentials.revoke('t9', clock.now())).toBe(false);
    expect(await store.credentials.byHash(one.hash)).toEqual({ ...one, revokedAt });
  });
}
