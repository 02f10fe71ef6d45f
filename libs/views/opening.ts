import { IntegrityError, Outage } from '#kernel';
import type { Category, EventId, JsonObject, RecordedEvent, SubjectId } from '#kernel';

/** The envelopes of one event that a view wants opened. */
export interface Wanted {
  readonly event: RecordedEvent;
  readonly categories: readonly Category[];
}

/** Gives an opened value; undefined where it is erased, or withheld. */
export type OpenedValues = (
  event: EventId,
  subject: SubjectId,
  category: Category,
) => JsonObject | undefined;

/**
 * Opens what a view wants of many events, asking the vault once. An outage or a tag that fails
 * throws: neither is ever the answer "erased".
 */
export type OpenEnvelopes = (wanted: readonly Wanted[], view: string) => Promise<OpenedValues>;

/** Opens nothing, and says so: a view that wants envelopes opened must not find them "erased". */
export const openNothing: OpenEnvelopes = () =>
  Promise.reject(new IntegrityError('no-opener', 'this process opens no envelopes for views'));

/** What opening came to; where it failed, only the values of what comes before. */
export interface Opening {
  readonly values: OpenedValues;
  readonly failed?: { readonly event: RecordedEvent; readonly error: unknown };
}

/** Opens all at once; where that fails, one event after another, to find the one that does. */
export async function openAll(
  open: OpenEnvelopes,
  wanted: readonly Wanted[],
  view: string,
): Promise<Opening> {
  if (wanted.length === 0) return { values: () => undefined };
  try {
    return { values: await open(wanted, view) };
  } catch (error) {
    if (error instanceof Outage) throw error;
    return openEach(open, wanted, view);
  }
}

async function openEach(
  open: OpenEnvelopes,
  wanted: readonly Wanted[],
  view: string,
): Promise<Opening> {
  const opened = new Map<EventId, OpenedValues>();
  const values: OpenedValues = (event, subject, category) =>
    opened.get(event)?.(event, subject, category);
  for (const one of wanted) {
    try {
      opened.set(one.event.id, await open([one], view));
    } catch (error) {
      if (error instanceof Outage) throw error;
      return { values, failed: { event: one.event, error } };
    }
  }
  return { values };
}
