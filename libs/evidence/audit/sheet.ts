import { VERDICTS, type Totals, type Verdict } from './verdicts.js';

/** One verdict for each event of the log, in a byte: the worst that was found of it. */
export class Sheet {
  readonly #ranks: Uint8Array;
  readonly #more: Partial<Record<Verdict, number>> = {};

  constructor(size: number) {
    this.#ranks = new Uint8Array(size);
  }

  get size(): number {
    return this.#ranks.length;
  }

  /** Says something of an event; what is worse stays. */
  put(at: number, verdict: Verdict): void {
    const rank = VERDICTS.indexOf(verdict);
    if (rank > (this.#ranks[at] ?? 0)) this.#ranks[at] = rank;
  }

  of(at: number): Verdict {
    return VERDICTS[this.#ranks[at] ?? 0] ?? 'INTACT';
  }

  /** Counts events that are not in the log. */
  count(verdict: Verdict, events: number): void {
    this.#more[verdict] = (this.#more[verdict] ?? 0) + events;
  }

  totals(): Totals {
    const counts = new Uint32Array(VERDICTS.length);
    for (const rank of this.#ranks) counts[rank] = (counts[rank] ?? 0) + 1;
    return Object.fromEntries(
      VERDICTS.map((verdict, rank) => [verdict, (counts[rank] ?? 0) + (this.#more[verdict] ?? 0)]),
    ) as Record<Verdict, number>;
  }

  /** The first events of a verdict, ascending. */
  first(verdict: Verdict, most: number): readonly number[] {
    const rank = VERDICTS.indexOf(verdict);
    const found: number[] = [];
    for (let at = this.#ranks.indexOf(rank); at >= 0 && found.length < most;) {
      found.push(at);
      at = this.#ranks.indexOf(rank, at + 1);
    }
    return found;
  }
}
