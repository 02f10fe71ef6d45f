import { base64, textOf, utf8, type Bytes } from '../bytes.js';
import type { Cryptography } from '../cryptography.js';
import { leafHash } from '../hashing.js';
import { leafParts, leafText } from '../leaf.js';
import { isIncluded, type TreeHead } from '../proofs.js';
import { objectIn } from './canonical.js';
import type { EventLine, MissingLine, Slot } from './format.js';
import { keysNamed, type KeysNamed } from './keys.js';
import { linesOf } from './lines.js';
import { readEventLine } from './read-lines.js';
import { BundleRefused } from './signatures.js';
import { BundleUnreadable } from './files.js';
import { ERASURE_RECEIPT, receiptIn, type ErasureReceipt } from './receipts.js';

/** What is kept of a line while all are read. */
export interface ReadEvent {
  /** From 1. */
  readonly line: number;
  readonly place: number;
  /** Index of the leaf that the tree has for it; undefined where it has none. */
  readonly was: number | undefined;
  /** Undefined where the line cannot be read. */
  readonly event: EventTold | undefined;
  /** What its leaf would be, base64. */
  readonly leaf: string | undefined;
  /** It has something to prove it that leads to no signed root. */
  readonly isUnproven: boolean;
}

/** What an event tells, without its bytes. */
export interface EventTold extends KeysNamed {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  /** As its metadata have it; empty where they have none. */
  readonly recordedAt: string;
  readonly isEnding: boolean;
  readonly isHidden: boolean;
  /** The ledger writes nothing but JSON. */
  readonly isJson: boolean;
  readonly receipt: ErasureReceipt | undefined;
}

/** All lines of a bundle, read. */
export interface ReadEvents {
  readonly events: readonly ReadEvent[];
  /** Leaves that proofs of the lines have shown, base64, by index. */
  readonly proven: ReadonlyMap<number, string>;
  /** Leaves that lines are about, whether their proofs have shown them or not. */
  readonly claimed: ReadonlySet<number>;
  /** Leaves without an event, as the lines tell. */
  readonly gone: readonly { readonly index: number; readonly id: string }[];
  /** Lines without an event whose proof leads to no signed root. */
  readonly goneUnproven: number;
  /** A text over which a leaf is said to be is not the one that it is over. */
  readonly isTextWrong: boolean;
}

/** Lines that are hashed together: a browser answers many at once far sooner than one by one. */
const AT_ONCE = 64;
const MOST_LINES = 10_000_000;

/** Reads the events, and follows each proof that a line has. */
export async function readEvents(
  pieces: AsyncIterable<Bytes>,
  head: TreeHead,
  crypto: Cryptography,
  onLines: (lines: number) => void,
): Promise<ReadEvents> {
  const reading = new Reading(head, crypto);
  let batch: (string | undefined)[] = [];
  let lines = 0;
  for await (const line of linesOf(pieces)) {
    lines += 1;
    if (lines > MOST_LINES) throw new BundleUnreadable('too many events');
    if (batch.push(line) < AT_ONCE) continue;
    await reading.take(batch);
    batch = [];
    onLines(lines);
  }
  await reading.take(batch);
  if (lines === 0) throw new BundleRefused('empty');
  return reading;
}

interface Looked {
  readonly read: EventLine | MissingLine | undefined;
  readonly leaf: string | undefined;
  /** The leaf that is proven to stand at its place. */
  readonly proven: string | undefined;
  readonly isUnproven: boolean;
  readonly isTextWrong: boolean;
}

class Reading implements ReadEvents {
  readonly events: ReadEvent[] = [];
  readonly proven = new Map<number, string>();
  readonly claimed = new Set<number>();
  readonly gone: { readonly index: number; readonly id: string }[] = [];
  goneUnproven = 0;
  isTextWrong = false;
  #lines = 0;
  #place = -1;

  constructor(
    private readonly head: TreeHead,
    private readonly crypto: Cryptography,
  ) {}

  async take(lines: readonly (string | undefined)[]): Promise<void> {
    for (const looked of await Promise.all(lines.map((line) => this.#look(line)))) {
      this.#lines += 1;
      this.#note(looked);
    }
  }

  async #look(text: string | undefined): Promise<Looked> {
    const read = readEventLine(text);
    if (read === undefined) {
      return { read, leaf: undefined, proven: undefined, isUnproven: false, isTextWrong: false };
    }
    const entry = read.kind === 'event' ? leafText(await leafParts(read, this.crypto)) : undefined;
    const hash = entry === undefined ? undefined : await leafHash(utf8(entry), this.crypto);
    const proven = read.slot && (await this.#proven(leafIndex(read), read.slot, hash));
    const isUnproven = read.slot !== undefined && proven === undefined;
    const isTextWrong = read.kind === 'event' && entry !== read.preimage;
    return { read, leaf: hash && base64(hash), proven, isUnproven, isTextWrong };
  }

  /** What stands at a place: the event's own leaf, or the one that the tree is said to have there. */
  async #proven(index: number, { leaf, proof }: Slot, own: Bytes | undefined) {
    for (const one of own === undefined ? [leaf] : [own, leaf]) {
      if (await isIncluded({ leaf: one, index, proof }, this.head, this.crypto)) return base64(one);
    }
    return undefined;
  }

  #note({ read, leaf, proven, isUnproven, isTextWrong }: Looked): void {
    // A line that cannot be read stands where the one before it lets it.
    this.#place = read?.index ?? this.#place + 1;
    const was = read === undefined ? this.#place : leafIndex(read);
    const isUnknown = read?.kind === 'event' && read.isUnknown;
    if (proven !== undefined) this.proven.set(was, proven);
    if (read?.slot !== undefined || read === undefined) this.claimed.add(was);
    if (isTextWrong) this.isTextWrong = true;
    if (read?.kind === 'missing') {
      this.gone.push({ index: read.index, id: read.id });
      if (isUnproven) this.goneUnproven += 1;
      return;
    }
    const event = read === undefined ? undefined : told(read);
    const place = this.#place;
    const own = isUnknown ? undefined : was;
    this.events.push({ line: this.#lines, place, was: own, event, leaf, isUnproven });
  }
}

function leafIndex(line: EventLine | MissingLine): number {
  return line.kind === 'event' ? (line.was ?? line.index) : line.index;
}

function told(line: EventLine): EventTold {
  const { stream, revision, id, type, metadata, data, isEnding, isHidden } = line;
  const described = objectIn(textOf(metadata));
  const recorded = described?.recordedAt;
  const recordedAt = typeof recorded === 'string' ? recorded : '';
  const isJson = described !== undefined && objectIn(textOf(data)) !== undefined;
  const receipt = type === ERASURE_RECEIPT ? receiptIn(stream, data) : undefined;
  const place = { stream, revision, id, type, recordedAt };
  return { ...place, ...keysNamed(type, data), isEnding, isHidden, isJson, receipt };
}
