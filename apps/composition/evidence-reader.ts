import { setTimeout as pause } from 'node:timers/promises';

import type { EvidenceStatus } from '#evidence/edge';
import type { ReceiptFound, TilePath } from '#evidence';
import {
  entryBundle,
  EVIDENCE_STREAM,
  nodeCryptography,
  parseCheckpoint,
  Receipts,
  vkeyOf,
} from '#evidence';
import type { EventId } from '#kernel';
import { millisOf } from '#kernel';

import type { Ledger } from './ledger.js';

const POLL_MILLIS = 50;
const HASH_BYTES = 32;

/** Reads the ledger's evidence; asks whichever process signs, and waits for it. */
export class EvidenceReader {
  readonly #receipts: Receipts;

  constructor(private readonly ledger: Ledger) {
    this.#receipts = new Receipts(ledger.evidence.tree);
  }

  async status(): Promise<EvidenceStatus> {
    const { evidence, clock } = this.ledger;
    const halted = (await evidence.halts.told()) ?? null;
    const { key } = evidence.signer;
    const { last } = await evidence.record.seen();
    const { size } = await evidence.tree.state();
    const vkey = await vkeyOf(key, nodeCryptography);
    if (last === undefined) return { origin: key.name, vkey, size, checkpoint: null, halted };
    const ageMillis = Math.max(0, millisOf(clock.now()) - millisOf(last.at));
    const checkpoint = { size: last.size, root: last.root, at: last.at, ageMillis };
    return { origin: key.name, vkey, size, checkpoint, halted };
  }

  /** The newest checkpoint, a signed note. */
  checkpoint(): Promise<string | undefined> {
    return this.ledger.evidence.tree.checkpoint();
  }

  /** Hashes of a tile, or entries; undefined where there are not so many. */
  async tile({ level, index, width }: TilePath): Promise<Buffer | undefined> {
    const { evidence, stores } = this.ledger;
    if (level === 'entries') return entryBundle(stores.log, evidence.tree, index, width);
    const [tile] = await evidence.tree.tiles([{ level, index }]);
    const bytes = tile?.subarray(0, width * HASH_BYTES);
    return bytes?.length === width * HASH_BYTES ? bytes : undefined;
  }

  /** @param wait whether a checkpoint that covers the event is asked for, and waited for */
  async receipt(event: EventId, wait: boolean): Promise<ReceiptFound> {
    const found = await this.#receipts.of(event);
    if (!wait || found.found === 'receipt') return found;
    return this.#waited(
      () => this.#receipts.of(event),
      (now) => now.found === 'receipt',
    );
  }

  /** The newest checkpoint, once one covers everything that has happened and is no evidence itself. */
  async signNow(): Promise<string | undefined> {
    const { log } = this.ledger.stores;
    const { tree } = this.ledger.evidence;
    const head = await log.head();
    return this.#waited(
      () => tree.checkpoint(),
      async (note) => {
        const size = note === undefined ? 0 : (parseCheckpoint(note)?.size ?? 0);
        if ((await tree.state()).position < head) return false;
        return !(await this.#isOwed(size));
      },
    );
  }

  /** Whether anything but evidence has come since. */
  async #isOwed(signed: number): Promise<boolean> {
    const { log } = this.ledger.stores;
    const { tree } = this.ledger.evidence;
    if (signed === 0) return true;
    const [leaf] = await tree.leaves(signed - 1, 1);
    if (leaf === undefined) return true;
    const since = await log.readStored(leaf.position, 1_000);
    return since.some(({ stream }) => stream !== EVIDENCE_STREAM);
  }

  async #waited<T>(look: () => Promise<T>, isThere: (now: T) => boolean | Promise<boolean>) {
    const { evidence, settings, stores } = this.ledger;
    const until = performance.now() + settings.waitMillis;
    const head = await stores.log.head();
    for (;;) {
      const now = await look();
      if ((await isThere(now)) || performance.now() > until) return now;
      await evidence.wishes.want(head);
      await pause(POLL_MILLIS);
    }
  }
}
