import type { RecordedEvent } from '#kernel';

import {
  STAMPABLE_CHECKPOINTS,
  timestampIn,
  type RecordedTimestamp,
} from '../checkpoints/timestamped.js';

/** A timestamp, and what it is of. */
export interface KeptTimestamp extends RecordedTimestamp {
  /** The signed note that was stamped, without cosignatures. */
  readonly note: string;
}

/**
 * All timestamps that the log has, oldest first.
 * @param pages the stream of evidence, from its first event on
 */
export async function* keptTimestamps(
  pages: AsyncIterable<readonly Pick<RecordedEvent, 'type' | 'data'>[]>,
): AsyncGenerator<KeptTimestamp, void, void> {
  const notes = new Map<string, string>();
  for await (const page of pages) {
    for (const { type, data } of page) {
      if (type === 'CheckpointSigned' && typeof data.note === 'string') {
        keep(notes, nameOf(data), data.note);
      }
      const stamped = type === 'CheckpointTimestamped' ? timestampIn(data) : undefined;
      const note = stamped === undefined ? undefined : notes.get(nameOf({ ...stamped }));
      if (stamped !== undefined && note !== undefined) yield { ...stamped, note };
    }
  }
}

/** No more than can be stamped: a log has very many checkpoints. */
function keep(notes: Map<string, string>, name: string, note: string): void {
  notes.set(name, note);
  const [oldest] = notes.keys();
  if (notes.size > STAMPABLE_CHECKPOINTS && oldest !== undefined) notes.delete(oldest);
}

function nameOf({ origin, size }: RecordedEvent['data']): string {
  return JSON.stringify([origin, size]);
}
