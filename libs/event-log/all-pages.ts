import type { Position, RecordedEvent } from '#kernel';

import type { EventLog } from './port.js';

const PAGE = 2_000;

/**
 * All events after a position up to another, in pages; the last page may hold later ones too. To read
 * until nothing more comes would have no end while others append.
 */
export async function* allPages(
  log: Pick<EventLog, 'readAll'>,
  { after, until }: { readonly after: Position; readonly until: Position },
): AsyncGenerator<readonly RecordedEvent[], void, void> {
  for (let at = after; at < until;) {
    const page = await log.readAll(at, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    at = last.position;
  }
}
