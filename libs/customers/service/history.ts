import type { EventLog } from '#event-log';
import type {
  Category,
  Instant,
  JsonObject,
  Position,
  RecordedEvent,
  Refusal,
  StreamName,
  SubjectId,
  Upcasters,
} from '#kernel';
import type { Opener } from '#vault';
import type { Views } from '#views';

import { customerStream } from '../ids.js';
import type { CustomerPolicy } from '../policy.js';
import { mentionsView } from '../views/mentions-view.js';
import type { CustomerDoc } from '../views/customers-view.js';
import { restrictedFor, withholding } from './access.js';
import type { Caller } from './caller.js';
import type { CustomerReading } from './customer-reading.js';
import { customerNotFound } from './customer-reading.js';
import { eventsOf, readAt } from './log-reading.js';
import type { ShownValue } from './values.js';
import { shownValue } from './values.js';

/** One event of a customer's history: who, when, why, from what source, and what it said. */
export interface HistoryEntry {
  readonly position: Position;
  readonly stream: StreamName;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly at: Instant;
  readonly actor: string;
  readonly purpose: string;
  readonly source: string;
  readonly data: JsonObject;
  readonly values: readonly {
    readonly subject: SubjectId;
    readonly category: string;
    readonly shown: ShownValue;
  }[];
}

/** A page of a history; `next` is the position to go on after. */
export interface HistoryPage {
  readonly entries: readonly HistoryEntry[];
  readonly next?: Position;
}

const MENTIONS = 1000;

/** The history of a customer: the own stream, linked entries, and other people's documents. */
export class CustomerHistory {
  constructor(
    private readonly with_: {
      readonly log: EventLog;
      readonly views: Views;
      readonly opener: Opener;
      readonly policy: CustomerPolicy;
      readonly upcasters: Upcasters;
    },
    private readonly reading: CustomerReading,
  ) {}

  /**
   * Events in log order, up to an instant if one is given. Values follow today's erasures,
   * restrictions and role; an auditor sees events and never values.
   */
  async of(
    caller: Caller,
    id: SubjectId,
    page: { readonly after: Position; readonly limit: number; readonly until?: Instant },
  ): Promise<HistoryPage | Refusal> {
    const set = await this.reading.linkedDocs(id);
    if (set.length === 0) return customerNotFound();
    const refused = restrictedFor(
      caller,
      set.map(({ doc }) => doc),
      this.with_.policy,
    );
    if (refused !== undefined) return refused;
    const events = await this.#events(
      set.map((member) => member.id),
      page,
    );
    const docs = new Map(set.map((member) => [member.id, member.doc]));
    const entries = await this.#entries(caller, events, docs);
    const last = events.length === page.limit ? events.at(-1) : undefined;
    return { entries, ...(last === undefined ? {} : { next: last.position }) };
  }

  async #events(
    subjects: readonly SubjectId[],
    page: { readonly after: Position; readonly limit: number; readonly until?: Instant },
  ): Promise<readonly RecordedEvent[]> {
    const within = (event: RecordedEvent) =>
      event.position > page.after &&
      (page.until === undefined || event.metadata.recordedAt <= page.until);
    const lists = await Promise.all([
      ...subjects.map((subject) => this.#own(subject, within, page.limit)),
      ...subjects.map((subject) => this.#mentions(subject, within, page)),
    ]);
    const byPosition = new Map(lists.flat().map((event) => [event.position, event]));
    return [...byPosition.values()]
      .sort((a, b) => (a.position < b.position ? -1 : 1))
      .slice(0, page.limit);
  }

  async #own(
    subject: SubjectId,
    within: (event: RecordedEvent) => boolean,
    limit: number,
  ): Promise<readonly RecordedEvent[]> {
    const found: RecordedEvent[] = [];
    for await (const event of eventsOf(this.with_.log, customerStream(subject))) {
      if (within(event)) found.push(event);
      if (found.length === limit) break;
    }
    return found;
  }

  async #mentions(
    subject: SubjectId,
    within: (event: RecordedEvent) => boolean,
    page: { readonly after: Position },
  ): Promise<readonly RecordedEvent[]> {
    const rows = await this.with_.views.find(
      mentionsView,
      { $and: [{ subjects: subject }, { at: { $gt: page.after } }] },
      { sort: { field: 'at', direction: 1 }, limit: MENTIONS },
    );
    const events = await Promise.all(
      rows.map(({ doc }) => readAt(this.with_.log, doc.stream as StreamName, doc.revision)),
    );
    return events.filter(within);
  }

  async #entries(
    caller: Caller,
    events: readonly RecordedEvent[],
    docs: ReadonlyMap<SubjectId, CustomerDoc>,
  ): Promise<readonly HistoryEntry[]> {
    const whyNot = (subject: SubjectId, category: Category) => {
      const doc = docs.get(subject);
      // Another person on the same document is not this customer's to show.
      if (doc === undefined) return 'role';
      return withholding(caller, doc, category, this.with_.policy);
    };
    const opened = await this.with_.opener.openEvents(
      events,
      (_, ref) => whyNot(ref.subject, ref.category) === undefined,
    );
    return events.map((event, at) => {
      const shown = new Map((opened[at] ?? []).map(({ ref, opening }) => [ref.key, opening]));
      return {
        ...entryOf(this.with_.upcasters.lift(event)),
        values: (event.data.sealed ?? []).map(({ subject, category, key }) => {
          const opening = shown.get(key);
          const why = whyNot(subject, category);
          return {
            subject,
            category,
            shown:
              opening === undefined
                ? ({ state: 'withheld', why: why ?? 'lost' } as const)
                : shownValue(opening),
          };
        }),
      };
    });
  }
}

/** An event without what is sealed in it. */
export function entryOf(event: RecordedEvent): Omit<HistoryEntry, 'values'> {
  const { position, stream, revision, id, type, metadata } = event;
  const { recordedAt: at, actor, purpose, source } = metadata;
  const data = Object.fromEntries(Object.entries(event.data).filter(([name]) => name !== 'sealed'));
  return { position, stream, revision, id, type, at, actor, purpose, source, data };
}
