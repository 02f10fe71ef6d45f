import {
  IntegrityError,
  isJsonObject,
  type EventId,
  type JsonObject,
  type Metadata,
  type RecordedEvent,
  type StreamName,
} from '#kernel';

import { positionOf } from './positions.js';

/** An event as a store that counts its events gives it back, its JSON not yet parsed. */
export type StoredRow = readonly [
  position: number,
  stream: StreamName,
  revision: number,
  id: EventId,
  type: string,
  metadata: string,
  data: string,
];

/**
 * The event that was stored. Its metadata and data have the shape that was written; only that they
 * are JSON objects is looked at, since whether they are unaltered is for the evidence to say.
 * @throws IntegrityError `event-unreadable`
 */
export function recordedEvent(stored: StoredRow): RecordedEvent {
  const [position, stream, revision, id, type, metadata, data] = stored;
  return {
    stream,
    revision,
    position: positionOf(position),
    id,
    type,
    metadata: parsed(metadata, position) as JsonObject & Metadata,
    data: parsed(data, position),
  };
}

/** The parser's own error quotes what it was given, and so is not passed on. */
function parsed(text: string, position: number): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  return objectAt(value, String(position));
}

/**
 * What was stored as an event's data or metadata.
 * @throws IntegrityError `event-unreadable` where it is not a JSON object
 */
export function objectAt(value: unknown, position: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new IntegrityError('event-unreadable', `event-log: the event at ${position} is not JSON`);
}
