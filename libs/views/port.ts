import type { Category, Instant, JsonObject, Position, RecordedEvent, SubjectId } from '#kernel';

/** A value that a filter may compare with. */
export type Scalar = string | number | boolean | null;

/**
 * A small subset of MongoDB's query language over declared indexes, with the meaning that MongoDB
 * gives it, so that its adapter hands a filter to the driver as it is:
 *
 * - `{ field: value }`: equal in type and value. `null` matches a field that is null or missing. On
 *   an `array` field: the array holds the value (`null` cannot be asked for there).
 * - `$in`: equal to one of them; none for an empty list. `$ne`: all that equality does not match, so
 *   also documents without the field.
 * - `$gt`, `$gte`, `$lt`, `$lte`: within the type of the given value, never `null`. On an `array`
 *   field each comparison may be met by another element.
 * - `$and`, `$or` of filters; several conditions in one filter must all hold; `{}` matches all.
 *
 * Strings compare by code point, `false` is less than `true`. What is not in this list is refused
 * with InvalidInput, also a value that is `undefined`: left out by mistake, it would match too much.
 */
export interface Filter {
  readonly $and?: readonly Filter[];
  readonly $or?: readonly Filter[];
  readonly [field: string]: Condition | readonly Filter[] | undefined;
}
export type Condition = Scalar | Comparison;
export interface Comparison {
  readonly $in?: readonly Scalar[];
  readonly $ne?: Scalar;
  readonly $gt?: Exclude<Scalar, null>;
  readonly $gte?: Exclude<Scalar, null>;
  readonly $lt?: Exclude<Scalar, null>;
  readonly $lte?: Exclude<Scalar, null>;
}

/** An index over a field of the documents (dots reach into objects, never through arrays). */
export interface Index {
  /** Names of letters, digits and `_`, joined by dots. */
  readonly field: string;
  /**
   * `value`: a scalar, null or missing. `array`: an array of scalars without null, each of which
   * finds the document; null or missing is an empty one.
   */
  readonly kind: 'value' | 'array';
}

/** What opening the envelopes of one event gave, as a view may use it. */
export interface Opened {
  /** The value, where its key lives; undefined where it is erased, or withheld. */
  value(subject: SubjectId, category: Category): JsonObject | undefined;
  /**
   * A blind search token: keyed hash of a field's name and text, under a key of this build of the
   * view. Equal texts give equal tokens within a build, and nothing else is learnt from them. The
   * field must be declared in `tokens`.
   */
  token(field: string, text: string): string;
}

/** A read model: a pure fold of the log into documents. */
export interface ViewDefinition<Doc extends JsonObject = JsonObject> {
  /** `[a-z][a-z0-9-]*` */
  readonly name: string;
  /** Raised whenever fold, documents or indexes change: the view is then rebuilt. */
  readonly version: number;
  readonly indexes: readonly Index[];
  /** Fields that blind search tokens are made for: each build has a key for each of them. */
  readonly tokens?: readonly string[];
  /** Envelope categories of an event that the fold wants opened; none if left out. */
  opens?(event: RecordedEvent): readonly Category[];
  /**
   * The documents that an event touches: their ids (1 to 200 printable ASCII characters, no space),
   * or a filter over declared indexes, which sees what earlier events have done. Each document is
   * touched once, however often it is named.
   */
  route(event: RecordedEvent): readonly string[] | Filter;
  /**
   * The document after the event; null to drop it; undefined or the same object to leave it as it
   * is. Changes nothing that it is given.
   */
  apply(doc: Doc | undefined, event: RecordedEvent, opened: Opened): Doc | null | undefined;
}

/** Where and why a build stands still. Holds no value of any event. */
export interface Parked {
  /** The event that could not be folded. */
  readonly position: Position;
  /** A stable code and the event's type. */
  readonly reason: string;
  readonly at: Instant;
}

/** One build of a view: documents of one version, made from the start of the log. */
export interface Build {
  readonly view: string;
  readonly version: number;
  /** Number of the build, rising within a store. */
  readonly build: number;
  /**
   * Random. Names the build where its number would not do: a store that was lost and made anew
   * counts from 1 again, and its builds must not come by the search keys of older ones.
   */
  readonly id: string;
  /** `retired`: replaced by a swap; nobody reads it, and `drop` clears it away. */
  readonly state: 'live' | 'building' | 'retired';
  /** All events up to here are folded in. */
  readonly checkpoint: Position;
  /** Set where an event could not be folded: the view stands still until it is retried. */
  readonly parked?: Parked;
}

/** What a build holds of an id. */
export interface Standing {
  /** null where there is no document, or not any more. */
  readonly doc: JsonObject | null;
  /** Position of the last event folded into it, or that dropped it; START where there was none. */
  readonly position: Position;
}

/** A document after some events. */
export interface Change {
  readonly id: string;
  /** null to drop it. */
  readonly doc: JsonObject | null;
  /** Position of the last event folded into it. */
  readonly position: Position;
  /** What `load` gave of it, the very object, if it was loaded: the store need not look again. */
  readonly standing?: Standing;
}

/** One batch of changes to a build. */
export interface Batch {
  /** At most one for each id. */
  readonly changes: readonly Change[];
  /** The new checkpoint. */
  readonly checkpoint: Position;
  /** Epoch of the lease under which it is written; an older one than was seen is refused. */
  readonly epoch: number;
}

/** A page of a query. */
export interface Page {
  /**
   * Field of a declared `value` index and direction; ties are ordered by id, in the same direction.
   * Missing and null come before numbers, then strings, then booleans. Default: by id, rising.
   */
  readonly sort?: Sort;
  /** 1 to 1,000. */
  readonly limit: number;
  /** The last row of the page before: its sort value (missing where it has none) and id. */
  readonly after?: { readonly value?: Scalar; readonly id: string };
}
export interface Sort {
  readonly field: string;
  readonly direction: 1 | -1;
}

/** A document as it is stored. */
export interface Row<Doc extends JsonObject = JsonObject> {
  readonly id: string;
  readonly doc: Doc;
  /** Position of the last event folded into it. */
  readonly position: Position;
}

/** The epoch of a write was overtaken, or its build is gone: another process projects this view. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** A query was made for a build (its search tokens) that is not the live one any more. */
export class BuildReplaced extends Error {
  override readonly name = 'BuildReplaced';
}

/** Which build a query is meant for, where it holds search tokens. @see BuildReplaced */
export interface Within {
  readonly build: number;
}

/**
 * The store of read models. Every method throws `Outage('views', …)` where it does not answer or
 * cannot write.
 *
 * Queries are answered by the live build, if it is of the definition's version: one of another
 * version holds other documents, and until it is replaced they throw `Outage('views', 'rebuilding')`.
 */
export interface Views {
  /** The build that answers queries, of whatever version; makes an empty one where there is none. */
  live(view: ViewDefinition): Promise<Build>;
  /** All builds, oldest first. */
  builds(): Promise<readonly Build[]>;
  /**
   * Begins another build beside the live one. Gives the newest one under way, if it is of this
   * version and not parked.
   */
  begin(view: ViewDefinition): Promise<Build>;
  /**
   * Does what was put off while a build was filled (its indexes), so that the swap is quick. Repeating
   * it is no change. @throws Fenced
   */
  prepare(build: Build, epoch: number): Promise<void>;
  /**
   * Makes a build the live one and retires the one before; readers go over at once. False, and
   * nothing done, where its checkpoint is before that of the live one. Repeating it is no change.
   * @throws Fenced
   */
  swap(build: Build, epoch: number): Promise<boolean>;
  /** Clears a build away, whatever its state. Repeating it is no change. @throws Fenced */
  drop(build: Build, epoch: number): Promise<void>;

  get<Doc extends JsonObject>(view: ViewDefinition<Doc>, id: string): Promise<Row<Doc> | undefined>;
  /** @throws InvalidInput, BuildReplaced */
  find<Doc extends JsonObject>(
    view: ViewDefinition<Doc>,
    filter: Filter,
    page: Page,
    within?: Within,
  ): Promise<readonly Row<Doc>[]>;
  /** @throws InvalidInput, BuildReplaced */
  count(view: ViewDefinition, filter: Filter, within?: Within): Promise<number>;

  /** What a given build holds of these ids, in their order, for folding. @throws Fenced */
  load(build: Build, ids: readonly string[]): Promise<readonly Standing[]>;
  /** Ids of a given build's documents that match, for folding. @throws Fenced */
  match(build: Build, view: ViewDefinition, filter: Filter): Promise<readonly string[]>;
  /**
   * Writes all of a batch, then its checkpoint, which never falls. A document is changed only by a
   * position later than its own; a dropped one leaves its id and position. Documents have passed
   * `checkDocument`. @throws Fenced
   */
  write(build: Build, view: ViewDefinition, batch: Batch): Promise<void>;
  /** @throws Fenced */
  park(build: Build, parked: Parked, epoch: number): Promise<void>;
  /** Lets all builds of a view go on. */
  unpark(view: string): Promise<void>;

  /** When this resolves, nothing that was overwritten, deleted or dropped before is in the store. */
  scrub(): Promise<void>;

  /** The ledger's id that the store carries, if one was set. */
  ledgerId(): Promise<string | undefined>;
  /** Sets the ledger's id, once. @throws IntegrityError `ledger-id-differs` */
  claim(ledgerId: string): Promise<void>;
  close(): Promise<void>;
}
