import type { EventLog } from '#event-log';
import type { RecordedEvent, StreamName } from '#kernel';
import { IntegrityError } from '#kernel';

/** One event by its place. @throws IntegrityError `event-missing` */
export async function readAt(
  log: EventLog,
  stream: StreamName,
  revision: number,
): Promise<RecordedEvent> {
  for await (const [event] of log.read(stream, revision, 1)) {
    if (event !== undefined) return event;
  }
  throw new IntegrityError('event-missing', `${stream} has no event ${String(revision)}`);
}

/** All events of a stream from a revision on, one at a time. */
export async function* eventsOf(
  log: EventLog,
  stream: StreamName,
  from = 0,
): AsyncGenerator<RecordedEvent> {
  for await (const page of log.read(stream, from)) yield* page;
}
