import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';

import { Outage, randomId, type EventId, type KeyId } from '#kernel';

import { live, ManualClock, provisionOne, wantedKey } from './contract/index.js';
import { KeyCache, type KeyCacheOptions } from './key-cache.js';
import { memoryVault } from './memory/index.js';
import type { KeyState, LiveKey, Vault, VaultStore } from './port.js';

const TTL = 1_000;

let store: VaultStore;
let asked: KeyId[][];
let handed: LiveKey[];
let time: number;
let cache: KeyCache;
/** Holds back answers of the vault: they were read before, and arrive when this is called. */
let release: (() => void) | undefined;
let holding = false;

const clock = new ManualClock();
const event = () => randomId<EventId>();

/** The vault, which notes what it is asked and what it hands out. */
const watched: Pick<Vault, 'provision' | 'unwrap'> = {
  unwrap: async (keys) => {
    asked.push([...keys]);
    const states = await store.vault.unwrap(keys);
    for (const state of states.values()) if (state.state === 'live') handed.push(state);
    if (holding) await new Promise<void>((resolve) => (release = resolve));
    return states;
  },
  provision: async (wanted) => {
    const made = await store.vault.provision(wanted);
    for (const state of made) if (state.state === 'live') handed.push(state);
    if (holding) await new Promise<void>((resolve) => (release = resolve));
    return made;
  },
};

function cacheOf(options: Partial<KeyCacheOptions> = {}): KeyCache {
  return new KeyCache(watched, {
    ttlMillis: TTL,
    maxKeys: 100,
    monotonic: () => time,
    ...options,
  });
}

const stateOf = (key: KeyId, from = cache): Promise<KeyState['state'] | undefined> =>
  from.use([key], (keys) => keys.get(key)?.state);
const ticks = async () => {
  for (let n = 0; n < 20; n++) await Promise.resolve();
};
const isZero = (key: LiveKey | undefined) => key?.dek.every((byte) => byte === 0);

beforeEach(() => {
  store = memoryVault(clock, randomId());
  [asked, handed, time, holding, release] = [[], [], 0, false, undefined];
  cache = cacheOf();
});
afterEach(() => {
  cache.clear();
  jest.useRealTimers();
});

describe('what is kept', () => {
  test('a live key is asked for once, and lent with its bytes', async () => {
    const made = await provisionOne(store);
    for (let n = 0; n < 3; n++) {
      const dek = await cache.use([made.ref.key], (keys) =>
        Buffer.from(live(keys.get(made.ref.key)).dek),
      );
      expect(dek).toEqual(made.dek);
    }
    expect(asked).toEqual([[made.ref.key]]);
  });

  test('a key that was made is kept too', async () => {
    const wanted = wantedKey();
    const key = await cache.useOrMake([], [wanted], (_, [made]) => live(made).ref.key);
    expect(await stateOf(key)).toBe('live');
    expect(asked).toEqual([]);
  });

  test('only what is not kept is asked for', async () => {
    const [one, two] = [await provisionOne(store), await provisionOne(store)];
    await stateOf(one.ref.key);
    const keys = [one.ref.key, two.ref.key, one.ref.key];
    expect(await cache.use(keys, (states) => states.size)).toBe(2);
    expect(asked).toEqual([[one.ref.key], [two.ref.key]]);
  });

  test('a missing key is asked for each time: it may yet come', async () => {
    const key = randomId<KeyId>();
    expect(await stateOf(key)).toBe('missing');
    expect(await stateOf(key)).toBe('missing');
    expect(asked).toHaveLength(2);
  });

  test('a fenced key is asked for each time', async () => {
    const { ref } = await provisionOne(store);
    await store.vault.fence(ref.subject, [ref], event());
    expect(await stateOf(ref.key)).toBe('fenced');
    expect(await stateOf(ref.key)).toBe('fenced');
    expect(asked).toHaveLength(2);
  });

  test('a destroyed key is known for good', async () => {
    const { ref } = await provisionOne(store);
    await store.vault.destroy([ref.key], event(), clock.now());
    expect(await stateOf(ref.key)).toBe('destroyed');
    time += 100 * TTL;
    expect(await stateOf(ref.key)).toBe('destroyed');
    expect(asked).toHaveLength(1);
  });

  test('an outage is thrown, and is not remembered', async () => {
    const { ref } = await provisionOne(store);
    const failing = jest
      .spyOn(store.vault, 'unwrap')
      .mockRejectedValueOnce(new Outage('vault', 'x'));
    await expect(stateOf(ref.key)).rejects.toMatchObject({ name: 'Outage' });
    failing.mockRestore();
    expect(await stateOf(ref.key)).toBe('live');
  });

  test('no more than 60 seconds, whatever is asked for', () => {
    expect(() => cacheOf({ ttlMillis: 60_001 })).toThrow(RangeError);
    expect(() => cacheOf({ ttlMillis: NaN })).toThrow(RangeError);
    cacheOf({ ttlMillis: 60_000 });
  });
});

describe('how long', () => {
  test('until the time is over, counted from before the vault was asked', async () => {
    const { ref } = await provisionOne(store);
    holding = true;
    const first = stateOf(ref.key);
    await ticks();
    time += TTL - 1;
    holding = false;
    release?.();
    expect(await first).toBe('live');
    expect(await stateOf(ref.key)).toBe('live');
    expect(asked).toHaveLength(1);
    time += 1;
    await stateOf(ref.key);
    expect(asked).toHaveLength(2);
    expect(isZero(handed[0])).toBe(true);
  });

  test('an answer that is too old when it comes is not used: the vault is asked again', async () => {
    const { ref } = await provisionOne(store);
    holding = true;
    const state = stateOf(ref.key);
    await ticks();
    await store.vault.fence(ref.subject, [ref], event());
    time += TTL;
    holding = false;
    release?.();
    expect(await state).toBe('fenced');
    expect(isZero(handed[0])).toBe(true);
  });

  test('a vault slower than keys may be kept is an outage', async () => {
    const { ref } = await provisionOne(store);
    const slow = new KeyCache(watched, {
      ttlMillis: TTL,
      maxKeys: 9,
      monotonic: () => (time += TTL),
    });
    await expect(stateOf(ref.key, slow)).rejects.toMatchObject({ name: 'Outage', part: 'vault' });
    expect(handed.length).toBeGreaterThan(1);
    expect(handed.every(isZero)).toBe(true);
  });

  test('keys leave, zeroed, on time also when nobody asks', async () => {
    jest.useFakeTimers();
    const timed = cacheOf({ monotonic: () => jest.now() });
    const { ref } = await provisionOne(store);
    await stateOf(ref.key, timed);
    await jest.advanceTimersByTimeAsync(TTL - 1);
    expect(timed.size).toBe(1);
    expect(isZero(handed[0])).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(timed.size).toBe(0);
    expect(isZero(handed[0])).toBe(true);
  });
});

describe('how many', () => {
  test('the longest unused leaves first, zeroed', async () => {
    const small = cacheOf({ maxKeys: 2 });
    const keys = [];
    for (let n = 0; n < 3; n++) keys.push((await provisionOne(store)).ref.key);
    const [one, two, three] = keys as [KeyId, KeyId, KeyId];
    await stateOf(one, small);
    await stateOf(two, small);
    await stateOf(one, small);
    await stateOf(three, small);
    expect(small.size).toBe(2);
    expect(handed.map(isZero)).toEqual([false, true, false]);
    await stateOf(one, small);
    expect(asked).toHaveLength(3);
  });

  test('a call for more than are kept gets them all, with their bytes', async () => {
    const none = cacheOf({ maxKeys: 0 });
    const made = await Promise.all(Array.from({ length: 20 }, () => provisionOne(store)));
    const keys = made.map((key) => key.ref.key);
    const deks = await none.use(keys, (states) =>
      keys.map((key) => Buffer.from(live(states.get(key)).dek)),
    );
    expect(deks).toEqual(made.map((key) => key.dek));
    expect(none.size).toBe(0);
    expect(handed.every(isZero)).toBe(true);
  });

  test('calls that crowd each other out never see a zeroed key', async () => {
    const tiny = cacheOf({ maxKeys: 1 });
    const made = await Promise.all(Array.from({ length: 8 }, () => provisionOne(store)));
    const bytes = new Map(made.map((key) => [key.ref.key, key.dek.toString('hex')]));
    const calls = Array.from({ length: 200 }, (_, n) => {
      const keys = [made[n % 8], made[(n * 5 + 3) % 8]].flatMap((key) =>
        key ? [key.ref.key] : [],
      );
      return tiny.use(keys, (states) =>
        keys.every((key) => live(states.get(key)).dek.toString('hex') === bytes.get(key)),
      );
    });
    expect(new Set(await Promise.all(calls))).toEqual(new Set([true]));
  });
});

describe('a key that ends', () => {
  test('leaves at once when it is invalidated, zeroed', async () => {
    const { ref } = await provisionOne(store);
    await stateOf(ref.key);
    await store.vault.fence(ref.subject, [ref], event());
    expect(await stateOf(ref.key)).toBe('live');
    cache.invalidate([ref.key]);
    expect(isZero(handed[0])).toBe(true);
    expect(await stateOf(ref.key)).toBe('fenced');
  });

  test('is not put back by a question that was asked before', async () => {
    const { ref } = await provisionOne(store);
    holding = true;
    const before = stateOf(ref.key);
    await ticks();
    await store.vault.fence(ref.subject, [ref], event());
    cache.invalidate([ref.key]);
    holding = false;
    release?.();
    expect(await before).toBe('live');
    expect(isZero(handed[0])).toBe(true);
    expect(await stateOf(ref.key)).toBe('fenced');
  });

  test('nor by provisioning that was asked before', async () => {
    const wanted = wantedKey();
    holding = true;
    const before = cache.useOrMake([], [wanted], (_, [made]) => live(made).ref);
    await ticks();
    const [status] = await store.vault.status(wanted.subject);
    if (status === undefined) throw new Error('nothing was provisioned');
    await store.vault.destroy([status.ref.key], event(), clock.now());
    cache.invalidate([status.ref.key]);
    holding = false;
    release?.();
    expect((await before).key).toBe(status.ref.key);
    expect(await stateOf(status.ref.key)).toBe('destroyed');
  });

  test.each(['fence', 'destroy'] as const)(
    'nor where another answer has told of the %s meanwhile',
    async (how) => {
      const { ref } = await provisionOne(store);
      holding = true;
      const before = stateOf(ref.key);
      await ticks();
      const releaseFirst = release;
      holding = false;
      if (how === 'fence') await store.vault.fence(ref.subject, [ref], event());
      else await store.vault.destroy([ref.key], event(), clock.now());
      const after = how === 'fence' ? 'fenced' : 'destroyed';
      expect(await stateOf(ref.key)).toBe(after);
      releaseFirst?.();
      expect(await before).toBe('live');
      expect(cache.size).toBe(0);
      expect(isZero(handed[0])).toBe(true);
      expect(await stateOf(ref.key)).toBe(after);
    },
  );

  test('is zeroed when its destruction is learned of', async () => {
    const { ref } = await provisionOne(store);
    await stateOf(ref.key);
    await store.vault.destroy([ref.key], event(), clock.now());
    time += TTL;
    expect(isZero(handed[0])).toBe(false);
    expect(await stateOf(ref.key)).toBe('destroyed');
    expect(isZero(handed[0])).toBe(true);
  });

  test('clearing zeroes everything, and what is under way is not kept', async () => {
    const [one, two] = [await provisionOne(store), await provisionOne(store)];
    await stateOf(one.ref.key);
    holding = true;
    const before = stateOf(two.ref.key);
    await ticks();
    cache.clear();
    release?.();
    expect(await before).toBe('live');
    expect(cache.size).toBe(0);
    expect(handed.every(isZero)).toBe(true);
  });

  test('a body that throws leaves nothing behind that it should not', async () => {
    const { ref } = await provisionOne(store);
    const failing = cache.use([ref.key], () => {
      throw new Error('body');
    });
    await expect(failing).rejects.toThrow('body');
    expect(await stateOf(ref.key)).toBe('live');
    expect(asked).toHaveLength(1);
  });
});
