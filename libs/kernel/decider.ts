import type { Category, KeyRef, RecordedEvent, Scope } from './events.js';
import type { Instant } from './clock.js';
import type { JsonObject } from './json.js';
import type { Refusal } from './refusal.js';
import type { KeyId, SubjectId } from './ids.js';

/** Personal data that an event shall carry, before it is sealed. */
export interface Personal {
  readonly subject: SubjectId;
  readonly category: Category;
  readonly scope: Scope;
  readonly value: JsonObject;
  /**
   * The key to seal under, for a subject other than the stream's own: one that the subject's own
   * stream names. Left out, the handler takes the key that the stream names, or provisions one.
   */
  readonly key?: KeyId;
}

/** An event as a decision yields it: data in clear here, sealed before it is stored. */
export interface Draft<Type extends string = string, Data extends JsonObject = JsonObject> {
  readonly type: Type;
  readonly data: Data;
  /** At most one for each (subject, category). */
  readonly personal?: readonly Personal[];
}

/** What a fold sees of an event: everything but the personal data itself. Needs no key. */
export interface Fact<Type extends string = string, Data extends JsonObject = JsonObject> {
  readonly type: Type;
  readonly data: Data;
  readonly sealed: readonly KeyRef[];
  readonly recordedAt: Instant;
  readonly id: RecordedEvent['id'];
}

/** What a decision may know besides the command and the state. */
export interface Deciding {
  readonly now: Instant;
  /** Code of the purpose that the command names. */
  readonly purpose: string;
  /** An id of this command's own, the same at every retry. */
  mint(label: string): string;
  /**
   * The current value of a category that the command declared in `needs`; undefined where there is
   * none, and where its key is lost (an erased one never gets to a decision).
   */
  opened(subject: SubjectId, category: Category): JsonObject | undefined;
}

/**
 * A decision is a pure function of the command and what has happened.
 *
 * `evolve` may change and return the state it is given: the fold owns it, and nobody else holds it
 * (a state with 100,000 orders is not copied 100,000 times). `decide` changes nothing.
 */
export interface Decider<C, D extends Draft, S> {
  initial(): S;
  decide(command: C, state: S, deciding: Deciding): readonly D[] | Refusal;
  evolve(state: S, fact: Fact): S;
}

/** What a fold sees of a recorded event. */
export function factOf(event: RecordedEvent): Fact {
  return {
    type: event.type,
    data: event.data,
    sealed: event.data.sealed ?? [],
    recordedAt: event.metadata.recordedAt,
    id: event.id,
  };
}
