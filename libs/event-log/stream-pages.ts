import { IntegrityError, type RecordedEvent, type StreamName } from '#kernel';

/**
 * A stream in pages, refused where a revision is missing: history that is hidden from a decision
 * would make it a wrong one.
 *
 * @param pageFrom the next events of the stream from a revision on, `most` at most; none at its end
 * @param fewest a page that holds fewer events than this is the last: the end need not be asked for
 * @param most how many are wanted at most
 */
export async function* streamPages(
  stream: StreamName,
  from: number,
  pageFrom: (
    from: number,
    most: number,
  ) => readonly RecordedEvent[] | Promise<readonly RecordedEvent[]>,
  fewest: number,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly RecordedEvent[], void, void> {
  let next = from;
  while (next - from < most) {
    const page = await pageFrom(next, most - (next - from));
    if (page.length === 0) return;
    for (const event of page) {
      if (event.revision !== next) throw truncated(stream, next, event.revision);
      next += 1;
    }
    yield page;
    if (page.length < fewest) return;
  }
}

function truncated(stream: StreamName, wanted: number, found: number): IntegrityError {
  return new IntegrityError(
    'stream-truncated',
    `event-log: ${stream} lacks revision ${String(wanted)}, the next is ${String(found)}`,
  );
}
