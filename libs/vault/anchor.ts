import type { EventId, Instant, KeyId, LedgerId } from '#kernel';

/** A key whose destruction was announced: it is destroyed, or about to be. */
export interface AnchoredKey {
  readonly key: KeyId;
  /** The event that ends it. */
  readonly by: EventId;
  readonly at: Instant;
}

/**
 * The third memory, kept apart from log and vault and from their backups: it tells what an old
 * backup of both has forgotten.
 *
 * Every method throws `Outage('anchor', …)` where it cannot be read or written, and IntegrityError
 * `anchor-unreadable` where it holds something that was never written there.
 */
export interface Anchor {
  /** The ledger's id that the anchor carries, if one was set. */
  ledgerId(): Promise<LedgerId | undefined>;

  /**
   * Sets the ledger's id on an empty anchor, once; setting the same again is no change.
   * @throws IntegrityError `ledger-id-differs` where the anchor is another ledger's
   */
  claim(ledger: LedgerId): Promise<void>;

  /**
   * Notes keys durably, before they are destroyed. The same may be noted again.
   * @throws IntegrityError `anchor-unclaimed` before {@link claim}
   */
  recordDestroyed(keys: readonly AnchoredKey[]): Promise<void>;

  /** All keys noted, in the order they were, in pages; one that was noted twice comes twice. */
  destroyed(): AsyncIterable<readonly AnchoredKey[]>;
}
