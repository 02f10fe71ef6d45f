import type { StreamName } from '#kernel';

import { Bell } from '../follow.js';
import { positionOf } from '../positions.js';
import type { StoredRow } from '../recorded.js';
import type { StoredEvent } from '../stored.js';

/** What logs in memory share that stand for several processes on one store. */
export class MemoryStore {
  /** In log order; positions count from 1. */
  readonly events: StoredRow[] = [];
  readonly streams = new Map<StreamName, StoredRow[]>();
  readonly bell = new Bell();
  ledgerId: string | undefined;

  /** The next rows behind a position. */
  after(position: number, limit: number): readonly StoredRow[] {
    // Mostly the n-th has position n; a test may have taken some away.
    let first = Math.min(position, this.events.length);
    while (first > 0 && (this.events[first - 1]?.[0] ?? 0) > position) first -= 1;
    return this.events.slice(first, first + limit);
  }
}

/** A row in the bytes that a store on disk would hold. */
export function storedEvent(row: StoredRow): StoredEvent {
  const [number, stream, revision, id, type, ...texts] = row;
  const [metadata, data] = [Buffer.from(texts[0]), Buffer.from(texts[1])];
  return { position: positionOf(number), stream, revision, id, type, metadata, data };
}
