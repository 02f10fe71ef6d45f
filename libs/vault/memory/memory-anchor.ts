import { IntegrityError, type LedgerId } from '#kernel';

import type { Anchor, AnchoredKey } from '../anchor.js';
import { assertHead, assertRestoredLog, type RestoredLog, type SignedHead } from '../heads.js';

/** Small, so that there are several. */
const PAGE = 2;

/** An anchor for tests: it forgets everything with the process. */
export class MemoryAnchor implements Anchor {
  /** What was noted, in order. */
  readonly keys: AnchoredKey[] = [];
  readonly #heads: SignedHead[] = [];
  readonly #restored: RestoredLog[] = [];

  /** @param ledger given, the anchor is claimed from the start */
  constructor(private ledger?: LedgerId) {}

  async ledgerId(): Promise<LedgerId | undefined> {
    return this.ledger;
  }

  async claim(ledger: LedgerId): Promise<void> {
    this.ledger ??= ledger;
    if (this.ledger === ledger) return;
    throw new IntegrityError('ledger-id-differs', 'the anchor belongs to another ledger');
  }

  async recordDestroyed(keys: readonly AnchoredKey[]): Promise<void> {
    if (keys.length === 0) return;
    this.#assertClaimed();
    this.keys.push(...keys);
  }

  async *destroyed(): AsyncGenerator<readonly AnchoredKey[]> {
    const now = [...this.keys];
    for (let from = 0; from < now.length; from += PAGE) yield now.slice(from, from + PAGE);
  }

  async claimHead(head: SignedHead): Promise<SignedHead> {
    assertHead(head);
    this.#assertClaimed();
    const { origin, size } = head;
    const standing = this.#heads.find((each) => each.origin === origin && each.size === size);
    if (standing !== undefined) return standing;
    this.#heads.push(head);
    return head;
  }

  async lastHead(origin: string): Promise<SignedHead | undefined> {
    const heads = this.#heads.filter((head) => head.origin === origin);
    return heads.sort((a, b) => b.size - a.size)[0];
  }

  async recordRestored(restored: RestoredLog): Promise<RestoredLog> {
    assertRestoredLog(restored);
    this.#assertClaimed();
    const standing = this.#restored.find(({ origin }) => origin === restored.origin);
    if (standing !== undefined) return standing;
    this.#restored.push(restored);
    return restored;
  }

  async restored(): Promise<readonly RestoredLog[]> {
    return [...this.#restored];
  }

  async close(): Promise<void> {
    return undefined;
  }

  #assertClaimed(): void {
    if (this.ledger !== undefined) return;
    throw new IntegrityError('anchor-unclaimed', 'the anchor has no ledger');
  }
}
