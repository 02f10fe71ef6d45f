import type { LogPosition, StoredRecord } from './records.js';
import { isUnwritten, type Store } from './store.js';
import type { Stream } from './stream.js';

export type Direction = 'forwards' | 'backwards';

/** Where a read of a stream begins. */
export type FromRevision = 'start' | 'end' | bigint;

/** Where a read of `$all` begins. */
export type FromPosition = 'start' | 'end' | LogPosition;

/** Events of one stream as a reader sees them, or why there are none. */
export function readStream(
  store: Store,
  name: string,
  from: FromRevision,
  direction: Direction,
): Iterable<StoredRecord> | 'not-found' | 'deleted' {
  const stream = store.stream(name);
  if (stream.tombstoned) return 'deleted';
  if (isUnwritten(stream) || stream.softDeleted) return 'not-found';
  return direction === 'forwards' ? ahead(stream, from) : back(stream, from);
}

/**
 * Events of all streams: the one at the position is included forwards and excluded backwards.
 * @returns 'invalid' for a position that the server never gave
 */
export function readAll(
  store: Store,
  from: FromPosition,
  direction: Direction,
): Iterable<StoredRecord> | 'invalid' {
  const end = store.all.length;
  if (from === 'start') return direction === 'forwards' ? range(store, 0, end) : [];
  if (from === 'end') return direction === 'forwards' ? [] : rangeBack(store, end);
  if (!isGiven(store, from)) return 'invalid';
  const index = store.indexAt(from.commit);
  return direction === 'forwards' ? range(store, index, end) : rangeBack(store, index);
}

/** Whether a position is one of an event or a checkpoint, or lies past the end. */
export function isGiven(store: Store, { commit, prepare }: LogPosition): boolean {
  if (commit >= store.end || (commit === 0n && prepare === 0n)) return true;
  const known = store.all[store.indexAt(commit)]?.position === commit;
  return known && (prepare === commit || prepare === 0n);
}

function* ahead(stream: Stream, from: FromRevision): Generator<StoredRecord> {
  if (from === 'end') return;
  const { last } = stream;
  const asked = from === 'start' ? 0n : from;
  for (let at = asked > stream.first ? asked : stream.first; at <= last; at++) {
    const record = stream.visible(at);
    if (record !== undefined) yield record;
  }
}

function* back(stream: Stream, from: FromRevision): Generator<StoredRecord> {
  const newest = stream.last;
  const asked = from === 'end' ? newest : from === 'start' ? 0n : from;
  for (let at = asked < newest ? asked : newest; at >= 0n; at--) {
    const record = stream.visible(at);
    if (record !== undefined) yield record;
  }
}

function* range(store: Store, first: number, end: number): Generator<StoredRecord> {
  for (let index = first; index < end; index++) {
    const record = store.all[index];
    if (record !== undefined) yield record;
  }
}

function* rangeBack(store: Store, end: number): Generator<StoredRecord> {
  for (let index = end - 1; index >= 0; index--) {
    const record = store.all[index];
    if (record !== undefined) yield record;
  }
}
