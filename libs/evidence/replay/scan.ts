import type { Position, RecordedEvent } from '#kernel';

/** How far one request reads, and how much it gives. */
export interface ScanBounds {
  /** Nothing after this position is read: the list is of the log as it was when it was begun. */
  readonly until: Position;
  /** Events that are given at most. */
  readonly limit: number;
  /** Events that are read at most, so that no request runs for ever. */
  readonly most: number;
}

/** What one request has found. */
export interface Scanned<Found> {
  readonly found: readonly Found[];
  /** Number of events that were read. */
  readonly read: number;
  /** The last event that was read. */
  readonly last: RecordedEvent | undefined;
  /** Whether nothing is left to be read. */
  readonly isOver: boolean;
}

/** Those of the events that are wanted, a page for a page. */
export async function* wantedOf(
  pages: AsyncIterable<readonly RecordedEvent[]>,
  isWanted: (event: RecordedEvent) => boolean,
): AsyncGenerator<readonly RecordedEvent[]> {
  for await (const page of pages) yield page.filter(isWanted);
}

/** Reads events one after another, and keeps what is made of those that are wanted. */
export async function scan<Found>(
  pages: AsyncIterable<readonly RecordedEvent[]>,
  pick: (event: RecordedEvent) => Found | undefined,
  { until, limit, most }: ScanBounds,
): Promise<Scanned<Found>> {
  const found: Found[] = [];
  let read = 0;
  let last: RecordedEvent | undefined;
  for await (const page of pages) {
    for (const event of page) {
      if (event.position > until) return { found, read, last, isOver: true };
      read += 1;
      last = event;
      const picked = pick(event);
      if (picked !== undefined) found.push(picked);
      const isOver = event.position === until;
      if (isOver || found.length === limit || read === most) return { found, read, last, isOver };
    }
  }
  return { found, read, last, isOver: true };
}
