import { ErrorType, type ResolvedEvent } from '@eventstore/db-client';

import { START, type Position, type StreamName } from '#kernel';

import type { PlacedEvent, StreamPlace } from '../own-streams.js';
import { storedAfter } from './all-reader.js';
import type { Connections } from './connections.js';
import { kindOf } from './failures.js';
import { Learned, type Revisions } from './learned.js';
import type { Names } from './names.js';
import { positionOf, storePosition } from './positions.js';
import { streamPage } from './reads.js';
import { Slots } from './slots.js';

/** Most revisions that one read covers. */
const SPAN = 1_000;
/** Reads under way at a time: the rest of what a connection carries is for those who work. */
const AT_ONCE = 32;
/** Events of `$all`, and streams, that are looked at in one go. */
const PAGE = 1_000;

type ClientsEvent = NonNullable<ResolvedEvent['event']>;

/** Reads streams by themselves, and compares them with what `$all` gives. */
export class OwnStreamsReader {
  readonly #connections: Connections;
  readonly #names: Names;
  readonly #slots = new Slots(AT_ONCE);
  #newest: { readonly after: Position; readonly page: readonly PlacedEvent[] } | undefined;
  #learned = new Learned();

  constructor(connections: Connections, names: Names) {
    this.#connections = connections;
    this.#names = names;
  }

  /** Remembers a page of `$all`: streams of pages that are asked for in turn are read once. */
  hasRead(after: Position, page: readonly PlacedEvent[]): void {
    this.#newest = { after, page };
  }

  /** As the port says, with a read for each stream of the page. */
  async missing(page: readonly PlacedEvent[]): Promise<readonly number[]> {
    for (const { position } of page) storePosition(position);
    const learned = this.#learnedBefore(page);
    learned?.note(page);
    const given = new Map<string, ClientsEvent>();
    const reads = spansOf(page).map(async (span) => {
      // One more than is asked for shows whether the stream goes on.
      const events = await this.#read({ ...span, end: span.end + 1 });
      for (const event of events) given.set(keyOf(span.stream, event), event);
      learned?.noteRead(span.stream, span.end - 1, Number(events.at(-1)?.revision ?? -1));
    });
    await Promise.all(reads);
    return page.flatMap((asked, place) => {
      const event = given.get(keyOf(asked.stream, asked));
      const isThere = event?.id === asked.id && stands(event, (at) => at === asked.position);
      return isThere ? [] : [place];
    });
  }

  /** What is known where a page goes on from that; a page of the beginning begins anew. */
  #learnedBefore(page: readonly PlacedEvent[]): Learned | undefined {
    if (this.#newest?.page !== page) return undefined;
    const { after } = this.#newest;
    if (after === START) this.#learned = new Learned();
    return this.#learned.upTo === after ? this.#learned : undefined;
  }

  /**
   * As the port says: a revision that `$all` leaves out, or that comes behind its last. What was learned
   * of streams before is not read again, and is forgotten.
   */
  async *strays(until: Position): AsyncGenerator<readonly StreamPlace[], void, void> {
    storePosition(until);
    const learned = this.#learned.upTo <= until ? this.#learned : new Learned();
    this.#learned = new Learned();
    yield* this.#strayIn(learned.takeGaps(), until);
    while (learned.upTo < until) {
      const page = await storedAfter(this.#connections, this.#names, learned.upTo, PAGE);
      const own = page.filter(({ position }) => position <= until);
      if (own.length === 0) break;
      learned.note(own);
      yield* this.#strayIn(learned.takeGaps(), until);
    }
    let ends: Revisions[] = [];
    for (const end of learned.ends()) {
      ends.push(end);
      if (ends.length < PAGE) continue;
      yield* this.#strayIn(ends, until);
      ends = [];
    }
    yield* this.#strayIn(ends, until);
  }

  async *#strayIn(
    all: readonly Revisions[],
    until: Position,
  ): AsyncGenerator<readonly StreamPlace[], void, void> {
    for (let rest = all; rest.length > 0;) {
      const looked = await Promise.all(rest.map((revisions) => this.#look(revisions, until)));
      const places = looked.flatMap(({ found }) => found);
      if (places.length > 0) yield places;
      rest = looked.flatMap(({ left }) => left ?? []);
    }
  }

  /** The ledger's events that the stream has there, and where to look further, if there may be more. */
  async #look(
    { stream, first, end }: Revisions,
    until: Position,
  ): Promise<{ readonly found: readonly StreamPlace[]; readonly left?: Revisions }> {
    const read = await this.#read({ stream, first, end: Math.min(end, first + SPAN) });
    // Where the beginning is truncated, the read goes on behind it.
    const events = read.filter(({ revision }) => revision < end);
    const old = events.filter((event) => stands(event, (at) => at <= until));
    const found = old
      .filter((event) => this.#names.isLedgers(event))
      .map(({ revision }) => ({ stream, revision: Number(revision) }));
    const next = Number(old.at(-1)?.revision ?? Number.NaN) + 1;
    const goesOn = next < end && old.length === events.length;
    return goesOn ? { found, left: { stream, first: next, end } } : { found };
  }

  /** What the stream gives of these revisions; nothing where it is truncated or deleted. */
  async #read({ stream, first, end }: Revisions): Promise<readonly ClientsEvent[]> {
    const asked = { from: BigInt(first), direction: 'forwards', count: end - first } as const;
    const name = this.#names.stored(stream);
    await this.#slots.take();
    try {
      const page = await this.#connections.call((connection) =>
        streamPage(connection, name, asked),
      );
      return page.flatMap(({ event }) => (event === undefined ? [] : [event]));
    } catch (error) {
      const kind = kindOf(error);
      if (kind === ErrorType.STREAM_NOT_FOUND || kind === ErrorType.STREAM_DELETED) return [];
      throw error;
    } finally {
      this.#slots.give();
    }
  }
}

/** The reads that cover a page: one for each stream, more only where its events lie far apart. */
function spansOf(page: readonly PlacedEvent[]): readonly Revisions[] {
  const spans = new Map<StreamName, { stream: StreamName; first: number; end: number }[]>();
  for (const { stream, revision } of page.toSorted((one, other) => one.revision - other.revision)) {
    const ofStream = spans.get(stream) ?? [];
    spans.set(stream, ofStream);
    const last = ofStream.at(-1);
    if (last !== undefined && revision < last.first + SPAN) last.end = revision + 1;
    else ofStream.push({ stream, first: revision, end: revision + 1 });
  }
  return [...spans.values()].flat();
}

function keyOf(stream: StreamName, { revision }: { readonly revision: number | bigint }): string {
  return `${stream} ${String(revision)}`;
}

/** A server that tells no positions with a stream has nothing that could differ. */
function stands({ position }: ClientsEvent, there: (at: Position) => boolean): boolean {
  return position === undefined || there(positionOf(position));
}
