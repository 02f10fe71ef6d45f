import { customerStream } from '#customers';
import type { EventLog } from '#event-log';
import { allPages } from '#event-log';
import type { Position, RecordedEvent, SubjectId } from '#kernel';
import { START, uuidAs } from '#kernel';

import type { EventFilter } from './filter.js';
import { isWanted } from './filter.js';
import { scan } from './scan.js';
import type { ShownEvent } from './shown-event.js';
import { shownEvent } from './shown-event.js';
import type { Touch } from './touches.js';
import { touchOf } from './touches.js';

/** Most events that one request reads: a fifth of a second on embedded stores. */
const MOST_READ = 20_000;

/** Where a list goes on: what its cursor holds. */
export interface ListPlace {
  /** The last event that was read. */
  readonly after: Position;
  /** Its revision within its stream. */
  readonly revision: number;
  /** The newest event of the log when the list was begun: it ends there, and so comes to an end. */
  readonly until: Position;
}

/** A part of a list. */
export interface ListPart<Found> {
  readonly found: readonly Found[];
  /** Position up to which the log has been read. */
  readonly position: Position;
  /** Entries of the register that are one with the customer, by what was read of its stream. */
  readonly linked: readonly SubjectId[];
  readonly next?: ListPlace;
}

/** What is asked of a list: how much, and where it goes on. */
export interface ListAsked {
  readonly limit: number;
  readonly place?: ListPlace;
  /** Events that are read at most. Default 20,000. */
  readonly most?: number;
}

/** Reads the log for auditors. Opens nothing. */
export class Auditor {
  constructor(private readonly log: Pick<EventLog, 'read' | 'readAll' | 'head'>) {}

  /**
   * Events, the oldest first. A part may be shorter than its limit, or empty, and yet have a next one:
   * it ends where it has read enough.
   * @returns undefined where there is no such customer
   */
  async events(filter: EventFilter, asked: ListAsked): Promise<ListPart<ShownEvent> | undefined> {
    const { customer } = filter;
    const until = await this.#until(asked);
    const pick = (event: RecordedEvent) =>
      isWanted(event, filter) ? shownEvent(event) : undefined;
    if (customer === undefined) {
      const pages = allPages(this.log, { after: asked.place?.after ?? START, until });
      return part(pages, pick, { ...asked, until });
    }
    if (!(await this.knows(customer))) return undefined;
    const from = asked.place === undefined ? 0 : asked.place.revision + 1;
    return part(this.log.read(customerStream(customer), from), pick, { ...asked, until }, customer);
  }

  /**
   * Who touched a person: the events of the person's own stream and those of others that seal the person's
   * data or name the person, the oldest first. It reads the log from the person's first event on.
   * @returns undefined where there is no such customer
   */
  async touched(subject: SubjectId, asked: ListAsked): Promise<ListPart<Touch> | undefined> {
    const until = await this.#until(asked);
    const pages = await this.touching(subject, until, asked.place?.after);
    const pick = (event: RecordedEvent) => touchOf(subject, event);
    return pages && part(pages, pick, { ...asked, until }, subject);
  }

  /**
   * The part of the log in which a person may have been touched, in pages.
   * @returns undefined where there is no such customer
   */
  async touching(
    subject: SubjectId,
    until: Position,
    after?: Position,
  ): Promise<AsyncIterable<readonly RecordedEvent[]> | undefined> {
    if (after !== undefined) return allPages(this.log, { after, until });
    const first = await this.#firstOf(subject);
    return first && begunWith(first, allPages(this.log, { after: first.position, until }));
  }

  /** Whether a customer has a stream. */
  async knows(subject: SubjectId): Promise<boolean> {
    return (await this.#firstOf(subject)) !== undefined;
  }

  async #until({ place }: ListAsked): Promise<Position> {
    return place?.until ?? (await this.log.head());
  }

  async #firstOf(subject: SubjectId): Promise<RecordedEvent | undefined> {
    for await (const [event] of this.log.read(customerStream(subject), 0, 1)) return event;
    return undefined;
  }
}

async function* begunWith(
  first: RecordedEvent,
  pages: AsyncIterable<readonly RecordedEvent[]>,
): AsyncGenerator<readonly RecordedEvent[]> {
  yield [first];
  yield* pages;
}

/** A part of a list of what is made of events. @param of the customer that it is about */
async function part<Found>(
  pages: AsyncIterable<readonly RecordedEvent[]>,
  pick: (event: RecordedEvent) => Found | undefined,
  asked: ListAsked & { readonly until: Position },
  of?: SubjectId,
): Promise<ListPart<Found>> {
  const linked = new Set<SubjectId>();
  const { until, limit, most = MOST_READ } = asked;
  const noting = (event: RecordedEvent) => {
    const other = of === undefined ? undefined : linkedIn(event, of);
    if (other !== undefined) linked.add(other);
    return pick(event);
  };
  const { found, last, isOver } = await scan(pages, noting, { until, limit, most });
  const shown = { found, linked: [...linked] };
  if (isOver || last === undefined) return { ...shown, position: until };
  const { position, revision } = last;
  return { ...shown, position, next: { after: position, revision, until } };
}

/** The entry that an event of a customer's stream says is one with it. */
export function linkedIn(event: RecordedEvent, of: SubjectId): SubjectId | undefined {
  if (event.type !== 'CustomersMerged' || event.stream !== customerStream(of)) return undefined;
  const other = event.data.with;
  return typeof other === 'string' ? uuidAs<SubjectId>(other, 'with') : undefined;
}
