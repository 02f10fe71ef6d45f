import type { EventId, Instant, JsonObject, RecordedEvent } from '#kernel';
import { parseInstant } from '#kernel';
import type { LocalDate } from '#law';
import { endOfHelsinkiDay } from '#law';
import type { ViewDefinition } from '#views';

import type { Hold, Wait } from '../erasure/events.js';
import { subjectOf } from '../ids.js';
import { textOf } from './customers-view.js';

/** One customer's part in an erasure case: a merged set has several. */
export type CasePart = Readonly<{
  subject: string;
  status: 'open' | 'erasing' | 'waiting' | 'erased' | 'withdrawn';
  waits: readonly (Wait & JsonObject)[];
  /** Erasures begun and not yet completed. */
  ending: readonly string[];
  /** The signed receipts: data of the SubjectErased events, by event id. */
  receipts: readonly ({ readonly event: EventId; readonly at: Instant } & JsonObject)[];
  /** When it is to be weighed again. */
  dueAt: Instant | null;
}>;

/** An erasure case, found by its number also when the person can no longer be found. */
export type CaseDoc = Readonly<{
  ground: string;
  categories: readonly string[];
  requestedAt: Instant;
  answerBy: string;
  status: CasePart['status'];
  closed: boolean;
  parts: readonly CasePart[];
  /** Customers of which a part waits. */
  waitingFor: readonly string[];
  /** The earliest instant at which a part is to be weighed again. */
  dueAt: Instant | null;
}>;

/** Facts that may end a hold: the case is then weighed again at once. */
const HOLD_ENDS: ReadonlySet<string> = new Set([
  'InvoiceSettled',
  'InvoiceCredited',
  'CollectionEnded',
  'ContactRoleEnded',
]);

/** All erasure cases, with the next instant at which each is due. */
export const casesView: ViewDefinition<CaseDoc> = {
  name: 'erasure-cases',
  version: 1,
  indexes: [
    { field: 'status', kind: 'value' },
    { field: 'dueAt', kind: 'value' },
    { field: 'requestedAt', kind: 'value' },
    { field: 'waitingFor', kind: 'array' },
  ],
  route: (event) => {
    const subject = subjectOf(event.stream);
    if (subject === undefined) return [];
    if (HOLD_ENDS.has(event.type)) return { waitingFor: subject };
    return typeof event.data.case === 'string' ? [event.data.case] : [];
  },
  apply: (before, event) => {
    const subject = subjectOf(event.stream) ?? '';
    const doc = event.type === 'ErasureRequested' ? requested(before, event, subject) : before;
    if (doc === undefined) return undefined;
    if (event.type === 'ErasureCaseClosed') return { ...doc, closed: true };
    const parts = doc.parts.map((part) => (part.subject === subject ? after(part, event) : part));
    return summed(doc, parts);
  },
};

function requested(before: CaseDoc | undefined, event: RecordedEvent, subject: string): CaseDoc {
  const part: CasePart = {
    subject,
    status: 'open',
    waits: [],
    ending: [],
    receipts: [],
    dueAt: null,
  };
  if (before !== undefined) return { ...before, parts: [...before.parts, part] };
  return {
    ground: textOf(event, 'ground'),
    categories: (event.data.categories ?? []) as readonly string[],
    requestedAt: event.metadata.recordedAt,
    answerBy: textOf(event, 'answerBy'),
    status: 'open',
    closed: false,
    parts: [part],
    waitingFor: [],
    dueAt: null,
  };
}

function after(part: CasePart, event: RecordedEvent): CasePart {
  switch (event.type) {
    case 'ErasureDeferred': {
      const waits = (event.data.waits ?? []) as CasePart['waits'];
      return restated({ ...part, waits, dueAt: dueOf(waits) });
    }
    case 'ErasureStarted':
      return restated({ ...part, ending: [...part.ending, event.id], waits: [], dueAt: null });
    case 'SubjectErased': {
      const ending = part.ending.filter((started) => started !== event.data.started);
      const receipt = { ...event.data, event: event.id, at: event.metadata.recordedAt };
      return restated({ ...part, ending, receipts: [...part.receipts, receipt] });
    }
    case 'ErasureWithdrawn':
      return { ...restated({ ...part, waits: [], dueAt: null }), status: 'withdrawn' };
    default:
      return part.waits.some(({ holds }) => holds.some((hold) => endsHold(event, hold)))
        ? { ...part, dueAt: event.metadata.recordedAt }
        : part;
  }
}

/** What ends no hold of the case would leave it due for ever: weighing it again changes nothing. */
function endsHold({ type, data }: RecordedEvent, hold: Hold): boolean {
  switch (hold.hold) {
    case 'open-invoice':
      return type.startsWith('Invoice') && data.invoice === hold.invoice;
    case 'collection':
      return type === 'CollectionEnded' && data.invoice === hold.invoice;
    case 'contact-person':
      return type === 'ContactRoleEnded' && data.organisation === hold.organisation;
    case 'statutory':
      return false;
  }
}

function restated(part: CasePart): CasePart {
  if (part.status === 'withdrawn') return part;
  if (part.ending.length > 0) return { ...part, status: 'erasing' };
  if (part.waits.length > 0) return { ...part, status: 'waiting' };
  return { ...part, status: part.receipts.length > 0 ? 'erased' : 'open' };
}

/** When only dates hold a part, it is due when the last of them is over in Helsinki. */
function dueOf(waits: readonly Wait[]): Instant | null {
  const dues = waits.flatMap((wait) => {
    const days = wait.holds.flatMap((hold) => (hold.hold === 'statutory' ? [hold.until] : []));
    const last = days.toSorted().at(-1);
    return last === undefined || days.length < wait.holds.length
      ? []
      : [parseInstant(endOfHelsinkiDay(last as LocalDate), 'until')];
  });
  return dues.toSorted()[0] ?? null;
}

/** A linked entry that has nothing of what was asked for stays `open`, and keeps no case open. */
const ORDER: readonly CasePart['status'][] = ['erasing', 'waiting', 'erased', 'open', 'withdrawn'];

function summed(doc: CaseDoc, parts: readonly CasePart[]): CaseDoc {
  const status = ORDER.find((one) => parts.some((part) => part.status === one)) ?? doc.status;
  const dues = parts.flatMap((part) => (part.dueAt === null ? [] : [part.dueAt]));
  return {
    ...doc,
    parts,
    status,
    waitingFor: parts.filter((part) => part.waits.length > 0).map((part) => part.subject),
    dueAt: dues.toSorted()[0] ?? null,
  };
}
