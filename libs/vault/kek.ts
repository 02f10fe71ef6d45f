import type { Instant, KekId, LedgerId } from '#kernel';

/** A key-encryption key as its store lists it, without the key itself. */
export interface KekEntry {
  readonly id: KekId;
  readonly ledger: LedgerId;
  readonly createdAt: Instant;
}

/**
 * Where key-encryption keys (KEKs) live: files by default, a KMS where there is one.
 *
 * Every method throws `Outage('kek', …)` where the store does not answer, cannot write, or does not
 * have the key asked for (it may be unmounted: that is never an erasure), and IntegrityError
 * `kek-unreadable` for a key that is damaged.
 */
export interface KekStore {
  /** All keys that can be had now, oldest first. */
  list(): Promise<readonly KekEntry[]>;
  /** The 32 bytes of a key, in a fresh Buffer. */
  get(id: KekId): Promise<Buffer>;
  /** Makes a key for a ledger; durable when this resolves. */
  create(ledger: LedgerId): Promise<KekId>;
  /** Ends a key for good, as far as the medium forgets; repeating it changes nothing. */
  destroy(id: KekId): Promise<void>;
}
