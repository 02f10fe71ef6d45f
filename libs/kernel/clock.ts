import type { Brand } from './ids.js';
import { InvalidInput } from './errors.js';

/** An instant in UTC with milliseconds: `2026-03-02T09:15:00.000Z`. Text order is time order. */
export type Instant = Brand<string, 'Instant'>;

/** Where the time comes from. Injected everywhere, so that tests and the demo can set it. */
export interface Clock {
  now(): Instant;
}

const INSTANT =
  /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
/** The zone may carry the first and the last day out of the years that four digits can write. */
const IN_UTC = /^\d{4}-/;

/** The instant of a date, or of milliseconds since 1970 in UTC. */
export function instantOf(at: Date | number): Instant {
  return new Date(at).toISOString() as Instant;
}

/**
 * Reads an RFC 3339 date-time with a zone; {@link InvalidInput} for anything else. What lies below
 * a millisecond is cut off; a leap second is not known.
 */
export function parseInstant(text: string, field: string): Instant {
  const at = INSTANT.test(text) && dayExists(text) ? new Date(text).toISOString() : '';
  if (!IN_UTC.test(at)) {
    throw new InvalidInput(field, 'instant', 'must be an RFC 3339 date-time with a zone');
  }
  return at as Instant;
}

/** Milliseconds since 1970 in UTC. */
export function millisOf(at: Instant): number {
  return Date.parse(at);
}

/** The instant that lies the given milliseconds later. */
export function plusMillis(at: Instant, millis: number): Instant {
  return instantOf(millisOf(at) + millis);
}

/** The later of two instants. */
export function laterOf(a: Instant, b: Instant): Instant {
  return a < b ? b : a;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => instantOf(Date.now()) };

/** `Date` takes 31 February for 3 March; a day must survive the way there and back. */
function dayExists(text: string): boolean {
  const day = text.slice(0, 10);
  const parsed = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === day;
}
