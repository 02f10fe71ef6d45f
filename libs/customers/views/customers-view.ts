import type { Category, Envelope, EventId, Instant, JsonObject, RecordedEvent } from '#kernel';
import type { Opened, ViewDefinition } from '#views';

import type { Wait } from '../erasure/events.js';
import { isCustomerEvent } from '../event-types.js';
import type { CustomerEventName } from '../event-types.js';
import { subjectOf } from '../ids.js';
import type { Part, ProfileCategory } from '../vocabulary.js';
import { PROFILE } from '../vocabulary.js';
import { keep } from './places.js';
import type { Kept } from './places.js';
import {
  foldEmail,
  foldNumber,
  foldPhone,
  prefixesOf,
  SEARCH_FIELDS,
  wordsOf,
} from './search-words.js';

/** What became of a category that cannot be opened any more. */
export type Gone = Readonly<{
  state: 'erasing' | 'erased' | 'lost';
  at: Instant;
  /** The event that took it. */
  by: EventId;
  /** The erasure case, where it was one. */
  case?: string;
}>;

/** One customer of the register. Values lie in envelopes; the rest tells nothing of the person. */
export type CustomerDoc = Readonly<{
  category: string;
  notice: number;
  registeredAt: Instant;
  changedAt: Instant;
  /** Revision of the stream's last event: the ETag. */
  revision: number;
  ended: string | null;
  restricted: boolean;
  restrictionGround: string | null;
  /** Cases of which a part still waits. */
  waitingCases: readonly string[];
  waiting: boolean;
  /** What waits, by case: used only for what holds it (Art. 17(3)). */
  held: Readonly<Record<string, readonly string[]>>;
  forbidden: readonly string[];
  linked: readonly string[];
  absorbed: boolean;
  roles: readonly string[];
  /** Whether nothing of identity, contact and affiliation is left. */
  erased: boolean;
  values: Readonly<Partial<Record<ProfileCategory, Kept>>>;
  gone: Readonly<Partial<Record<Category, Gone>>>;
  tokens: Readonly<Partial<Record<ProfileCategory, readonly string[]>>>;
}>;

type Change = (doc: CustomerDoc, event: RecordedEvent, opened: Opened) => Partial<CustomerDoc>;

/** The register as staff search and read it. */
export const customersView: ViewDefinition<CustomerDoc> = {
  name: 'customers',
  version: 1,
  tokens: SEARCH_FIELDS,
  indexes: [
    { field: 'category', kind: 'value' },
    { field: 'restricted', kind: 'value' },
    { field: 'waiting', kind: 'value' },
    { field: 'ended', kind: 'value' },
    { field: 'erased', kind: 'value' },
    { field: 'registeredAt', kind: 'value' },
    { field: 'changedAt', kind: 'value' },
    ...PROFILE.map((category) => ({ field: `tokens.${category}`, kind: 'array' as const })),
  ],
  opens: (event) => (isCustomerEvent(event.type) ? PROFILE : []),
  route: (event) => {
    const subject = subjectOf(event.stream);
    return subject === undefined || !isCustomerEvent(event.type) ? [] : [subject];
  },
  apply: (before, event, opened) => {
    if (!isCustomerEvent(event.type)) return before;
    const doc = event.type === 'CustomerRegistered' ? newCustomer(event) : before;
    if (doc === undefined) return undefined;
    const change = CHANGES[event.type];
    const changed = withValues({ ...doc, ...change?.(doc, event, opened) }, event, opened);
    return { ...changed, changedAt: event.metadata.recordedAt, revision: event.revision };
  },
};

/** A customer of whom the register has nothing but that they are there. */
export const emptyCustomer: Omit<
  CustomerDoc,
  'category' | 'notice' | 'registeredAt' | 'changedAt' | 'revision'
> = {
  ended: null,
  restricted: false,
  restrictionGround: null,
  waitingCases: [],
  waiting: false,
  held: {},
  forbidden: [],
  linked: [],
  absorbed: false,
  roles: [],
  erased: false,
  values: {},
  gone: {},
  tokens: {},
};

function newCustomer(event: RecordedEvent): CustomerDoc {
  const at = event.metadata.recordedAt;
  return {
    ...emptyCustomer,
    category: textOf(event, 'category'),
    notice: Number(event.data.notice),
    registeredAt: at,
    changedAt: at,
    revision: event.revision,
  };
}

const CHANGES: Partial<Record<CustomerEventName, Change>> = {
  CustomershipEnded: (_, event) => ({ ended: textOf(event, 'on') }),
  CustomershipResumed: () => ({ ended: null }),
  ProcessingRestricted: (_, event) => ({
    restricted: true,
    restrictionGround: textOf(event, 'ground'),
  }),
  RestrictionLifted: () => ({ restricted: false, restrictionGround: null }),
  UseForbidden: (doc, event) => ({ forbidden: added(doc.forbidden, textOf(event, 'use')) }),
  UseAllowed: (doc, event) => ({ forbidden: without(doc.forbidden, textOf(event, 'use')) }),
  CustomersMerged: (doc, event) => ({
    linked: added(doc.linked, textOf(event, 'with')),
    absorbed: doc.absorbed || event.data.role === 'absorbed',
  }),
  ContactRoleStarted: (doc, event) => ({ roles: added(doc.roles, textOf(event, 'organisation')) }),
  ContactRoleEnded: (doc, event) => ({ roles: without(doc.roles, textOf(event, 'organisation')) }),
  ErasureDeferred: (doc, event) => {
    const waits = (event.data.waits ?? []) as readonly Wait[];
    return waiting(doc, event, [...new Set(waits.map((wait) => wait.category))]);
  },
  ErasureWithdrawn: (doc, event) => waiting(doc, event, []),
  ErasureStarted: (doc, event) => ({
    ...waiting(doc, event, []),
    ...forget(doc, event, 'erasing'),
  }),
  SubjectErased: (doc, event) => ({ gone: erasedFor(doc, event) }),
  ErasureRepeated: (doc, event) => forget(doc, event, 'erased'),
  KeyLost: (doc, event) => forget(doc, event, 'lost'),
};

function waiting(
  doc: CustomerDoc,
  event: RecordedEvent,
  categories: readonly string[],
): Partial<CustomerDoc> {
  const number = textOf(event, 'case');
  const waits = categories.length > 0;
  const cases = waits ? added(doc.waitingCases, number) : without(doc.waitingCases, number);
  const others = Object.entries(doc.held).filter(([other]) => other !== number);
  const held = Object.fromEntries(waits ? [...others, [number, categories]] : others);
  return { waitingCases: cases, waiting: cases.length > 0, held };
}

/** Drops envelopes and tokens of the parts that an event takes. */
function forget(
  doc: CustomerDoc,
  event: RecordedEvent,
  state: Gone['state'],
): Partial<CustomerDoc> {
  const at = event.metadata.recordedAt;
  const number = typeof event.data.case === 'string' ? { case: event.data.case } : {};
  const taken = new Set(partsOf(event).map((part) => part.key));
  const values = { ...doc.values };
  const tokens = { ...doc.tokens };
  const gone = { ...doc.gone };
  for (const category of PROFILE) {
    const kept = doc.values[category];
    if (kept === undefined || !taken.has(kept.envelope.key)) continue;
    Reflect.deleteProperty(values, category);
    Reflect.deleteProperty(tokens, category);
    gone[category] = { state, at, by: event.id, ...number };
  }
  return { values, tokens, gone, erased: isErased(values, gone) };
}

/** What was lost was never erased, and is not shown as if it were. */
function isErased(values: CustomerDoc['values'], gone: CustomerDoc['gone']): boolean {
  const lost = Object.values(gone).some(({ state }) => state === 'lost');
  return Object.keys(values).length === 0 && !lost;
}

/** Only what that erasure took: another one of the same case may still be under way. */
function erasedFor(doc: CustomerDoc, event: RecordedEvent): CustomerDoc['gone'] {
  const at = event.metadata.recordedAt;
  const entries = Object.entries(doc.gone).map(([category, gone]) =>
    gone.state === 'erasing' && gone.by === event.data.started
      ? [category, { ...gone, state: 'erased', at } satisfies Gone]
      : [category, gone],
  );
  return Object.fromEntries(entries) as CustomerDoc['gone'];
}

/** The newest envelope of a category is its current value. */
function withValues(doc: CustomerDoc, event: RecordedEvent, opened: Opened): CustomerDoc {
  const subject = subjectOf(event.stream);
  let { values, tokens } = doc;
  for (const envelope of event.data.sealed ?? []) {
    const category = PROFILE.find((known) => known === envelope.category);
    if (category === undefined || envelope.subject !== subject) continue;
    values = { ...values, [category]: keep(event, envelope) };
    tokens = { ...tokens, [category]: tokensOf(envelope, category, opened) };
  }
  return { ...doc, values, tokens };
}

/** None where the value does not open: an erased person is not found, and stops nothing. */
function tokensOf(envelope: Envelope, category: ProfileCategory, opened: Opened): string[] {
  const value = opened.value(envelope.subject, category);
  if (value === undefined) return [];
  const tokens = searchable(category, value).map(([field, text]) => opened.token(field, text));
  return [...new Set(tokens)];
}

function searchable(category: ProfileCategory, value: JsonObject): [string, string][] {
  const text = (field: string) => {
    const found = value[field];
    return typeof found === 'string' ? found : '';
  };
  const words = (field: string, from: string) =>
    wordsOf(from).flatMap((word) => prefixesOf(word).map((p): [string, string] => [field, p]));
  switch (category) {
    case 'identity':
      return [
        ...exact('number', foldNumber(text('customerNumber'))),
        ...words('name', `${text('firstName')} ${text('lastName')}`),
        ...words('organisation', text('organisationName')),
      ];
    case 'affiliation':
      return words('organisation', text('organisation'));
    case 'contact':
      return [
        ...exact('email', foldEmail(text('email'))),
        ...exact('phone', foldPhone(text('phone'))),
      ];
  }
}

function exact(field: string, text: string): [string, string][] {
  return text === '' ? [] : [[field, text]];
}

/** The parts that an event names; events are written by the types that say so. */
export function partsOf(event: RecordedEvent): readonly Part[] {
  return (event.data.parts ?? event.data.ends ?? []) as readonly Part[];
}

/** A text field of an event's plain data; empty where it has none. */
export function textOf(event: RecordedEvent, field: string): string {
  const value = event.data[field];
  return typeof value === 'string' ? value : '';
}

function added(list: readonly string[], item: string): readonly string[] {
  return list.includes(item) ? list : [...list, item];
}

function without(list: readonly string[], item: string): readonly string[] {
  return list.filter((other) => other !== item);
}
