import { setImmediate as breathe } from 'node:timers/promises';

import type { CustomerCategory, CustomerState, Hold } from '#customers';
import {
  CUSTOMER_CATEGORIES,
  customerFold,
  customerUpcasters,
  ERASABLE,
  subjectOf,
  weigh,
} from '#customers';
import type { Fact, Instant, KeyId, RecordedEvent, SubjectId } from '#kernel';
import { factOf } from '#kernel';

/** Kinds of customers that are counted apart. */
export const CATEGORIES_COUNTED: readonly CustomerCategory[] = CUSTOMER_CATEGORIES;

/** What can keep data from erasure. */
export const HOLDS = [
  'open-invoice',
  'collection',
  'contact-person',
  'statutory',
] as const satisfies readonly Hold['hold'][];

/** The register in numbers. All count entries of the register; two that were merged are two. */
export interface Figures {
  /** Entries that were registered, those since erased among them. */
  readonly customers: {
    readonly total: number;
    readonly byCategory: Readonly<Record<CustomerCategory, number>>;
    /** Of them, those that are read as one with another entry, which has absorbed them. */
    readonly absorbed: number;
  };
  /** With a restriction that was not lifted (Art. 18). */
  readonly restricted: number;
  /** With data that could not be erased, by what keeps them; several may keep those of one entry. */
  readonly held: {
    readonly total: number;
    readonly byHold: Readonly<Record<Hold['hold'], number>>;
  };
  /** Of whose identity nothing can be opened any more, though not all keys are destroyed yet. */
  readonly erasing: number;
  /** Of whose identity nothing is left. What was lost is not erased. */
  readonly erased: number;
  readonly events: { readonly total: number; readonly byType: Readonly<Record<string, number>> };
}

/** Customers that are weighed without a pause: about 15 ms. */
const WEIGHED_TOGETHER = 500;
/** Which key it is does not count. */
const ANY_KEY = '' as KeyId;

/**
 * The register's figures, folded over the log up to an instant. Customers are folded as decisions fold
 * them, and what no figure rests on is forgotten at once; of those that nothing holds the state is kept as
 * text, one for all that are in the same, so that a customer takes little more than an id.
 */
export class RegisterFold {
  readonly #upcasters = customerUpcasters();
  readonly #states = new Map<SubjectId, CustomerState | string>();
  readonly #texts = new Map<string, string>();
  readonly #byType = new Map<string, number>();
  #events = 0;

  /** @param at events that were recorded later are passed over */
  constructor(private readonly at: Instant) {}

  /** Takes in the next event of the log. The time of a stream never falls; that of the log may. */
  take(event: RecordedEvent): void {
    if (event.metadata.recordedAt > this.at) return;
    this.#events += 1;
    this.#byType.set(event.type, (this.#byType.get(event.type) ?? 0) + 1);
    const subject = subjectOf(event.stream);
    if (subject === undefined) return;
    const { initial, evolve } = customerFold(subject);
    const known = this.#states.get(subject);
    const before = known === undefined ? initial() : stateOf(known);
    const after = evolve(before, countable(factOf(this.#upcasters.lift(event))));
    this.#states.set(subject, this.#kept(forgetful(after)));
  }

  /** The figures after what was taken in. Others get their turn while many customers are weighed. */
  async figures(): Promise<Figures> {
    const tally = new Tally(this.at);
    const alike = new Map<string, number>();
    let weighed = 0;
    for (const state of this.#states.values()) {
      if (typeof state === 'string') {
        alike.set(state, (alike.get(state) ?? 0) + 1);
        continue;
      }
      tally.add(state, 1);
      weighed += 1;
      if (weighed % WEIGHED_TOGETHER === 0) await breathe();
    }
    for (const [text, count] of alike) tally.add(stateOf(text), count);
    const byType = Object.fromEntries([...this.#byType].sort(([a], [b]) => (a < b ? -1 : 1)));
    return { ...tally.counted(), events: { total: this.#events, byType } };
  }

  #kept(state: CustomerState): CustomerState | string {
    const isOwn =
      state.holding.length > 0 || state.roles.length > 0 || Object.keys(state.endings).length > 0;
    if (isOwn) return state;
    const text = JSON.stringify(state);
    const same = this.#texts.get(text);
    if (same !== undefined) return same;
    this.#texts.set(text, text);
    return text;
  }
}

function stateOf(known: CustomerState | string): CustomerState {
  // Written by this class from a state a moment ago.
  return typeof known === 'string' ? (JSON.parse(known) as CustomerState) : known;
}

function countable(fact: Fact): Fact {
  const sealed = fact.sealed.map(({ subject, category, scope }) => ({
    subject,
    category,
    scope,
    key: ANY_KEY,
  }));
  return { ...fact, sealed };
}

/** Forgets what only decisions rest on. */
function forgetful(state: CustomerState): CustomerState {
  state.orders = {};
  state.cases = {};
  state.linked = [];
  state.forbidden = [];
  state.endedOn = undefined;
  if (Object.keys(state.invoices).length > state.holding.length) {
    const { holding } = state;
    const isHolding = ([id]: [string, unknown]) => holding.includes(id);
    state.invoices = Object.fromEntries(Object.entries(state.invoices).filter(isHolding));
  }
  return state;
}

/** Counts customers by their states. */
class Tally {
  readonly #byCategory = new Map<CustomerCategory, number>();
  readonly #byHold = new Map<Hold['hold'], number>();
  readonly #counts = { total: 0, absorbed: 0, restricted: 0, held: 0, erasing: 0, erased: 0 };

  constructor(private readonly at: Instant) {}

  /** Counts customers that are in the same state. */
  add(state: CustomerState, count: number): void {
    if (state.category === undefined) return;
    this.#counts.total += count;
    add(this.#byCategory, state.category, count);
    if (state.absorbed) this.#counts.absorbed += count;
    if (state.restriction !== undefined) this.#counts.restricted += count;
    const waits = weigh(state, ERASABLE, this.at).waits.flatMap(({ holds }) => holds);
    if (waits.length > 0) this.#counts.held += count;
    for (const hold of new Set(waits.map((wait) => wait.hold))) add(this.#byHold, hold, count);
    const left = identityOf(state);
    if (left !== 'there') this.#counts[left] += count;
  }

  counted(): Omit<Figures, 'events'> {
    const { total, absorbed, restricted, held, erasing, erased } = this.#counts;
    return {
      customers: { total, byCategory: whole(CUSTOMER_CATEGORIES, this.#byCategory), absorbed },
      restricted,
      held: { total: held, byHold: whole(HOLDS, this.#byHold) },
      erasing,
      erased,
    };
  }
}

function identityOf({ keys }: CustomerState): 'there' | 'erasing' | 'erased' {
  const states = new Set(Object.values(keys.identity ?? {}).map(({ state }) => state));
  if (states.size === 0 || states.has('live') || states.has('lost')) return 'there';
  return states.has('ending') ? 'erasing' : 'erased';
}

function add<Name>(counts: Map<Name, number>, name: Name, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

/** All names with their counts, 0 where nothing was counted. */
function whole<Name extends string>(
  names: readonly Name[],
  counts: ReadonlyMap<Name, number>,
): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, counts.get(name) ?? 0])) as Record<
    Name,
    number
  >;
}
