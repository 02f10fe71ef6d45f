import type { EventLog } from '#event-log';
import type { Position, RecordedEvent } from '#kernel';

import { poisonOf, type Poison } from './reasons.js';

/** What of the log is read for projecting. */
export type ReadableLog = Pick<EventLog, 'readAll' | 'subscribe' | 'head'>;

/** Lifts an event to the newest schema version of its type, or throws. */
export type Lift = (event: RecordedEvent) => RecordedEvent;

/** Some events in log order, lifted. */
export interface LogPage {
  readonly events: readonly RecordedEvent[];
  /** The event after them, where it could not be lifted. */
  readonly poison?: Poison | undefined;
  /** Whether these were the newest when they were read. An empty page says so without any. */
  readonly newest: boolean;
}

/** Lifts events up to the first one that cannot be. */
export function liftedPage(lift: Lift, events: readonly RecordedEvent[], newest: boolean): LogPage {
  const lifted: RecordedEvent[] = [];
  for (const event of events) {
    try {
      lifted.push(lift(event));
    } catch (error) {
      return { events: lifted, poison: poisonOf(event, 'lift', error), newest };
    }
  }
  return { events: lifted, newest };
}

/** What of a page comes after a position. */
export function pageAfter(page: LogPage, position: Position): LogPage {
  const first = page.events.findIndex((event) => event.position > position);
  if (first === 0) return page;
  return { ...page, events: first === -1 ? [] : page.events.slice(first) };
}
