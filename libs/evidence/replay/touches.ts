import { customerStream } from '#customers';
import type { Category, Instant, Json, Position, RecordedEvent, Source, SubjectId } from '#kernel';
import { isJsonObject } from '#kernel';

import { plainOf } from './shown-event.js';

/**
 * How an event concerns a person: it stands on the person's own stream, or on another's and seals data
 * of the person, or on another's and names the person by id.
 */
export const TOUCHES = ['own', 'sealed', 'named'] as const;

/** One event that touched a person: when, who, why, and what of the person. */
export interface Touch {
  readonly position: Position;
  readonly at: Instant;
  /** Id of an account, or `ledger`. */
  readonly actor: string;
  readonly purpose: string;
  readonly source: Source;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly how: (typeof TOUCHES)[number];
  /** What of the person it sealed. */
  readonly categories: readonly Category[];
}

/** What a list of touches does not have, in words. */
export const READS_NOT_RECORDED =
  'Only what was recorded is here: reads are not recorded yet, so who has merely looked at the person ' +
  'is not told.';

/** How an event concerns a person; undefined where it does not. */
export function touchOf(subject: SubjectId, event: RecordedEvent): Touch | undefined {
  const mine = (event.data.sealed ?? []).filter((envelope) => envelope.subject === subject);
  const how = howTouched(subject, event, mine.length > 0);
  if (how === undefined) return undefined;
  const { position, stream, revision, id, type, metadata } = event;
  const { recordedAt: at, actor, purpose, source } = metadata;
  const categories = mine.map(({ category }) => category);
  return { position, at, actor, purpose, source, stream, revision, id, type, how, categories };
}

function howTouched(
  subject: SubjectId,
  event: RecordedEvent,
  isSealed: boolean,
): Touch['how'] | undefined {
  if (event.stream === customerStream(subject)) return 'own';
  if (isSealed) return 'sealed';
  return names(plainOf(event), subject) ? 'named' : undefined;
}

function names(value: Json | undefined, subject: SubjectId): boolean {
  if (typeof value === 'string') return value === subject;
  if (Array.isArray(value)) return value.some((one: Json) => names(one, subject));
  return isJsonObject(value) && Object.values(value).some((one) => names(one, subject));
}
