import type { EventId } from '#kernel';
import { IntegrityError, Outage } from '#kernel';

import type { TreeStore } from './port.js';
import { TILE_WIDTH } from './port.js';
import { nodeCryptography } from './node-cryptography.js';
import { HASH_BYTES } from './tree/hashing.js';
import { inclusionProof } from './tree/proofs.js';
import {
  isIncluded,
  parseCheckpoint,
  receiptText,
  type Bytes,
  type SignedCheckpoint,
} from './verifier/index.js';

/** What there is of an event. */
export type ReceiptFound =
  /** A receipt, as c2sp.org/tlog-proof writes it. */
  | { readonly found: 'receipt'; readonly receipt: string; readonly index: number }
  /** It is in the tree, and no checkpoint covers it yet. */
  | { readonly found: 'unsigned' }
  /** The tree has no such event: there is none, or it is too new. */
  | { readonly found: 'nothing' };

/** Makes receipts from the stored tree, and lets none out that it has not checked itself. */
export class Receipts {
  constructor(private readonly store: TreeStore) {}

  /**
   * The receipt of an event, under the newest checkpoint.
   * @throws Outage where a tile is damaged; the tree is then made anew
   */
  async of(id: EventId): Promise<ReceiptFound> {
    const index = (await this.store.indexOf([id])).get(id);
    if (index === undefined) return { found: 'nothing' };
    const note = await this.store.checkpoint();
    const head = note === undefined ? undefined : parseCheckpoint(note);
    if (note === undefined || head === undefined || index >= head.size)
      return { found: 'unsigned' };
    const proof = await this.#proof(index, head);
    return { found: 'receipt', index, receipt: receiptText({ index, proof, checkpoint: note }) };
  }

  async #proof(index: number, head: SignedCheckpoint): Promise<readonly Bytes[]> {
    try {
      const proof = await inclusionProof((wanted) => this.store.tiles(wanted), index, head.size);
      const claim = { leaf: await this.#leaf(index), index, proof };
      if (await isIncluded(claim, head, nodeCryptography)) return proof;
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
    }
    await this.store.doubt();
    throw new Outage('evidence', 'a tile is damaged, and is made anew');
  }

  async #leaf(index: number): Promise<Bytes> {
    const [tile] = await this.store.tiles([{ level: 0, index: Math.floor(index / TILE_WIDTH) }]);
    const at = (index % TILE_WIDTH) * HASH_BYTES;
    return tile?.subarray(at, at + HASH_BYTES) ?? new Uint8Array(0);
  }
}
