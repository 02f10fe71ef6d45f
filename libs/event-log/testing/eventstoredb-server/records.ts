/** What a stream is expected to be, as the protocol names it. */
export type ExpectedState = 'any' | 'no-stream' | 'stream-exists' | bigint;

/** A place in `$all`. Of events both numbers are equal; of checkpoints `prepare` may be 0. */
export interface LogPosition {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** An event as it is sent to the server. */
export interface ProposedRecord {
  /** As it was sent; stored in lower case. */
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** An event as the server keeps it. */
export interface StoredRecord extends ProposedRecord {
  /** Byte offset, as `commit` and as `prepare`. */
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
  /** Ticks of 100 ns since 1970. */
  readonly created: string;
}

/** Revision of a tombstone, and `$tb` of a stream that was deleted softly. */
export const DELETED = 9_223_372_036_854_775_807n;

/** Revision of a stream without events. */
export const NONE = -1n;

/** Events of one write, which stand in the log all or not at all. */
export interface Write {
  readonly stream: string;
  readonly events: readonly ProposedRecord[];
}

const TICKS_PER_MILLISECOND = 10_000n;

export function ticksNow(): string {
  return String(BigInt(Date.now()) * TICKS_PER_MILLISECOND);
}

/** An event of the server's own making. */
export function systemRecord(id: string, type: string, data: unknown): ProposedRecord {
  return {
    id,
    type,
    contentType: 'application/json',
    data: Buffer.from(JSON.stringify(data)),
    metadata: new Uint8Array(),
  };
}
