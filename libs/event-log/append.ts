import {
  canonicalBytes,
  InvalidInput,
  isUuid,
  streamName,
  type EventId,
  type NewEvent,
  type StreamName,
} from '#kernel';

import { AppendTooLarge, WrongExpectedRevision, type Expected } from './port.js';

/** Most bytes of data in one append, unless a store is set otherwise: EventStoreDB's own limit. */
export const MAX_APPEND_BYTES = 1_048_576;

const TYPE = /^[A-Za-z][A-Za-z0-9]*$/;

/** An event in the bytes that are stored. */
export interface EncodedEvent {
  readonly id: EventId;
  readonly type: string;
  /** Canonical JSON, UTF-8. */
  readonly metadata: Buffer;
  /** Canonical JSON, UTF-8. */
  readonly data: Buffer;
}

/** One append, checked and encoded: what an adapter hands to its store. */
export interface EncodedAppend {
  readonly stream: StreamName;
  readonly expected: Expected;
  readonly events: readonly EncodedEvent[];
}

/**
 * Checks the form of an append and encodes it, before anything is sent to a store.
 * @throws InvalidInput, AppendTooLarge
 */
export function encodeAppend(
  stream: StreamName,
  expected: Expected,
  events: readonly NewEvent[],
  maxBytes: number,
): EncodedAppend {
  streamName(stream);
  if (expected !== 'no-stream' && !(Number.isSafeInteger(expected) && expected >= 0)) {
    throw new InvalidInput('expected', 'revision', 'must be a revision or no-stream');
  }
  if (events.length === 0) throw new InvalidInput('events', 'empty', 'must hold an event');
  const encoded = events.map(encodeEvent);
  const bytes = encoded.reduce((sum, event) => sum + event.data.byteLength, 0);
  if (bytes > maxBytes) throw new AppendTooLarge(bytes, maxBytes);
  return { stream, expected, events: encoded };
}

/**
 * Whether an append is to be written, or was written before and is only to be answered.
 *
 * @param actual revision of the stream's last event, or that it has none
 * @param idsFrom ids of the stream's events from a revision on, at most so many, in order
 * @throws WrongExpectedRevision where it is neither
 */
export function decideAppend(
  append: EncodedAppend,
  actual: Expected,
  idsFrom: (revision: number, count: number) => readonly string[],
): 'write' | 'repeat' {
  if (actual === append.expected) return 'write';
  const stored = actual === 'no-stream' ? [] : idsFrom(firstRevision(append), append.events.length);
  if (append.events.every((event, index) => event.id === stored[index])) return 'repeat';
  throw new WrongExpectedRevision(append.stream, append.expected, actual);
}

/** Revision of the first event of an append. */
export function firstRevision(append: EncodedAppend): number {
  return append.expected === 'no-stream' ? 0 : append.expected + 1;
}

/** Revision of the last event of an append. */
export function lastRevision(append: EncodedAppend): number {
  return firstRevision(append) + append.events.length - 1;
}

function encodeEvent(event: NewEvent): EncodedEvent {
  if (!isUuid(event.id)) throw new InvalidInput('id', 'uuid', 'must be a UUID in lower case');
  if (!TYPE.test(event.type)) {
    throw new InvalidInput('type', 'event-type', 'must be letters and digits, a letter first');
  }
  return {
    id: event.id,
    type: event.type,
    metadata: canonicalBytes({ ...event.metadata }),
    data: canonicalBytes(event.data),
  };
}
