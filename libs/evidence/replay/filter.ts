import type { Instant, RecordedEvent, SubjectId } from '#kernel';
import { InvalidInput, parseInstant, uuidAs } from '#kernel';

/** Which events are asked for; what is left out is no condition. */
export interface EventFilter {
  /** Recorded at this instant or later. */
  readonly from?: Instant;
  /** Recorded at this instant or earlier. */
  readonly to?: Instant;
  readonly type?: string;
  /** Id of an account, or `ledger`. */
  readonly actor?: string;
  /** Code of a purpose, also of one that the register definition has no more. */
  readonly purpose?: string;
  /** Whose stream. */
  readonly customer?: SubjectId;
}

/** A filter as somebody has written it. */
export type FilterGiven = Readonly<Partial<Record<keyof EventFilter, string | undefined>>>;

/** How types of events are written. */
export const EVENT_TYPE = /^[A-Za-z][A-Za-z0-9]{0,63}$/;
const ACTOR = /^[A-Za-z0-9-]{1,64}$/;
const PURPOSE = /^[a-z0-9-]{1,64}$/;

/**
 * Reads a filter.
 * @param isType whether there is an event type of this name: one that is mistyped finds nothing, which
 * might be taken for an answer
 * @throws InvalidInput
 */
export function filterOf(given: FilterGiven, isType: (name: string) => boolean): EventFilter {
  const from = instantIn(given, 'from');
  const to = instantIn(given, 'to');
  if (from !== undefined && to !== undefined && to < from) {
    throw new InvalidInput('to', 'order', 'must not lie before `from`');
  }
  const customer =
    given.customer === undefined ? undefined : uuidAs<SubjectId>(given.customer, 'customer');
  const type = textIn(given, 'type', EVENT_TYPE, 'must be an event type, as CustomerRegistered');
  if (type !== undefined && !isType(type)) {
    throw new InvalidInput('type', 'event-type', 'must be a type of the event catalogue');
  }
  const actor = textIn(given, 'actor', ACTOR, 'must be the id of an account, or ledger');
  const purpose = textIn(given, 'purpose', PURPOSE, 'must be the code of a purpose');
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(type === undefined ? {} : { type }),
    ...(actor === undefined ? {} : { actor }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(customer === undefined ? {} : { customer }),
  };
}

function instantIn(given: FilterGiven, field: 'from' | 'to'): Instant | undefined {
  const text = given[field];
  return text === undefined ? undefined : parseInstant(text, field);
}

function textIn(
  given: FilterGiven,
  field: 'type' | 'actor' | 'purpose',
  form: RegExp,
  hint: string,
): string | undefined {
  const text = given[field];
  if (text !== undefined && !form.test(text)) throw new InvalidInput(field, field, hint);
  return text;
}

/** Whether an event meets all conditions but `customer`, which says what is read. */
export function isWanted({ type, metadata }: RecordedEvent, filter: EventFilter): boolean {
  const { recordedAt, actor, purpose } = metadata;
  return (
    (filter.from === undefined || recordedAt >= filter.from) &&
    (filter.to === undefined || recordedAt <= filter.to) &&
    (filter.type === undefined || type === filter.type) &&
    (filter.actor === undefined || actor === filter.actor) &&
    (filter.purpose === undefined || purpose === filter.purpose)
  );
}
