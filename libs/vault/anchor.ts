import type { EventId, Instant, KeyId, LedgerId } from '#kernel';

import type { RestoredLog, SignedHead } from './heads.js';

/** A key whose destruction was announced: it is destroyed, or about to be. */
export interface AnchoredKey {
  readonly key: KeyId;
  /** The event that ends it. */
  readonly by: EventId;
  readonly at: Instant;
}

/**
 * The third memory, kept apart from log and vault and from their backups: it tells what an old
 * backup of both has forgotten, and lets no two processes sign two roots for one size.
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

  /**
   * Claims a size for a root, durably, before the signature leaves. Gives the head that counts for
   * that origin and size, the same for all who ask, ever: the caller's own, or the one that was
   * claimed first. Where that has another root, nothing may be signed. After an Outage it is not
   * known whether the claim counts: claim again. A size below the last one may be claimed too.
   * @throws IntegrityError `anchor-unclaimed` before {@link claim}; `head-malformed`
   */
  claimHead(head: SignedHead): Promise<SignedHead>;

  /** The head of the largest size that was claimed under an origin, in any process. */
  lastHead(origin: string): Promise<SignedHead | undefined>;

  /**
   * Notes durably that a log which was put back has been accepted. Gives what counts for that origin:
   * the first that was noted, the same for all who ask, ever.
   * @throws IntegrityError `anchor-unclaimed` before {@link claim}; `head-malformed`
   */
  recordRestored(restored: RestoredLog): Promise<RestoredLog>;

  /** Every log that was accepted, in the order of noting; of several of one origin the first. */
  restored(): Promise<readonly RestoredLog[]>;

  /** Lets go of what was opened. Repeating it is no fault. */
  close(): Promise<void>;
}
