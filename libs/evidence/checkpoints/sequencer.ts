import type { StoredEvents } from '#event-log';
import type { Clock, Position } from '#kernel';
import { faultPoint, millisOf, START } from '#kernel';
import type { Anchor, SignedHead } from '#vault';

import type { TreeStore } from '../port.js';
import { TreeMoved } from '../port.js';
import { checkLog } from '../tree/log-check.js';
import { positionBefore } from '../tree/leaf-places.js';
import { rootFrom } from '../tree/proofs.js';
import { TreeWriter } from '../tree/tree-writer.js';
import { base64url, fromBase64url, vkeyOf } from '../verifier/index.js';
import { nodeCryptography } from '../node-cryptography.js';
import type { EvidenceState, RecordedCheckpoint } from './decider.js';
import { EVIDENCE_STREAM, servedNote } from './decider.js';
import type { NoteSigner } from './signer.js';
import { signCheckpoint } from './signer.js';

/** What the sequencer works with. */
export interface Sequencing {
  readonly log: StoredEvents;
  readonly store: TreeStore;
  readonly anchor: Pick<Anchor, 'claimHead' | 'lastHead'>;
  readonly record: CheckpointRecord;
  /** The key that signs, as it is at the moment. */
  signer(): NoteSigner;
  /** The key that is to take its place, while there is one. */
  next(): NoteSigner | undefined;
  /** The next key takes the place of the one that signs. */
  succeed(): Promise<void>;
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
  /** Under which origin the ledger signs, the newest checkpoint under it, and its cosignatures. */
  seen(): Promise<Pick<EvidenceState, 'origin' | 'last' | 'key' | 'cosigned'>>;
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
  | 'origin-differs'
  /** The key is another one than was announced. */
  | 'key-differs';

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
    const next = this.with_.next();
    if (next === undefined && !(await this.#isDue())) return;
    await this.#sign(writer, next);
    if (next !== undefined) await this.with_.succeed();
    await this.#takeIn(writer);
  }

  /** The key is the one that was announced: by itself, or in place of another when a crash came between. */
  async #assertKey(announced: string | undefined): Promise<void> {
    if (announced === undefined) return;
    const next = this.with_.next();
    const isNext = next !== undefined && (await vkeyOf(next.key, nodeCryptography)) === announced;
    if (isNext) await this.with_.succeed();
    const { key } = this.with_.signer();
    if ((await vkeyOf(key, nodeCryptography)) !== announced) throw new Halted('key-differs');
  }

  /** Goes on only with a log that is what was signed of it before. */
  async #begin(isDoubted: boolean): Promise<TreeWriter> {
    const { log, store, anchor, record } = this.with_;
    const { name } = this.with_.signer().key;
    const { origin, last, key } = await record.seen();
    if (origin !== undefined && origin !== name) throw new Halted('origin-differs');
    await this.#assertKey(key);
    this.#last = last;
    const anchored = await anchor.lastHead(name);
    const heads = [this.#last, anchored].flatMap((head) => headOf(head) ?? []);
    const checked = await checkLog(log, store, heads, isDoubted);
    if (checked.heads.includes('differs')) throw new Halted('log-differs');
    if (checked.heads.includes('log-is-shorter')) throw new Halted('log-rolled-back');
    if (!checked.isTreeGood) {
      // Not before it is known that the log itself is good: the tiles would tell what was altered.
      this.with_.onProblem('evidence: the stored tree is damaged, and is made anew');
      await store.renew(this.epoch);
    }
    await this.#publish();
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
      const after = (await positionBefore(store, at)) ?? START;
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
    let isPublished = true;
    for (;;) {
      const from = writer.size;
      const events = await writer.takeIn();
      if (events.length === 0) break;
      if (events.some(({ stream }) => stream === EVIDENCE_STREAM)) isPublished = false;
      const place = events.findLastIndex(({ stream }) => stream !== EVIDENCE_STREAM);
      if (place >= 0) this.#others = from + place + 1;
    }
    if (!isPublished) await this.#publish();
  }

  /** What the log tells of the newest checkpoint and its cosignatures is what is served. */
  async #publish(): Promise<void> {
    const seen = await this.with_.record.seen();
    this.#last = seen.last;
    const note = servedNote(seen);
    if (note !== undefined) await this.with_.store.setCheckpoint(note, this.epoch);
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

  async #sign(writer: TreeWriter, next: NoteSigner | undefined): Promise<void> {
    const { anchor, record, store } = this.with_;
    const signer = this.with_.signer();
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
    const note = await signCheckpoint({ size, root }, signer, next);
    faultPoint('checkpoint.signed');
    const isAdded = await record.add({ ...head, note, ...(await keysOf(signer, next)) });
    faultPoint('checkpoint.recorded');
    // Somebody who was quicker has signed more: that is the newest.
    if (!isAdded) this.with_.onProblem('evidence: overtaken');
    await this.#publish();
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

async function keysOf({ key }: NoteSigner, next: NoteSigner | undefined) {
  const signing = { key: await vkeyOf(key, nodeCryptography) };
  if (next === undefined) return signing;
  return { ...signing, successor: await vkeyOf(next.key, nodeCryptography) };
}

function readOf(store: TreeStore): TreeStore['tiles'] {
  return (wanted) => store.tiles(wanted);
}
