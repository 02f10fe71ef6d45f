import { Outage, type KeyId } from '#kernel';

import type { KeyState, KeyWanted, LiveKey, Provisioned, Vault } from './port.js';

/** Longest time that a process may keep a key: what an erasure waits for (promise 2). */
export const MAX_TTL_MILLIS = 60_000;

export interface KeyCacheOptions {
  /** How long a key may be kept, counted from before the vault was asked; 60,000 at most. */
  readonly ttlMillis: number;
  /** How many live keys are kept; as many tombstones. */
  readonly maxKeys: number;
  /** Milliseconds of a clock that is never set back. */
  readonly monotonic?: () => number;
}

/** What keys are known as, for one synchronous call. */
export type Keys = ReadonlyMap<KeyId, KeyState>;

interface Entry {
  readonly state: LiveKey;
  readonly until: number;
  /** Whether it was used since it was last looked at for eviction. */
  used: boolean;
}

/** A question to the vault that is not finished; what is learned meanwhile spoils its answer. */
interface Flight {
  readonly spoiled: Set<KeyId>;
  allSpoiled: boolean;
}

/** What one call has from the vault, and until when that may be used. */
interface Fetched<T> {
  readonly value: T;
  readonly until: number;
}

const MAX_PASSES = 8;
/** One key in so many is dropped beyond what eviction needs. */
const SPARE = 8;

/**
 * The keys of one process: the only place where they are kept, bounded in number and time.
 *
 * Keys are lent for one synchronous call, so none is zeroed while it is used and none is used after
 * it left. A key that was seen fenced or destroyed, or was invalidated, does not come back through a
 * question that was asked before.
 */
export class KeyCache {
  readonly #live = new Map<KeyId, Entry>();
  readonly #destroyed = new Map<KeyId, KeyState>();
  readonly #flights = new Set<Flight>();
  readonly #monotonic: () => number;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly vault: Pick<Vault, 'provision' | 'unwrap'>,
    private readonly options: KeyCacheOptions,
  ) {
    if (!(options.ttlMillis >= 0 && options.ttlMillis <= MAX_TTL_MILLIS && options.maxKeys >= 0)) {
      throw new RangeError(`a key cache keeps keys for ${String(MAX_TTL_MILLIS)} ms at most`);
    }
    this.#monotonic = options.monotonic ?? (() => performance.now());
  }

  /** How many live keys are held. */
  get size(): number {
    return this.#live.size;
  }

  /**
   * Calls `body` with what is known of each key. The Buffers are lent for that one synchronous call.
   * @throws Outage, IntegrityError as the vault does
   */
  async use<T>(keys: readonly KeyId[], body: (keys: Keys) => T): Promise<T> {
    return this.useOrMake(keys, [], body);
  }

  /** As {@link use}, with the keys of more coordinates provisioned (in the order asked). */
  async useOrMake<T>(
    keys: readonly KeyId[],
    wanted: readonly KeyWanted[],
    body: (keys: Keys, made: readonly Provisioned[]) => T,
  ): Promise<T> {
    const flight: Flight = { spoiled: new Set(), allSpoiled: false };
    const own = new Map<KeyId, Fetched<KeyState>>();
    let made: Fetched<readonly Provisioned[]> = { value: [], until: Infinity };
    this.#flights.add(flight);
    try {
      for (let pass = 0; ; pass++) {
        const now = this.#monotonic();
        const missing = keys.filter((key) => !isFresh(own.get(key), now) && !this.#has(key, now));
        const makes = wanted.length > 0 && (pass === 0 || made.until <= now);
        if (missing.length === 0 && !makes) break;
        if (pass === MAX_PASSES) throw new Outage('vault', 'answers slower than keys may be kept');
        await this.#fetch(missing, own);
        if (makes) made = await this.#make(wanted, made.value);
      }
      return body(this.#states(keys, own), made.value);
    } finally {
      this.#flights.delete(flight);
      this.#settle(flight, own, made);
    }
  }

  /** Forgets keys: on a fence, before their destruction. Questions under way do not bring them back. */
  invalidate(keys: Iterable<KeyId>): void {
    for (const key of keys) this.#forget(key);
  }

  /** Zeroes what has outlived its time. Runs by itself; also to be called by tests. */
  sweep(): void {
    const now = this.#monotonic();
    for (const [key, entry] of this.#live) if (entry.until <= now) this.#drop(key, entry);
    this.#schedule();
  }

  /** Zeroes everything, at the end of a process. */
  clear(): void {
    for (const flight of this.#flights) flight.allSpoiled = true;
    for (const [key, entry] of this.#live) this.#drop(key, entry);
    this.#schedule();
  }

  async #fetch(missing: readonly KeyId[], own: Map<KeyId, Fetched<KeyState>>): Promise<void> {
    if (missing.length === 0) return;
    const until = this.#monotonic() + this.options.ttlMillis;
    const answers = await this.vault.unwrap([...new Set(missing)]);
    for (const [key, value] of answers) {
      zero(own.get(key)?.value);
      own.set(key, { value, until });
    }
  }

  async #make(
    wanted: readonly KeyWanted[],
    before: readonly Provisioned[],
  ): Promise<Fetched<readonly Provisioned[]>> {
    const until = this.#monotonic() + this.options.ttlMillis;
    const value = await this.vault.provision(wanted);
    for (const key of before) zero(key);
    return { value, until };
  }

  #has(key: KeyId, now: number): boolean {
    return this.#destroyed.has(key) || isFresh(this.#live.get(key), now);
  }

  #states(keys: readonly KeyId[], own: ReadonlyMap<KeyId, Fetched<KeyState>>): Keys {
    const states = new Map<KeyId, KeyState>();
    for (const key of keys) {
      const entry = this.#live.get(key);
      if (entry !== undefined) entry.used = true;
      const state = own.get(key)?.value ?? this.#destroyed.get(key) ?? entry?.state;
      states.set(key, state ?? { state: 'missing' });
    }
    return states;
  }

  /** Takes what a call has learned into the cache, and zeroes what does not go there. */
  #settle(
    flight: Flight,
    own: ReadonlyMap<KeyId, Fetched<KeyState>>,
    made: Fetched<readonly Provisioned[]>,
  ): void {
    for (const [key, { value, until }] of own) this.#learn(flight, key, value, until);
    for (const value of made.value) {
      if (value.ref !== undefined) this.#learn(flight, value.ref.key, value, made.until);
    }
    this.#evict();
    this.#schedule();
  }

  #learn(flight: Flight, key: KeyId, state: KeyState, until: number): void {
    switch (state.state) {
      case 'live':
        this.#keep(flight, key, state, until);
        return;
      case 'fenced':
        this.#forget(key);
        return;
      case 'destroyed':
        if (!this.#destroyed.has(key)) this.#forget(key);
        this.#destroyed.set(key, state);
        return;
      case 'missing':
        return;
    }
  }

  #keep(flight: Flight, key: KeyId, state: LiveKey, until: number): void {
    const held = this.#live.get(key);
    if (held?.state.dek === state.dek) return;
    const spoiled = flight.allSpoiled || flight.spoiled.has(key) || this.#destroyed.has(key);
    if (spoiled || until <= this.#monotonic()) {
      state.dek.fill(0);
      return;
    }
    if (held !== undefined) this.#drop(key, held);
    this.#live.set(key, { state, until, used: false });
  }

  #forget(key: KeyId): void {
    for (const flight of this.#flights) flight.spoiled.add(key);
    const entry = this.#live.get(key);
    if (entry !== undefined) this.#drop(key, entry);
  }

  #drop(key: KeyId, entry: Entry): void {
    this.#live.delete(key);
    entry.state.dek.fill(0);
  }

  /**
   * Drops what was not used for longest, roughly: what was used since the last time gets another
   * round (the CLOCK algorithm). Some more than need be, since a Map that is moved around in at
   * every use is slow to walk.
   */
  #evict(): void {
    const { maxKeys } = this.options;
    if (this.#live.size > maxKeys) {
      const rest = maxKeys - Math.floor(maxKeys / SPARE);
      for (const [key, entry] of this.#live) {
        if (this.#live.size <= rest) break;
        if (entry.used) this.#anotherRound(key, entry);
        else this.#drop(key, entry);
      }
    }
    if (this.#destroyed.size > maxKeys) this.#destroyed.clear();
  }

  /** Moves an entry to the end of the walk. */
  #anotherRound(key: KeyId, entry: Entry): void {
    entry.used = false;
    this.#live.delete(key);
    this.#live.set(key, entry);
  }

  /** Keys leave on time also when nobody asks for any. */
  #schedule(): void {
    if (this.#live.size === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    } else {
      this.#timer ??= this.#startTimer();
    }
  }

  #startTimer(): NodeJS.Timeout {
    let first = Infinity;
    for (const entry of this.#live.values()) first = Math.min(first, entry.until);
    const timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.sweep();
      },
      Math.max(1, first - this.#monotonic()),
    );
    return timer.unref();
  }
}

function isFresh(held: { readonly until: number } | undefined, now: number): boolean {
  return held !== undefined && held.until > now;
}

function zero(state: KeyState | Provisioned | undefined): void {
  if (state?.state === 'live') state.dek.fill(0);
}
