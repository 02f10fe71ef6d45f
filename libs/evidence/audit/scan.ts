import type { InspectedLog, StoredEvent } from '#event-log';
import type { KeyId, Position } from '#kernel';
import { START } from '#kernel';
import type { KeyStates } from '#vault';

import { EVIDENCE_STREAM } from '../checkpoints/decider.js';
import { entryOf, HASH_BYTES, leafOfEntry, objectIn, saltIn } from '../tree/hashing.js';
import { keysTold, sealingKeys } from '../verifier/index.js';
import { ID_BYTES, writeId } from './ids.js';
import { KEY_STATES } from './key-table.js';

/** Events that are read at once. */
export const PAGE = 2_000;

/** A part of the log: what comes after a position, up to another. */
export interface Segment {
  readonly after: Position;
  readonly until: Position;
  /** It ends after so many events too, if there are more; whole pages are read. */
  readonly most?: number;
}

/** A checkpoint as an event of the log tells of it, not yet verified. */
export interface ToldCheckpoint {
  /** Which event of the segment. */
  readonly at: number;
  readonly origin: unknown;
  readonly size: unknown;
  readonly root: unknown;
  readonly note: unknown;
  /** The vkey that has signed it. */
  readonly key: unknown;
}

/** A cosignature as an event of the log tells of it, not yet verified. */
export interface ToldCosignature {
  readonly origin: unknown;
  readonly size: unknown;
  readonly line: unknown;
}

/**
 * What a segment of the log holds, in bytes that a thread can hand over. Places are numbers of events
 * from the segment's first; keys are numbers in {@link keys}.
 */
export interface Scanned {
  readonly count: number;
  /** Position of the last event; that before the first where there is none. */
  readonly last: Position;
  /** Hash of each leaf, computed of what the store gives. */
  readonly leaves: Uint8Array;
  /** Id of each event. */
  readonly ids: Uint8Array;
  /** Where pages begin, and after which position each is to be read. */
  readonly pages: readonly (readonly [at: number, after: Position])[];
  /** Events whose data or metadata are no JSON object. */
  readonly unreadable: Uint32Array;
  /** Events that their own stream does not give back. */
  readonly hidden: Uint32Array;
  /** Ids of keys, each once. */
  readonly keys: Uint8Array;
  /** What the vault says of each, as in KEY_STATES; empty where it was not asked. */
  readonly answers: Uint8Array;
  /** Event and key of each envelope, in turn. */
  readonly envelopes: Uint32Array;
  /** Event and key of each that is ended, in turn; then of those that an officer accepted as lost. */
  readonly ended: Uint32Array;
  readonly lost: Uint32Array;
  readonly checkpoints: readonly ToldCheckpoint[];
  readonly cosignatures: readonly ToldCosignature[];
}

/** What is read of a log for an audit. */
export type ScannedLog = Pick<InspectedLog, 'readStored' | 'notInOwnStream'>;

/** Hashes a segment of the log, and notes what of it is to be judged later. */
export async function scanSegment(
  log: ScannedLog,
  { after, until, most = Number.POSITIVE_INFINITY }: Segment,
  vault?: KeyStates,
): Promise<Scanned> {
  const scan = new Scan(after);
  for (let at = after; at < until && scan.count < most;) {
    const page = upTo(until, await log.readStored(at, PAGE));
    const last = page.at(-1);
    if (last === undefined) break;
    const hidden = await log.notInOwnStream(page);
    scan.add(at, page, hidden);
    at = last.position;
  }
  return scan.done(vault);
}

/** The page itself where it is all of it: the log knows again what it has just given. */
function upTo(until: Position, page: readonly StoredEvent[]): readonly StoredEvent[] {
  const isAll = (page.at(-1)?.position ?? START) <= until;
  return isAll ? page : page.filter(({ position }) => position <= until);
}

class Scan {
  readonly #leaves: Buffer[] = [];
  readonly #ids: Buffer[] = [];
  readonly #pages: (readonly [number, Position])[] = [];
  readonly #unreadable: number[] = [];
  readonly #hidden: number[] = [];
  readonly #keys = new Map<string, number>();
  readonly #envelopes: number[] = [];
  readonly #ended: number[] = [];
  readonly #lost: number[] = [];
  readonly #checkpoints: ToldCheckpoint[] = [];
  readonly #cosignatures: ToldCosignature[] = [];
  #count = 0;
  #last: Position;

  constructor(after: Position) {
    this.#last = after;
  }

  get count(): number {
    return this.#count;
  }

  add(after: Position, page: readonly StoredEvent[], hidden: readonly number[]): void {
    this.#pages.push([this.#count, after]);
    for (const place of hidden) this.#hidden.push(this.#count + place);
    const leaves = Buffer.allocUnsafe(page.length * HASH_BYTES);
    const ids = Buffer.allocUnsafe(page.length * ID_BYTES);
    page.forEach((event, place) => {
      const salt = saltIn(event.metadata);
      leafOfEntry(entryOf(event, salt)).copy(leaves, place * HASH_BYTES);
      writeId(event.id, ids, place * ID_BYTES);
      this.#read(event, this.#count + place, salt !== undefined);
    });
    this.#leaves.push(leaves);
    this.#ids.push(ids);
    this.#count += page.length;
    this.#last = page.at(-1)?.position ?? this.#last;
  }

  async done(vault?: KeyStates): Promise<Scanned> {
    const keys = [...this.#keys.keys()];
    const ids = Buffer.allocUnsafe(keys.length * ID_BYTES);
    keys.forEach((key, number) => {
      writeId(key, ids, number * ID_BYTES);
    });
    const states = await vault?.states(keys as KeyId[]);
    const answers =
      states === undefined
        ? []
        : keys.map((key) => KEY_STATES.indexOf(states.get(key as KeyId) ?? 'missing'));
    return {
      count: this.#count,
      last: this.#last,
      leaves: owned(this.#leaves),
      ids: owned(this.#ids),
      pages: this.#pages,
      unreadable: Uint32Array.from(this.#unreadable),
      hidden: Uint32Array.from(this.#hidden),
      keys: owned([ids]),
      answers: Uint8Array.from(answers),
      envelopes: Uint32Array.from(this.#envelopes),
      ended: Uint32Array.from(this.#ended),
      lost: Uint32Array.from(this.#lost),
      checkpoints: this.#checkpoints,
      cosignatures: this.#cosignatures,
    };
  }

  #read({ stream, type, data }: StoredEvent, at: number, isDescribed: boolean): void {
    const parsed = objectIn(data);
    if (parsed === undefined || !isDescribed) this.#unreadable.push(at);
    if (parsed === undefined) return;
    for (const key of sealingKeys(parsed)) this.#envelopes.push(at, this.#number(key));
    const told = keysTold(type, parsed);
    for (const key of told.ended) this.#ended.push(at, this.#number(key));
    for (const key of told.lost) this.#lost.push(at, this.#number(key));
    if (stream !== EVIDENCE_STREAM) return;
    const { origin, size, root, note, key, line } = parsed;
    if (type === 'CheckpointSigned') {
      this.#checkpoints.push({ at, origin, size, root, note, key });
    }
    if (type === 'CheckpointCosigned') this.#cosignatures.push({ origin, size, line });
  }

  #number(key: string): number {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const number = this.#keys.size;
    this.#keys.set(key, number);
    return number;
  }
}

/** In a buffer of its own, which can be handed over. */
function owned(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The buffers of a scanned segment, for handing over. */
export function buffersOf(scanned: Scanned): ArrayBuffer[] {
  const { leaves, ids, unreadable, hidden, keys, answers, envelopes, ended, lost } = scanned;
  return [leaves, ids, unreadable, hidden, keys, answers, envelopes, ended, lost].flatMap(
    ({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []),
  );
}
