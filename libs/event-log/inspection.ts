import type { RecordedEvent } from '#kernel';

import type { OwnStreams } from './own-streams.js';
import type { EventLog } from './port.js';
import type { StoredEvents } from './stored.js';

/** A log that is looked at and not worked with: nothing of it, or about it, is written. */
export interface InspectedLog
  extends Pick<EventLog, 'ledgerId' | 'head' | 'readAll'>, StoredEvents, OwnStreams {
  /** The newest event; undefined in an empty log. */
  newest(): Promise<RecordedEvent | undefined>;
}
