import { IntegrityError, isUuid, type EventId, type Position } from '#kernel';

import { PART } from './schema.js';

/** An id in a row: the 16 bytes of a UUID; any other text as JSON, since the driver ends a text at NUL. */
export type StoredId = Uint8Array | string;

/** A position in a row: a number where it is one in 16 digits; otherwise its text. */
export type StoredPosition = number | string;

const UUID_BYTES = 16;
const DIGITS = 16;
const NUMBERED = /^[0-9]{16}$/;

export function storedId(id: EventId): StoredId {
  return isUuid(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : JSON.stringify(id);
}

/** @throws IntegrityError `store-corrupt` */
export function idOf(stored: StoredId): EventId {
  if (typeof stored === 'string') return textOf(stored) as EventId;
  if (stored.length !== UUID_BYTES) throw damaged();
  const hex = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength).toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20)].join('-') as EventId;
}

export function storedPosition(position: Position): StoredPosition {
  const number = NUMBERED.test(position) ? Number(position) : Number.NaN;
  return Number.isSafeInteger(number) ? number : position;
}

export function positionOf(stored: StoredPosition): Position {
  return (typeof stored === 'number' ? String(stored).padStart(DIGITS, '0') : stored) as Position;
}

function textOf(json: string): string {
  try {
    const text: unknown = JSON.parse(json);
    if (typeof text === 'string') return text;
  } catch {
    throw damaged();
  }
  throw damaged();
}

function damaged(): IntegrityError {
  return new IntegrityError('store-corrupt', `${PART}: an id that was not written so`);
}
