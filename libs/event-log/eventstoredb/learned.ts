import { START, type Position, type StreamName } from '#kernel';

import type { PlacedEvent } from '../own-streams.js';

/** Revisions of a stream: from the first to before the end, which may be none. */
export interface Revisions {
  readonly stream: StreamName;
  readonly first: number;
  readonly end: number;
}

/** What pages of `$all`, one after another from its beginning, have told of streams. */
export class Learned {
  #upTo: Position = START;
  readonly #lasts = new Map<StreamName, number>();
  /** Streams that were read by themselves to behind their last event, and have nothing there. */
  readonly #ended = new Set<StreamName>();
  #gaps: Revisions[] = [];

  /** The position up to which it goes. */
  get upTo(): Position {
    return this.#upTo;
  }

  /** Notes the next page. */
  note(page: readonly PlacedEvent[]): void {
    for (const { stream, revision } of page) {
      const first = (this.#lasts.get(stream) ?? -1) + 1;
      if (revision > first) this.#gaps.push({ stream, first, end: revision });
      this.#lasts.set(stream, Math.max(revision, first - 1));
      this.#ended.delete(stream);
    }
    this.#upTo = page.at(-1)?.position ?? this.#upTo;
  }

  /**
   * Notes that a stream was read by itself from before one of its revisions to behind it.
   * @param given the last that was given; -1 for none
   */
  noteRead(stream: StreamName, revision: number, given: number): void {
    if (revision === this.#lasts.get(stream) && given <= revision) this.#ended.add(stream);
  }

  /** Revisions that `$all` has passed over since this was asked last. */
  takeGaps(): readonly Revisions[] {
    return this.#gaps.splice(0);
  }

  /** What comes behind the last event of each stream, where that was not looked at. */
  *ends(): Generator<Revisions, void, void> {
    for (const [stream, last] of this.#lasts) {
      if (this.#ended.has(stream)) continue;
      yield { stream, first: last + 1, end: Number.POSITIVE_INFINITY };
    }
  }
}
