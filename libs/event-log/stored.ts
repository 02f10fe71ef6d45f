import type { EventId, Position, StreamName } from '#kernel';

/**
 * An event as the store holds it, its bytes not looked at. Stream and id are whatever stands there,
 * which after somebody's editing need be neither; what is no text at all comes with U+FFFD in it.
 */
export interface StoredEvent {
  readonly position: Position;
  readonly stream: StreamName;
  readonly revision: number;
  readonly id: EventId;
  readonly type: string;
  readonly metadata: Uint8Array;
  readonly data: Uint8Array;
}

/**
 * Reads what is stored, for evidence: nothing is parsed, and what is no event of the ledger's any more
 * comes all the same.
 */
export interface StoredEvents {
  /**
   * At most `limit` events of all streams after a position, in log order. Fewer come where they are
   * large; none only at the end of the log. The bytes are those that lie in the store.
   */
  readStored(after: Position, limit: number): Promise<readonly StoredEvent[]>;
}
