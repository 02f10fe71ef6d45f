import { expect, test } from '@jest/globals';

import { CATEGORIES, randomId, type EventId, type KeyId } from '#kernel';

import { keyFingerprint } from '../fingerprints.js';
import type { DestroyedKey } from '../port.js';
import {
  live,
  provisionOne,
  scope,
  stateOfKey,
  wantedKey,
  type VaultUnderTest,
} from './fixture.js';

const event = () => randomId<EventId>();

/** Cases of `Vault`: making, finding and fencing keys. */
export function keyCases(current: () => VaultUnderTest): void {
  test('provision: makes a key of 32 random bytes, with its fingerprint', async () => {
    const { store } = current();
    const wanted = wantedKey();
    const [one, two] = [await provisionOne(store, wanted), await provisionOne(store)];
    expect(one.ref).toEqual({ ...wanted, key: one.ref.key });
    expect(one.dek).toHaveLength(32);
    expect(one.dek).not.toEqual(two.dek);
    expect(one.ref.key).not.toBe(two.ref.key);
    expect(one.fingerprint).toBe(keyFingerprint(one.dek));
  });

  test('provision: the second asker gets the first key', async () => {
    const { store } = current();
    const wanted = wantedKey();
    const first = await provisionOne(store, wanted);
    expect(await provisionOne(store, wanted)).toEqual(first);
    const [a, b] = await store.vault.provision([wanted, wanted]);
    expect([a, b]).toEqual([first, first]);
  });

  test('provision: answers in the order asked, each coordinate with a key of its own', async () => {
    const { store } = current();
    const { subject } = wantedKey();
    const wanted = CATEGORIES.flatMap((category) =>
      ['g1', 'g2'].map((name) => ({ subject, category, scope: scope(name) })),
    );
    const made = (await store.vault.provision(wanted)).map(live);
    expect(made.map((key) => key.ref)).toEqual(
      wanted.map((one, at) => ({ ...one, key: made[at]?.ref.key })),
    );
    expect(new Set(made.map((key) => key.ref.key)).size).toBe(wanted.length);
    expect(await store.vault.provision([])).toEqual([]);
  });

  test('provision: askers that race, also from two processes, get one key', async () => {
    const { store, other } = current();
    const second = (await other?.()) ?? store;
    const wanted = Array.from({ length: 20 }, () => wantedKey());
    const answers = await Promise.all(
      [store, second, store, second].map((each) => each.vault.provision(wanted)),
    );
    for (const [at] of wanted.entries()) {
      const keys = answers.map((answer) => live(answer[at]));
      expect(new Set(keys.map((key) => key.ref.key)).size).toBe(1);
      expect(new Set(keys.map((key) => key.dek.toString('hex'))).size).toBe(1);
    }
  });

  test('unwrap: gives keys that were made, and says of others that they are missing', async () => {
    const { store } = current();
    const made = await Promise.all(Array.from({ length: 70 }, () => provisionOne(store)));
    const unknown = randomId<KeyId>();
    const asked = [...made.map((key) => key.ref.key), unknown];
    const states = await store.vault.unwrap(asked);
    expect([...states.keys()].sort()).toEqual([...asked].sort());
    for (const key of made) expect(states.get(key.ref.key)).toEqual(key);
    expect(states.get(unknown)).toEqual({ state: 'missing' });
    expect((await store.vault.unwrap([])).size).toBe(0);
  });

  test('unwrap: Buffers are the callers to zero; the next asker has the key still', async () => {
    const { store } = current();
    const made = await provisionOne(store);
    const bytes = Buffer.from(made.dek);
    made.dek.fill(0);
    const again = live(await stateOfKey(store, made.ref.key));
    expect(again.dek).toEqual(bytes);
    again.dek.fill(0);
    expect(live(await stateOfKey(store, made.ref.key)).dek).toEqual(bytes);
  });

  test('keys survive closing and opening', async () => {
    const { store, reopen } = current();
    const made = await provisionOne(store);
    const after = (await reopen?.()) ?? store;
    expect(await stateOfKey(after, made.ref.key)).toEqual(made);
    expect(await after.ledgerId()).toBe(current().ledger);
  });

  test('fence: refuses key and provisioning of its scopes, in every process, and no other', async () => {
    const { store, other } = current();
    const second = (await other?.()) ?? store;
    const wanted = wantedKey();
    const kept = await provisionOne(store, { ...wanted, scope: scope('g2') });
    const made = await provisionOne(store, wanted);
    const by = event();
    await store.vault.fence(wanted.subject, [wanted], by);
    const fenced = { state: 'fenced', ref: made.ref, by };
    expect(await stateOfKey(second, made.ref.key)).toEqual(fenced);
    expect(await second.vault.provision([wanted])).toEqual([fenced]);
    expect(await stateOfKey(second, kept.ref.key)).toEqual(kept);
    await provisionOne(second, { ...wanted, subject: randomId() });
  });

  test('fence: a scope without a key is fenced too', async () => {
    const { store } = current();
    const wanted = wantedKey();
    const by = event();
    await store.vault.fence(wanted.subject, [wanted], by);
    const [refused] = await store.vault.provision([wanted]);
    expect(refused).toEqual({ state: 'fenced', ref: undefined, by });
    expect(await store.vault.status(wanted.subject)).toEqual([]);
  });

  test('fence: repeated, by whatever event, changes nothing', async () => {
    const { store } = current();
    const wanted = wantedKey();
    const empty = { ...wanted, scope: scope('g2') };
    const made = await provisionOne(store, wanted);
    const by = event();
    await store.vault.fence(wanted.subject, [wanted, empty], by);
    await store.vault.fence(wanted.subject, [wanted, empty], event());
    expect(await stateOfKey(store, made.ref.key)).toMatchObject({ state: 'fenced', by });
    expect(await store.vault.provision([empty])).toMatchObject([{ state: 'fenced', by }]);
  });

  test('status: lists all keys of a subject and of no other, without the keys', async () => {
    const { store, clock } = current();
    const wanted = wantedKey();
    const createdAt = clock.now();
    const alive = await provisionOne(store, wanted);
    const fenced = await provisionOne(store, { ...wanted, scope: scope('g2') });
    const gone = await provisionOne(store, { ...wanted, category: 'identity' });
    await provisionOne(store);
    const [by, end] = [event(), event()];
    await store.vault.fence(wanted.subject, [fenced.ref], by);
    clock.advance(5_000);
    await store.vault.destroy([gone.ref.key], end, clock.now());
    expect(await store.vault.status(wanted.subject)).toEqual([
      { ref: alive.ref, state: 'live', fingerprint: alive.fingerprint, createdAt },
      { ref: fenced.ref, state: 'fenced', fingerprint: fenced.fingerprint, createdAt, by },
      {
        ref: gone.ref,
        state: 'destroyed',
        fingerprint: gone.fingerprint,
        createdAt,
        destroyedAt: clock.now(),
        by: end,
      },
    ]);
  });
}

/** Cases of `Vault`: destroying keys. */
export function destructionCases(current: () => VaultUnderTest): void {
  test('destroy: the key is gone in every process, and its row stays as the fence', async () => {
    const { store, clock, other } = current();
    const second = (await other?.()) ?? store;
    const wanted = wantedKey();
    const made = await provisionOne(store, wanted);
    const by = event();
    const [destroyed] = await store.vault.destroy([made.ref.key], by, clock.now());
    expect(destroyed).toEqual({
      ref: made.ref,
      fingerprint: made.fingerprint,
      at: clock.now(),
      by,
    });
    const state = { state: 'destroyed', ...destroyed };
    expect(await stateOfKey(second, made.ref.key)).toEqual(state);
    expect(await second.vault.provision([wanted])).toEqual([state]);
    live((await second.vault.provision([{ ...wanted, scope: scope('g2') }]))[0]);
  });

  test('destroy: repeated, also by another event, gives the first destruction', async () => {
    const { store, clock } = current();
    const made = await provisionOne(store);
    const first = await store.vault.destroy([made.ref.key], event(), clock.now());
    clock.advance(60_000);
    expect(await store.vault.destroy([made.ref.key], event(), clock.now())).toEqual(first);
    expect((await store.vault.tombstones('', 10)).keys).toEqual(first);
  });

  test('destroy: keys without a row are left out', async () => {
    const { store, clock } = current();
    const made = await provisionOne(store);
    const keys = [randomId<KeyId>(), made.ref.key];
    const destroyed = await store.vault.destroy(keys, event(), clock.now());
    expect(destroyed.map((key) => key.ref.key)).toEqual([made.ref.key]);
    expect(await store.vault.destroy([], event(), clock.now())).toEqual([]);
  });

  test('destroy: a fenced key too; a later fence does not change what it says', async () => {
    const { store, clock } = current();
    const made = await provisionOne(store);
    const by = event();
    await store.vault.fence(made.ref.subject, [made.ref], by);
    const [destroyed] = await store.vault.destroy([made.ref.key], by, clock.now());
    await store.vault.fence(made.ref.subject, [made.ref], event());
    expect(await stateOfKey(store, made.ref.key)).toEqual({ state: 'destroyed', ...destroyed });
  });

  test('tombstones: in the order of destruction, page by page, also later ones', async () => {
    const { store, clock } = current();
    const made = await Promise.all(Array.from({ length: 7 }, () => provisionOne(store)));
    const keys = made.map((key) => key.ref.key).reverse();
    for (const key of keys.slice(0, 5)) await store.vault.destroy([key], event(), clock.now());
    const seen: DestroyedKey[] = [];
    let cursor = '';
    const readOn = async () => {
      for (;;) {
        const page = await store.vault.tombstones(cursor, 2);
        if (page.keys.length === 0) {
          expect(page.next).toBe(cursor);
          return;
        }
        expect(page.keys.length).toBeLessThanOrEqual(2);
        seen.push(...page.keys);
        cursor = page.next;
      }
    };
    await readOn();
    expect(seen.map((key) => key.ref.key)).toEqual(keys.slice(0, 5));
    await store.vault.destroy(keys.slice(5), event(), clock.now());
    await readOn();
    expect(seen.map((key) => key.ref.key)).toEqual(keys);
  });

  test('states: what each row says, without the keys; those that have none are left out', async () => {
    const { store, clock } = current();
    const made = await Promise.all(Array.from({ length: 300 }, () => provisionOne(store)));
    const [first, second, ...others] = made.map((key) => key.ref);
    if (first === undefined || second === undefined) throw new Error('no keys');
    await store.vault.fence(first.subject, [first], event());
    await store.vault.destroy([second.key], event(), clock.now());
    const asked = [first, second, ...others].map(({ key }) => key);
    const states = await store.vault.states([...asked, randomId(), 'no id' as KeyId]);
    expect(states).toEqual(
      new Map<KeyId, string>([
        [first.key, 'fenced'],
        [second.key, 'destroyed'],
        ...others.map(({ key }) => [key, 'live'] as const),
      ]),
    );
    expect((await store.vault.states([])).size).toBe(0);
  });

  test('destructions survive closing and opening', async () => {
    const { store, clock, reopen } = current();
    const made = await provisionOne(store);
    const destroyed = await store.vault.destroy([made.ref.key], event(), clock.now());
    const fenced = wantedKey();
    await store.vault.fence(fenced.subject, [fenced], event());
    const after = (await reopen?.()) ?? store;
    expect((await after.vault.tombstones('', 10)).keys).toEqual(destroyed);
    expect(await after.vault.provision([fenced])).toMatchObject([{ state: 'fenced' }]);
  });
}
