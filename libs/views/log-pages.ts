import type { EventLog } from '#event-log';
import type { Position, RecordedEvent } from '#kernel';

/** What of the log a projector reads. */
export type ReadableLog = Pick<EventLog, 'readAll' | 'subscribe' | 'head'>;

/** Some events in log order. */
export interface LogPage {
  readonly events: readonly RecordedEvent[];
  /** Whether these were the newest when they were read. An empty page says so without any. */
  readonly newest: boolean;
}

/** All events after a position in pages of at most `limit`, then those that come, until aborted. */
export async function* pagesAfter(
  log: ReadableLog,
  after: Position,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<LogPage> {
  let read = after;
  for (let newest = false; !newest;) {
    if (signal.aborted) return;
    const events = await log.readAll(read, limit);
    newest = events.length < limit;
    read = events.at(-1)?.position ?? read;
    yield { events, newest };
  }
  for await (const events of log.subscribe(read, signal)) {
    for (let i = 0; i < events.length; i += limit) {
      yield { events: events.slice(i, i + limit), newest: i + limit >= events.length };
    }
  }
}
