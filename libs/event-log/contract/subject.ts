import type { Position, StreamName } from '#kernel';

import type { OwnStreams } from '../own-streams.js';
import type { EventLog } from '../port.js';
import type { StoredEvents } from '../stored.js';

/** What a store is set to for one case. */
export interface LogSettings {
  /** As the adapter's own; the default of 1 MiB where it is left out. */
  readonly maxAppendBytes?: number;
}

/** A log with what evidence asks of it. */
export type WholeLog = EventLog & StoredEvents & OwnStreams;

/** One empty log of an adapter, and what else its cases need to do with it. */
export interface LogUnderTest {
  readonly log: WholeLog;
  /** Closes the log and opens it again. */
  readonly reopen: () => Promise<EventLog>;
  /** A second log on the same store, as another process would have it. */
  readonly other: () => Promise<EventLog>;
  /** The bytes that are stored for an event. */
  readonly storedBytes: (
    position: Position,
  ) => Promise<{ readonly metadata: Buffer; readonly data: Buffer }>;
  /** Removes one event of a stream behind the log's back. */
  readonly remove: (stream: StreamName, revision: number) => Promise<void>;
  /** Puts other bytes in the place of an event's, behind the log's back. */
  readonly alter: (
    position: Position,
    bytes: { readonly metadata?: Buffer; readonly data?: Buffer },
  ) => Promise<void>;
  /** Has a stream hide its first events, so many; in the order of all events they stay. */
  readonly hide: (stream: StreamName, count: number) => Promise<void>;
  /** Takes an event out of the order of all events; its stream keeps it. */
  readonly forget: (stream: StreamName, position: Position) => Promise<void>;
  /** Closes all that is still open, and removes what was made. */
  readonly dispose: () => Promise<void>;
}

/** Cases by name; each gets a log of its own. */
export type Cases = Readonly<Record<string, Case>>;

export interface Case {
  readonly settings?: LogSettings;
  readonly run: (subject: LogUnderTest) => Promise<void>;
}

/** A case on a log with the adapter's own settings. */
export function plain(run: Case['run']): Case {
  return { run };
}
