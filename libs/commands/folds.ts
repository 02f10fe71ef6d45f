import type {
  CommandId,
  Decider,
  Draft,
  Instant,
  KeyId,
  KeyRef,
  Position,
  RecordedEvent,
  StreamName,
  SubjectId,
  Upcasters,
} from '#kernel';
import { factOf, START } from '#kernel';
import type { EventLog } from '#event-log';

/** A stream folded up to a revision. Holds ciphertext and ids, nothing that a key has opened. */
export interface Fold<S> {
  readonly stream: StreamName;
  state: S;
  /** -1 before the first event. */
  revision: number;
  position: Position;
  recordedAt: Instant | undefined;
  /** Revisions of the first and last event of each command. */
  readonly commands: Map<CommandId, { first: number; last: number }>;
  /** The key that the stream names for each `subject:category:scope`. */
  readonly keys: Map<string, KeyId>;
  /** The newest event that carries an envelope of each `subject:category`. */
  readonly newest: Map<string, RecordedEvent>;
}

/** How many events' worth of folds one process keeps. */
const KEPT_EVENTS = 400_000;
/** A stream of fewer events is read whole about as fast as its newest part, and is not kept. */
const SHORT_STREAM = 32;

/**
 * Folds of long streams, kept between commands as a place to start from: what was appended since is read
 * and folded on top, so a stale one costs a read and nothing else. Exact revisions guard the rest.
 */
export class Folds<S> {
  readonly #kept = new Map<StreamName, Fold<S>>();
  #weight = 0;

  constructor(
    private readonly log: Pick<EventLog, 'read'>,
    private readonly deciderOf: (stream: StreamName) => Decider<never, Draft, S>,
    private readonly upcasters: Upcasters,
    private readonly shortStream = SHORT_STREAM,
  ) {}

  /** A fold to start from: a kept one, which leaves, or an empty one. Then {@link advance} it. */
  take(stream: StreamName): Fold<S> {
    const kept = this.#kept.get(stream);
    if (kept === undefined) return emptyFold(stream, this.deciderOf(stream).initial());
    this.#kept.delete(stream);
    this.#weight -= weightOf(kept);
    return kept;
  }

  /**
   * Folds what was appended since. The caller has the stream to itself (see Turns).
   * @returns the events of the wanted command among them, lifted to their newest schema
   */
  async advance(fold: Fold<S>, wanted?: CommandId): Promise<readonly RecordedEvent[]> {
    const decider = this.deciderOf(fold.stream);
    const found: RecordedEvent[] = [];
    for await (const page of this.log.read(fold.stream, fold.revision + 1)) {
      for (const recorded of page) {
        const event = this.upcasters.lift(recorded);
        add(decider, fold, recorded, event);
        if (event.metadata.command === wanted) found.push(event);
      }
    }
    return found;
  }

  /** Keeps the fold of a long stream for the next command. */
  keep(fold: Fold<S>): void {
    if (fold.revision < 0 || weightOf(fold) < this.shortStream) return;
    this.#kept.set(fold.stream, fold);
    this.#weight += weightOf(fold);
    for (const [stream, oldest] of this.#kept) {
      if (this.#weight <= KEPT_EVENTS) break;
      this.#kept.delete(stream);
      this.#weight -= weightOf(oldest);
    }
  }
}

function emptyFold<S>(stream: StreamName, state: S): Fold<S> {
  return {
    stream,
    state,
    revision: -1,
    position: START,
    recordedAt: undefined,
    commands: new Map(),
    keys: new Map(),
    newest: new Map(),
  };
}

function add<S>(
  decider: Decider<never, Draft, S>,
  fold: Fold<S>,
  recorded: RecordedEvent,
  event: RecordedEvent,
): void {
  fold.state = decider.evolve(fold.state, factOf(event));
  fold.revision = event.revision;
  fold.position = event.position;
  fold.recordedAt = event.metadata.recordedAt;
  const { command } = event.metadata;
  const seen = fold.commands.get(command);
  if (seen === undefined) {
    fold.commands.set(command, { first: event.revision, last: event.revision });
  } else {
    seen.last = event.revision;
  }
  for (const envelope of event.data.sealed ?? []) {
    fold.keys.set(coordinatesOf(envelope), envelope.key);
    fold.newest.set(newestName(envelope.subject, envelope.category), recorded);
  }
}

/** `subject:category:scope` of a key. */
export function coordinatesOf(ref: Pick<KeyRef, 'subject' | 'category' | 'scope'>): string {
  return `${ref.subject}:${ref.category}:${ref.scope}`;
}

/** `subject:category` of a current value. */
export function newestName(subject: SubjectId, category: KeyRef['category']): string {
  return `${subject}:${category}`;
}

function weightOf(fold: Fold<unknown>): number {
  return fold.revision + 1;
}
