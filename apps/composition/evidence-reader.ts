import { setTimeout as pause } from 'node:timers/promises';

import type { EvidenceStatus } from '#evidence/edge';
import type {
  EvidenceState,
  ReceiptFound,
  RecordedCosignature,
  TilePath,
  Timestamped,
} from '#evidence';
import {
  entryBundle,
  EVIDENCE_STREAM,
  HASH_BYTES,
  nodeCryptography,
  parseCheckpoint,
  Receipts,
  vkeyOf,
} from '#evidence';
import type { EventId, Instant, Position } from '#kernel';
import { millisOf } from '#kernel';

import type { Ledger } from './ledger.js';

const POLL_MILLIS = 50;
/** Evidence that comes together after a checkpoint is a few events: its own, and cosignatures. */
const MOST_SINCE = 1_000;

/** Reads the ledger's evidence; asks whichever process signs, and waits for it. */
export class EvidenceReader {
  readonly #receipts: Receipts;

  constructor(private readonly ledger: Ledger) {
    this.#receipts = new Receipts(ledger.evidence.tree);
  }

  async status(): Promise<EvidenceStatus> {
    const { evidence } = this.ledger;
    const { key } = evidence.signer;
    const { last, cosigned, stamped } = await evidence.record.seen();
    const { size } = await evidence.tree.state();
    return {
      origin: key.name,
      vkey: await vkeyOf(key, nodeCryptography),
      size,
      checkpoint: last === undefined ? null : this.#aged(shown(last)),
      witnesses: evidence.policy.witnesses.map(({ key: { name } }) =>
        this.#witness(name, cosigned.get(name)),
      ),
      quorum: this.#quorum(last?.size, [...cosigned.values()]),
      timestamp: this.#timestamp(stamped),
      halted: (await evidence.halts.told()) ?? null,
    };
  }

  #witness(name: string, cosigned: RecordedCosignature | undefined) {
    if (cosigned === undefined) return { name, size: null, at: null, ageMillis: null };
    const { size, at } = cosigned;
    return { name, ...this.#aged({ size, at }) };
  }

  /** Of the authority that is asked; where none is, the newest that there is. */
  #timestamp(stamped: ReadonlyMap<string, Timestamped>): EvidenceStatus['timestamp'] {
    const asked = this.ledger.evidence.authority?.name;
    const others = [...stamped.values()].toSorted((a, b) => a.size - b.size);
    const newest = asked === undefined ? others.at(-1) : stamped.get(asked);
    if (newest !== undefined) {
      const { authority, size, at, chain } = newest;
      return { authority, chain, ...this.#aged({ size, at }) };
    }
    if (asked === undefined) return null;
    return { authority: asked, chain: null, size: null, at: null, ageMillis: null };
  }

  #quorum(size: number | undefined, cosigned: readonly RecordedCosignature[]) {
    const { quorum, witnesses } = this.ledger.evidence.policy;
    const known = new Set(witnesses.map(({ key }) => key.name));
    const own = cosigned.filter((one) => one.size === size && known.has(one.witness));
    return { wanted: quorum, isMet: size !== undefined && own.length >= quorum };
  }

  #aged<T extends { readonly at: Instant }>(of: T): T & { readonly ageMillis: number } {
    const age = millisOf(this.ledger.clock.now()) - millisOf(of.at);
    return { ...of, ageMillis: Math.max(0, age) };
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
    if (!wait) return this.#receipts.of(event);
    return this.#waited(
      () => this.#receipts.of(event),
      (now) => now.found === 'receipt',
    );
  }

  /**
   * The newest checkpoint, once it covers all that has happened and is no evidence itself; undefined where
   * it does not come in time.
   */
  async signNow(): Promise<string | undefined> {
    const head = await this.ledger.stores.log.head();
    return this.#waited(
      () => this.#covering(head),
      (note) => note !== undefined,
    );
  }

  /**
   * The newest checkpoint, once as many witnesses have cosigned it as the policy asks for; without them
   * where that takes too long.
   */
  async cosigned(): Promise<string | undefined> {
    const { tree, policy } = this.ledger.evidence;
    const isMet = async () => policy.quorum === 0 || (await this.status()).quorum.isMet;
    return this.#waited(() => tree.checkpoint(), isMet);
  }

  /** The key that signs, once it is another one; undefined where that takes too long. */
  async keyAfter(before: string): Promise<string | undefined> {
    const { keys } = this.ledger.evidence;
    const isNew = (vkey: string | undefined) => vkey !== undefined;
    return this.#waited(async () => {
      const vkey = await vkeyOf(keys.notes.key, nodeCryptography);
      return vkey === before || keys.next !== undefined ? undefined : vkey;
    }, isNew);
  }

  async #covering(head: Position): Promise<string | undefined> {
    const { log } = this.ledger.stores;
    const { tree } = this.ledger.evidence;
    const note = await tree.checkpoint();
    const size = note === undefined ? 0 : (parseCheckpoint(note)?.size ?? 0);
    const [leaf] = size === 0 ? [] : await tree.leaves(size - 1, 1);
    if (leaf === undefined) return undefined;
    const since = await log.readStored(leaf.position, MOST_SINCE);
    const isOwed = since.some(
      ({ stream, position }) => position <= head && stream !== EVIDENCE_STREAM,
    );
    return isOwed ? undefined : note;
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

function shown({ size, root, at }: NonNullable<EvidenceState['last']>) {
  return { size, root, at };
}
