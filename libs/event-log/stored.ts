import { isUtf8 } from 'node:buffer';

import type { EventId, Position, StreamName } from '#kernel';

/**
 * Bytes as they lie in a store. As text where they are the UTF-8 of that text, to the last byte: a store
 * that hands text over does so in half the time.
 */
export type StoredContent = Uint8Array | string;

/** The bytes that lie in the store. */
export function bytesIn(content: StoredContent): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : content;
}

/** The text that the bytes are; undefined where they are not UTF-8. */
export function textIn(content: StoredContent): string | undefined {
  if (typeof content === 'string') return content;
  if (!isUtf8(content)) return undefined;
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString();
}

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
  readonly metadata: StoredContent;
  readonly data: StoredContent;
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
