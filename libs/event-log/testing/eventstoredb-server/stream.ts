import { DELETED, NONE, type StoredRecord } from './records.js';

/** The system metadata of a stream that the server heeds. */
export interface StreamMetadata {
  readonly truncateBefore?: bigint;
  readonly maxCount?: bigint;
}

/** One stream: what was written to it, and what of that a reader still sees. */
export class Stream {
  /** By revision; undefined where an event was lost. */
  readonly #records: (StoredRecord | undefined)[] = [];
  #metadata: StreamMetadata = {};
  #tombstoned = false;

  constructor(readonly name: string) {
    if (name.startsWith('$$')) this.#metadata = { maxCount: 1n };
  }

  /** Revision of the newest event; {@link NONE} where there is none. */
  get last(): bigint {
    return BigInt(this.#records.length) + NONE;
  }

  get tombstoned(): boolean {
    return this.#tombstoned;
  }

  get softDeleted(): boolean {
    return this.#metadata.truncateBefore === DELETED;
  }

  /** Revision of the first event that a reader sees, if it is still there. */
  get first(): bigint {
    const { truncateBefore = 0n, maxCount } = this.#metadata;
    const counted = maxCount === undefined ? 0n : this.last - maxCount + 1n;
    return truncateBefore > counted ? truncateBefore : counted;
  }

  add(record: StoredRecord): void {
    if (record.revision === DELETED) this.#tombstoned = true;
    else this.#records[Number(record.revision)] = record;
  }

  /** As the newest event of the metadata stream says. */
  setMetadata(metadata: StreamMetadata): void {
    this.#metadata = metadata;
  }

  /** What was written at a revision, seen by readers or not. */
  written(revision: bigint): StoredRecord | undefined {
    return revision < 0n ? undefined : this.#records[Number(revision)];
  }

  /** What a reader sees at a revision. */
  visible(revision: bigint): StoredRecord | undefined {
    return revision < this.first ? undefined : this.written(revision);
  }

  /** Makes one event vanish from the stream, as damage would; `$all` keeps it. */
  lose(revision: bigint): void {
    this.#records[Number(revision)] = undefined;
  }
}

/** The part of a `$metadata` event that the server heeds. Numbers lose no digits that matter. */
export function streamMetadata(data: Uint8Array): StreamMetadata {
  const text = Buffer.from(data).toString('utf8');
  const number = (name: string) => new RegExp(`"\\${name}"\\s*:\\s*(\\d+)`).exec(text)?.[1];
  const truncateBefore = number('$tb');
  const maxCount = number('$maxCount');
  return {
    ...(truncateBefore === undefined ? {} : { truncateBefore: BigInt(truncateBefore) }),
    ...(maxCount === undefined ? {} : { maxCount: BigInt(maxCount) }),
  };
}
