import type { EventLog, Expected } from '#event-log';
import { WrongExpectedRevision } from '#event-log';
import type {
  Category,
  Clock,
  Decider,
  Draft,
  Instant,
  JsonObject,
  NewEvent,
  Personal,
  RecordedEvent,
  Refusal,
  StreamName,
  Upcasters,
} from '#kernel';
import { faultPoint, isRefusal, laterOf, Outage, refuse } from '#kernel';
import type { Opener, Opening, Sealer } from '#vault';

import { dataOf, decidingOf, metadataOf } from './event-parts.js';
import type { Fold } from './folds.js';
import { coordinatesOf, Folds, newestName } from './folds.js';
import type { CommandRequest, Outcome } from './request.js';
import { eventIdOf } from './request.js';
import { Turns } from './turns.js';

/** What a handler works with. */
export interface Handling<C, D extends Draft, S> {
  readonly log: EventLog;
  readonly sealer: Sealer;
  readonly opener: Opener;
  readonly upcasters: Upcasters;
  readonly clock: Clock;
  /** Streams of fewer events are folded anew for each command. Default 32. */
  readonly shortStream?: number;
  /** The decider of a stream. */
  deciderOf(stream: StreamName): Decider<C, D, S>;
}

/** Places where a crash would hurt most while a command is handled. */
export const COMMAND_FAULT_POINTS = [
  'command.before-seal',
  'command.before-append',
  'command.after-append',
] as const;

const MAX_ATTEMPTS = 20;

/**
 * Handles commands: read the stream, fold, decide, seal, append at the revision read; on a conflict
 * all of it again. A command that was carried out before is answered from its stored events.
 */
export class CommandHandler<C, D extends Draft, S> {
  readonly #folds: Folds<S>;
  readonly #turns = new Turns();

  constructor(private readonly with_: Handling<C, D, S>) {
    const deciderOf = (stream: StreamName) => with_.deciderOf(stream);
    this.#folds = new Folds<S>(with_.log, deciderOf, with_.upcasters, with_.shortStream);
  }

  /**
   * Carries out a command, once.
   *
   * A refusal changed nothing. The same id with other content is refused with
   * `idempotency-key-reused` as long as its key lives.
   * @throws Outage where a store is out: the same command may be sent again
   */
  async handle(request: CommandRequest<C>): Promise<Outcome | Refusal> {
    return this.#turns.take(request.stream, async () => {
      const fold = this.#folds.take(request.stream);
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const isNew = attempt === 0 && request.founding === true && fold.revision < 0;
        if (!isNew) await this.#folds.advance(fold);
        const outcome = await this.#attempt(request, fold);
        // A refusal of a stream that was not looked at says nothing yet.
        if (outcome === 'conflict' || (isNew && isRefusal(outcome))) continue;
        this.#folds.keep(fold);
        return outcome;
      }
      throw new Outage('event-log', 'the stream is changed faster than a decision can be made');
    });
  }

  /** Looks at a stream as decisions see it now; its revision is -1 where it has no event. */
  async look<T>(stream: StreamName, look: (fold: Readonly<Fold<S>>) => T): Promise<T> {
    return this.#turns.take(stream, async () => {
      const fold = this.#folds.take(stream);
      await this.#folds.advance(fold);
      this.#folds.keep(fold);
      return look(fold);
    });
  }

  async #attempt(
    request: CommandRequest<C>,
    fold: Fold<S>,
  ): Promise<Outcome | Refusal | 'conflict'> {
    const before = fold.commands.get(request.id);
    if (before !== undefined) return this.#repeat(request, fold, before);
    if (request.ifRevision !== undefined && request.ifRevision !== fold.revision) {
      return refuse('precondition-failed', 'changed-meanwhile', 'Somebody changed it meanwhile.');
    }
    const opened = await this.#open(request, fold);
    if (isRefusal(opened)) return opened;
    const now = laterOf(this.with_.clock.now(), fold.recordedAt ?? ('' as Instant));
    const drafts = this.with_
      .deciderOf(request.stream)
      .decide(request.command, fold.state, decidingOf(request, now, opened));
    if (isRefusal(drafts)) return drafts;
    if (drafts.length === 0) return outcomeOf(fold, [], false);
    const events = await this.#seal(request, fold, drafts, now);
    if (isRefusal(events)) return events;
    return this.#append(request, fold, events);
  }

  /** Current values that the command needs, opened within the loop: a retry opens the newest. */
  async #open(
    request: CommandRequest<C>,
    fold: Fold<S>,
  ): Promise<ReadonlyMap<string, JsonObject> | Refusal> {
    const values = new Map<string, JsonObject>();
    for (const { subject, category } of request.needs ?? []) {
      const event = fold.newest.get(newestName(subject, category));
      if (event === undefined) continue;
      const opened = await this.with_.opener.openEvent(event, [category]);
      const mine = opened.find(({ ref }) => ref.subject === subject);
      if (mine === undefined) continue;
      const { opening } = mine;
      if (opening.kind === 'present') values.set(newestName(subject, category), opening.value);
      else if (!isLost(opening)) return refusalOf(category, opening);
    }
    return values;
  }

  async #seal(
    request: CommandRequest<C>,
    fold: Fold<S>,
    drafts: readonly D[],
    recordedAt: Instant,
  ): Promise<readonly NewEvent[] | Refusal> {
    const strangers = drafts
      .flatMap((draft) => draft.personal ?? [])
      .filter((personal) => personal.key === undefined && !ownsStream(request.stream, personal));
    if (strangers.length > 0) {
      return refuse('conflict', 'key-not-named', "The person's own stream names no key for this.");
    }
    const toSeal = drafts.map((draft, index) => ({
      stream: request.stream,
      event: eventIdOf(request.id, index),
      type: draft.type,
      schema: this.with_.upcasters.versionOf(draft.type),
      personal: draft.personal ?? [],
    }));
    faultPoint('command.before-seal');
    const sealed = await this.with_.sealer.seal(
      toSeal,
      (personal) => personal.key ?? fold.keys.get(coordinatesOf(personal)),
      request.content,
    );
    if (isRefusal(sealed)) return sealed;
    return toSeal.map(({ event, type, schema }, index) => ({
      id: event,
      type,
      metadata: metadataOf(request, schema, recordedAt, sealed.fingerprint),
      data: dataOf(drafts[index]?.data ?? {}, sealed, index),
    }));
  }

  async #append(
    request: CommandRequest<C>,
    fold: Fold<S>,
    events: readonly NewEvent[],
  ): Promise<Outcome | Refusal | 'conflict'> {
    const expected: Expected = fold.revision < 0 ? 'no-stream' : fold.revision;
    faultPoint('command.before-append');
    const written = await this.#write(request, fold, expected, events);
    if (written === 'conflict') return 'conflict';
    faultPoint('command.after-append');
    const before = fold.commands.get(request.id);
    // Another process was quicker with the same command; to the log it is the same append.
    const isOurs = written[0]?.metadata.salt === events[0]?.metadata.salt;
    return isOurs || before === undefined
      ? outcomeOf(fold, written, false)
      : this.#repeat(request, fold, before);
  }

  /** Appends and reads back. An unknown outcome is read before anything else is said of it. */
  async #write(
    request: CommandRequest<C>,
    fold: Fold<S>,
    expected: Expected,
    events: readonly NewEvent[],
  ): Promise<readonly RecordedEvent[] | 'conflict'> {
    let outage: Outage | undefined;
    try {
      await this.with_.log.append(request.stream, expected, events);
    } catch (error) {
      if (error instanceof WrongExpectedRevision) return 'conflict';
      if (!(error instanceof Outage)) throw error;
      outage = error;
    }
    const written = await this.#folds.advance(fold, request.id);
    if (written.length > 0) return written;
    throw outage ?? new Outage('event-log', 'an append is not to be read yet');
  }

  async #repeat(
    request: CommandRequest<C>,
    fold: Fold<S>,
    range: { first: number; last: number },
  ): Promise<Outcome | Refusal> {
    const events = await this.#read(request.stream, range.first, range.last);
    const outcome = outcomeOf(fold, events, true);
    const [first] = outcome.events;
    const sealed = outcome.events.flatMap((event) => event.data.sealed ?? []);
    const same =
      first === undefined
        ? undefined
        : await this.with_.sealer.sameContent(
            first.metadata.fingerprint,
            sealed[0]?.key,
            request.content,
          );
    if (same === false) {
      return refuse(
        'unprocessable',
        'idempotency-key-reused',
        'This Idempotency-Key was used with other content before.',
      );
    }
    return outcome;
  }

  async #read(stream: StreamName, first: number, last: number): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const page of this.with_.log.read(stream, first, last - first + 1)) {
      events.push(...page.map((event) => this.with_.upcasters.lift(event)));
    }
    return events;
  }
}

function outcomeOf(
  fold: Fold<unknown>,
  events: readonly RecordedEvent[],
  repeated: boolean,
): Outcome {
  const { stream, revision } = fold;
  return { stream, revision, position: events.at(-1)?.position ?? fold.position, events, repeated };
}

/** Only a person's own stream may make keys for them. */
function ownsStream(stream: StreamName, personal: Personal): boolean {
  return stream.endsWith(personal.subject);
}

/** Whether that may be written anew is for the decision: it knows whether the loss was accepted. */
function isLost(opening: Opening): boolean {
  return opening.kind === 'withheld' && opening.why === 'lost';
}

function refusalOf(category: Category, opening: Opening): Refusal {
  return opening.kind === 'erased'
    ? refuse('conflict', 'erased', `The ${category} of this person was erased.`)
    : refuse('conflict', 'erasing', `An erasure of ${category} is under way.`);
}
