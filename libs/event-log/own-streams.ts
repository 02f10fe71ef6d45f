import type { EventId, Instant, Position, StreamName } from '#kernel';

/** A place in a stream. */
export interface StreamPlace {
  readonly stream: StreamName;
  readonly revision: number;
}

/** Which event stands where: in its stream, and in the order of all events. */
export interface PlacedEvent extends StreamPlace {
  readonly id: EventId;
  readonly position: Position;
}

/** That somebody has described a stream, by which the store hides or protects what is in it. */
export interface MetadataChange {
  /**
   * Logical name of the stream; `_ledger` holds the ledger's id, `$settings` the default ACL of the
   * whole database.
   */
  readonly stream: string;
  /** Among the descriptions of the stream; of `$settings` in itself. */
  readonly revision: number;
  readonly position: Position;
  /** By the store's clock. */
  readonly at: Instant;
  /**
   * Names of the members that it has, sorted, such as `$tb`, `$maxCount`, `$maxAge`, `$acl`; `$streamDeleted`
   * where it is a tombstone. None where it is not JSON, and where it takes back what was set before.
   */
  readonly members: readonly string[];
}

/**
 * Whether each stream, read by itself, is what it is in the order of all events. Decisions read streams,
 * evidence is made of all events: what stands in one only is hidden from the other. For evidence.
 */
export interface OwnStreams {
  /**
   * The places in the page, ascending, of those events that reading their own stream does not give back
   * at their revision: it is truncated or deleted, or has another event there, or none.
   * @throws InvalidInput on a position that this log never gave
   */
  notInOwnStream(page: readonly PlacedEvent[]): Promise<readonly number[]>;

  /**
   * The other way round: where streams have events, at or before a position, that do not come in the
   * order of all events. On servers all of it is read once, with a note of a few dozen bytes a stream,
   * and then each stream at its end: of a stream that has no event there nothing is known.
   * @param given how many events come up to there in the order of all events, if {@link notInOwnStream}
   *   was asked of each and none was named: a store that can count need not look further
   */
  onlyInOwnStream(until: Position, given?: number): AsyncIterable<readonly StreamPlace[]>;

  /**
   * Every description of the ledger's streams and of the default ACL, in log order, and then every
   * tombstone: attempts to hide history, and changes of who may. Who scavenges a store makes it forget
   * those that a newer one has replaced. Embedded stores know no such thing.
   */
  metadataChanges(): AsyncIterable<readonly MetadataChange[]>;
}
