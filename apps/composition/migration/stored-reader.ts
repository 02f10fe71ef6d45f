import type { StoredContent, StoredEvent, StoredEvents } from '#event-log';
import { bytesIn } from '#event-log';
import { START } from '#kernel';

const PAGE = 2_000;

/** The events of a log one after another, as they are stored. */
export class StoredReader {
  #page: readonly StoredEvent[] = [];
  #at = 0;
  #after = START;

  constructor(private readonly log: StoredEvents) {}

  /** Undefined at the end of the log. */
  async next(): Promise<StoredEvent | undefined> {
    if (this.#at === this.#page.length) {
      this.#page = await this.log.readStored(this.#after, PAGE);
      this.#at = 0;
      this.#after = this.#page.at(-1)?.position ?? this.#after;
    }
    const event = this.#page[this.#at];
    if (event !== undefined) this.#at += 1;
    return event;
  }
}

/** Whether all that an event's leaf is over is the same, and its bytes too. */
export function isSameEvent(one: StoredEvent, other: StoredEvent): boolean {
  return (
    one.id === other.id &&
    one.stream === other.stream &&
    one.revision === other.revision &&
    one.type === other.type &&
    isSame(one.metadata, other.metadata) &&
    isSame(one.data, other.data)
  );
}

function isSame(one: StoredContent, other: StoredContent): boolean {
  return Buffer.compare(bytesIn(one), bytesIn(other)) === 0;
}
