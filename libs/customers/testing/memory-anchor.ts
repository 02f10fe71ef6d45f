import type { LedgerId } from '#kernel';
import type { Anchor, AnchoredKey } from '#vault';

/** An anchor that forgets everything with the test. */
export class MemoryAnchor implements Anchor {
  readonly keys: AnchoredKey[] = [];
  #ledger: LedgerId | undefined;

  async ledgerId(): Promise<LedgerId | undefined> {
    return this.#ledger;
  }

  async claim(ledger: LedgerId): Promise<void> {
    this.#ledger = ledger;
  }

  async recordDestroyed(keys: readonly AnchoredKey[]): Promise<void> {
    this.keys.push(...keys);
  }

  async *destroyed(): AsyncGenerator<readonly AnchoredKey[]> {
    yield this.keys;
  }
}
