import { IntegrityError, InvalidInput } from '#kernel';
import type { RecordedEvent } from '#kernel';

/** An event that could not be folded, and why: a stable code and the event's type, no values. */
export interface Poison {
  readonly event: RecordedEvent;
  readonly reason: string;
}

/** Where folding an event failed. */
export type Stage = 'lift' | 'route' | 'open' | 'apply';

/** What is said of an event that cannot be folded: its message could quote personal data. */
export function poisonOf(event: RecordedEvent, stage: Stage, error: unknown): Poison {
  return { event, reason: `${stage}: ${codeOf(error)} (${event.type})` };
}

/** A short word for an error that says nothing of what was worked on. */
export function codeOf(error: unknown): string {
  if (error instanceof IntegrityError) return error.code;
  if (error instanceof InvalidInput) return error.rule;
  if (typeof error !== 'object' || error === null || !('name' in error)) return 'error';
  return typeof error.name === 'string' && /^\w{1,60}$/.test(error.name) ? error.name : 'error';
}
