import type { StoredEvents } from '#event-log';
import type { Clock, Position } from '#kernel';
import { faultPoint, millisOf } from '#kernel';
import type { Anchor, SignedHead } from '#vault';

import type { TreeStore } from '../port.js';
import { TreeMoved } from '../port.js';
import { checkLog } from '../tree/log-check.js';
import { rootFrom } from '../tree/proofs.js';
import { TreeWriter } from '../tree/tree-writer.js';
import { base64url, fromBase64url } from '../verifier/index.js';
import type { EvidenceState, RecordedCheckpoint } from './decider.js';
import { EVIDENCE_STREAM } from './decider.js';
import type { NoteSigner } from './signer.js';
import { signCheckpoint } from './signer.js';

/** What the sequencer works with. */
export interface Sequencing {
  readonly log: StoredEvents;
  readonly store: TreeStore;
  readonly anchor: Pick<Anchor, 'claimHead' | 'lastHead'>;
  readonly record: CheckpointRecord;
  readonly signer: NoteSigner;
  readonly clock: Clock;
  /** How old the newest checkpoint gets while there is something new to sign. */
  readonly intervalMillis: number;
  /** Up to which event somebody waits for a checkpoint; undefined where nobody ever has. */
  wanted(): Promise<Position | undefined>;
  /** Tells all processes why nothing is signed any more, or that all is well. */
  tellHalt(halt: Halt | undefined): Promise<void>;
  /** Told of what keeps checkpoints from being made: a short code, no data. */
  onProblem(code: string): void;
}

/** The log's own record of checkpoints. */
export interface CheckpointRecord {
  /** Under which origin the ledger signs, and the newest checkpoint under it. */
  seen(): Promise<Pick<EvidenceState, 'origin' | 'last'>>;
  /** Records one, as long as none that is as large has been; gives false where one has. */
  add(checkpoint: RecordedCheckpoint): Promise<boolean>;
}

/** Why nothing is signed any more, until people have looked. */
export type Halt =
  /** The log has fewer events than were signed. */
  | 'log-rolled-back'
  /** The log's events are not those that were signed. */
  | 'log-differs'
  /** The settings name another origin than the one that was signed under. */
  | 'origin-differs';

class Halted extends Error {
  override readonly name = 'Halted';

  constructor(readonly halt: Halt) {
    super(halt);
  }
}

/** On demand too there is one checkpoint a second at most. */
const SHORTEST_MILLIS = 1_000;
const REMINDER_MILLIS = 60_000;

/**
 * Keeps the stored tree at the log's end and signs it: one process at a time, under a lease. Under one
 * origin no two roots are signed for one size, nor a smaller tree after a larger one: each head is
 * claimed in the anchor before it is signed, and leaves as an event that is refused where a larger one
 * has been recorded.
 */
export class Sequencer {
  #writer: TreeWriter | undefined;
  #halt: Halt | undefined;
  #remindAt = 0;
  /** Number of leaves up to the newest that is no evidence itself. */
  #others = 0;
  #last: EvidenceState['last'];

  /** @param epoch of the lease */
  constructor(
    private readonly with_: Sequencing,
    private readonly epoch: number,
  ) {}

  /** Takes in what has come, and signs what is due. */
  async round(): Promise<void> {
    try {
      if (this.#halt === undefined) await this.#go();
    } catch (error) {
      // Whatever was cut short, the stored tree knows how far it is.
      this.#writer = undefined;
      if (error instanceof Halted) this.#halt = error.halt;
      else if (error instanceof TreeMoved) this.with_.onProblem('evidence: overtaken');
      else throw error;
    }
    await this.#remind();
  }

  async #go(): Promise<void> {
    const isDoubted = await this.with_.store.isDoubted();
    if (isDoubted) this.#writer = undefined;
    const writer = (this.#writer ??= await this.#begin(isDoubted));
    await this.#takeIn(writer);
    if (!(await this.#isDue())) return;
    await this.#sign(writer);
    await this.#takeIn(writer);
  }

  /** Goes on only with a log that is what was signed of it before. */
  async #begin(isDoubted: boolean): Promise<TreeWriter> {
    const { log, store, anchor, record, signer } = this.with_;
    const { origin, last } = await record.seen();
    if (origin !== undefined && origin !== signer.key.name) throw new Halted('origin-differs');
    this.#last = last;
    const anchored = await anchor.lastHead(signer.key.name);
    const heads = [this.#last, anchored].flatMap((head) => headOf(head) ?? []);
    const checked = await checkLog(log, store, heads, isDoubted);
    if (checked.heads.includes('differs')) throw new Halted('log-differs');
    if (checked.heads.includes('log-is-shorter')) throw new Halted('log-rolled-back');
    if (!checked.isTreeGood) {
      // Not before it is known that the log itself is good: the tiles would tell what was altered.
      this.with_.onProblem('evidence: the stored tree is damaged, and is made anew');
      await store.renew(this.epoch);
    }
    if (this.#last !== undefined) await store.setCheckpoint(this.#last.note, this.epoch);
    await this.with_.tellHalt(undefined);
    const writer = await TreeWriter.open(log, store, this.epoch);
    this.#others = await this.#othersIn(writer.size);
    return writer;
  }

  /** How far what is stored reaches up that is no evidence: looked for in what is not signed yet. */
  async #othersIn(size: number): Promise<number> {
    const { log, store } = this.with_;
    let others = 0;
    for (let at = this.#last?.size ?? 0; at < size;) {
      const leaves = await store.leaves(Math.max(0, at - 1), 1);
      const after = at === 0 ? ('' as Position) : (leaves[0]?.position ?? ('' as Position));
      const events = await log.readStored(after, Math.min(size - at, 2_000));
      if (events.length === 0) break;
      events.forEach(({ stream }, place) => {
        if (stream !== EVIDENCE_STREAM) others = at + place + 1;
      });
      at += events.length;
    }
    return others;
  }

  async #takeIn(writer: TreeWriter): Promise<void> {
    for (;;) {
      const from = writer.size;
      const events = await writer.takeIn();
      if (events.length === 0) return;
      const place = events.findLastIndex(({ stream }) => stream !== EVIDENCE_STREAM);
      if (place >= 0) this.#others = from + place + 1;
    }
  }

  async #isDue(): Promise<boolean> {
    if (this.#others <= (this.#last?.size ?? 0)) return false;
    if (this.#last === undefined) return true;
    const age = millisOf(this.with_.clock.now()) - millisOf(this.#last.at);
    if (age >= this.with_.intervalMillis) return true;
    return age >= SHORTEST_MILLIS && (await this.#isWanted(this.#last.size));
  }

  async #isWanted(signed: number): Promise<boolean> {
    const wanted = await this.with_.wanted();
    if (wanted === undefined) return false;
    const [leaf] = signed === 0 ? [] : await this.with_.store.leaves(signed - 1, 1);
    return leaf === undefined || wanted > leaf.position;
  }

  async #sign(writer: TreeWriter): Promise<void> {
    const { anchor, record, signer, store } = this.with_;
    const { size } = writer;
    const root = writer.root();
    const head: SignedHead = { origin: signer.key.name, size, root: base64url(root) };
    const before = headOf(await anchor.lastHead(head.origin));
    if (before !== undefined && before.size > size) throw new Halted('log-rolled-back');
    if (before !== undefined && !(await rootFrom(readOf(store), before.size)).equals(before.root)) {
      throw new Halted('log-differs');
    }
    faultPoint('checkpoint.before-claim');
    const counts = await anchor.claimHead(head);
    if (counts.root !== head.root) throw new Halted('log-differs');
    faultPoint('checkpoint.claimed');
    const note = await signCheckpoint({ size, root }, signer);
    faultPoint('checkpoint.signed');
    const isAdded = await record.add({ ...head, note });
    faultPoint('checkpoint.recorded');
    // Somebody who was quicker has signed more: that is the newest.
    if (!isAdded) this.with_.onProblem('evidence: overtaken');
    this.#last = (await record.seen()).last;
    if (this.#last !== undefined) await store.setCheckpoint(this.#last.note, this.epoch);
  }

  /** Loudly, and again and again: nobody should get used to it. */
  async #remind(): Promise<void> {
    if (this.#halt === undefined || performance.now() < this.#remindAt) return;
    await this.with_.tellHalt(this.#halt);
    this.#remindAt = performance.now() + REMINDER_MILLIS;
    this.with_.onProblem(`evidence: nothing is signed any more, ${this.#halt}`);
  }
}

function headOf(head: Pick<SignedHead, 'size' | 'root'> | undefined) {
  if (head === undefined) return undefined;
  const root = fromBase64url(head.root);
  // What was recorded as a root and is none, no log agrees with.
  return { size: head.size, root: Buffer.from(root ?? new Uint8Array(0)) };
}

function readOf(store: TreeStore): TreeStore['tiles'] {
  return (wanted) => store.tiles(wanted);
}
