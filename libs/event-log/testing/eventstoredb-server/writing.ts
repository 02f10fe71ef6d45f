import { randomUUID } from 'node:crypto';

import {
  DELETED,
  NONE,
  systemRecord,
  type ExpectedState,
  type ProposedRecord,
  type StoredRecord,
  type Write,
} from './records.js';
import { isUnwritten, type Store } from './store.js';

/** What became of a write. */
export type Written =
  | {
      readonly kind: 'written';
      /** {@link NONE} where an empty append met a stream without events. */
      readonly revision: bigint;
      /** Undefined where nothing was written and the original can no longer be read. */
      readonly position: bigint | undefined;
    }
  | { readonly kind: 'wrong-version'; readonly current: bigint }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'too-large'; readonly limit: number };

type Checked =
  | { readonly kind: 'ok' }
  | { readonly kind: 'repeat'; readonly last: StoredRecord }
  | { readonly kind: 'wrong-version' }
  | { readonly kind: 'deleted' };

/** Appends events, or recognises that they were appended before. */
export function append(
  store: Store,
  name: string,
  expected: ExpectedState,
  events: readonly ProposedRecord[],
  maxAppendBytes: number,
): Written {
  const bytes = events.reduce((sum, event) => sum + event.data.byteLength, 0);
  if (bytes > maxAppendBytes) return { kind: 'too-large', limit: maxAppendBytes };
  const ids = events.map((event) => event.id.toLowerCase());
  const checked = check(store, name, expected, ids);
  const { last } = store.stream(name);
  switch (checked.kind) {
    case 'deleted':
      return checked;
    case 'wrong-version':
      return { kind: 'wrong-version', current: last };
    case 'repeat':
      return repeated(store, name, checked.last);
    case 'ok': {
      if (events.length === 0) return { kind: 'written', revision: last, position: undefined };
      const newest = store.write([...revival(store, name), { stream: name, events }]).at(-1);
      return { kind: 'written', revision: newest?.revision ?? NONE, position: newest?.position };
    }
  }
}

/** Deletes a stream: softly by hiding its events, or for good by a tombstone. */
export function remove(
  store: Store,
  name: string,
  expected: ExpectedState,
  how: 'soft' | 'tombstone',
): Written {
  const checked = check(store, name, expected, []);
  const stream = store.stream(name);
  if (checked.kind === 'deleted') return checked;
  if (checked.kind !== 'ok') return { kind: 'wrong-version', current: stream.last };
  const record =
    how === 'tombstone'
      ? store.tombstone(name)
      : store.write([{ stream: `$$${name}`, events: [truncation(DELETED)] }])[0];
  return { kind: 'written', revision: DELETED, position: record?.position };
}

/**
 * The rule of EventStoreDB's index: with an exact revision the ids at the revisions that would be
 * written are compared, for ever; without one, with what it remembers of late.
 */
function check(
  store: Store,
  name: string,
  expected: ExpectedState,
  ids: readonly string[],
): Checked {
  const stream = store.stream(name);
  if (stream.tombstoned) return { kind: 'deleted' };
  if (expected === 'any') return checkRecent(store, name, ids);
  if (expected === 'stream-exists') {
    if (stream.softDeleted) return { kind: 'deleted' };
    const described = !isUnwritten(store.stream(`$$${name}`));
    if (isUnwritten(stream) && !described) return { kind: 'wrong-version' };
    return checkRecent(store, name, ids);
  }
  const revision = expected === 'no-stream' ? NONE : expected;
  if (revision === stream.last) return { kind: 'ok' };
  if (revision > stream.last) return { kind: 'wrong-version' };
  let last: StoredRecord | undefined;
  for (const [index, id] of ids.entries()) {
    const written = stream.written(revision + 1n + BigInt(index));
    if (written?.id !== id) {
      const revives = index === 0 && expected === 'no-stream' && stream.softDeleted;
      return { kind: revives ? 'ok' : 'wrong-version' };
    }
    last = written;
  }
  return last === undefined ? { kind: 'wrong-version' } : { kind: 'repeat', last };
}

function checkRecent(store: Store, name: string, ids: readonly string[]): Checked {
  let last: StoredRecord | undefined;
  for (const [index, id] of ids.entries()) {
    const record = store.recent(name, id);
    if (record === undefined) return { kind: index === 0 ? 'ok' : 'wrong-version' };
    last = record;
  }
  return last === undefined ? { kind: 'ok' } : { kind: 'repeat', last };
}

function repeated(store: Store, name: string, last: StoredRecord): Written {
  const readable = store.stream(name).visible(last.revision) !== undefined;
  return {
    kind: 'written',
    revision: last.revision,
    position: readable ? last.position : undefined,
  };
}

/** A stream that was deleted softly goes on behind what it had, which stays hidden. */
function revival(store: Store, name: string): readonly Write[] {
  const { softDeleted, last } = store.stream(name);
  return softDeleted ? [{ stream: `$$${name}`, events: [truncation(last + 1n)] }] : [];
}

function truncation(before: bigint): ProposedRecord {
  const record = systemRecord(randomUUID(), '$metadata', {});
  return { ...record, data: Buffer.from(`{"$tb":${String(before)}}`) };
}
