import type { Timestamp } from 'mongodb';

/**
 * For reads to which no other primary may have another answer: the one that answers makes sure that
 * it still is the primary. The time limit is for one that was cut off.
 */
export const LINEARIZABLE = { readConcern: { level: 'linearizable' }, maxTimeMS: 2_500 } as const;

/** A moment of the database, and when it was asked for, by a clock that is never set. */
interface Moment {
  readonly askedAt: number;
  readonly time: Promise<Timestamp>;
}

/**
 * Moments of the database's own time. Whoever reads after one sees all that anybody had been told is
 * written when it was asked for; a primary that was cut off before does not come to it.
 */
export class Freshness {
  #latest: Moment | undefined;

  /** @param ask asks for a moment that is over for a majority */
  constructor(private readonly ask: () => Promise<Timestamp>) {}

  /** A moment that was asked for at most so long ago; who ask at once share one. */
  within(maxAgeMillis: number): Promise<Timestamp> {
    const now = performance.now();
    const latest = this.#latest;
    if (latest !== undefined && now - latest.askedAt <= maxAgeMillis) return latest.time;
    const moment = { askedAt: now, time: this.ask() };
    this.#latest = moment;
    moment.time.catch(() => {
      if (this.#latest === moment) this.#latest = undefined;
    });
    return moment.time;
  }
}
