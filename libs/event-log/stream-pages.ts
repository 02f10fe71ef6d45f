import { IntegrityError, type RecordedEvent, type StreamName } from '#kernel';

/**
 * A stream in pages, refused where a revision is missing: history that is hidden from a decision
 * would make it a wrong one.
 *
 * @param pageFrom the next events of the stream from a revision on; none at its end
 */
export async function* streamPages(
  stream: StreamName,
  from: number,
  pageFrom: (from: number) => readonly RecordedEvent[],
): AsyncGenerator<readonly RecordedEvent[], void, void> {
  let next = from;
  for (;;) {
    const page = pageFrom(next);
    if (page.length === 0) return;
    for (const event of page) {
      if (event.revision !== next) throw truncated(stream, next, event.revision);
      next += 1;
    }
    yield page;
  }
}

function truncated(stream: StreamName, wanted: number, found: number): IntegrityError {
  return new IntegrityError(
    'stream-truncated',
    `event-log: ${stream} lacks revision ${String(wanted)}, the next is ${String(found)}`,
  );
}
