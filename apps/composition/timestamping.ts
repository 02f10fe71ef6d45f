import type { EvidenceState, Patience, TimestampAuthority } from '#evidence';
import { dayOf, stamp } from '#evidence';
import { problemOf } from '#kernel';

import type { Ledger } from './ledger.js';

/** After an attempt the authority is asked again when this time has passed; after each failure, twice it. */
const AGAIN_MILLIS = 30_000;
const LONGEST_MILLIS = 3_600_000;

/** Has a time-stamping authority stamp the newest checkpoint, once a day where there is a new one. */
export class Timestamping {
  #ending = new AbortController();
  #failures = 0;
  #notBefore = 0;

  constructor(
    private readonly ledger: Pick<Ledger, 'evidence' | 'clock' | 'onProblem'>,
    private readonly more: {
      /** How long an authority is waited for, and how much of its answer is read. */
      readonly patience?: Patience;
      /** Milliseconds since any instant. */
      readonly monotonic?: () => number;
    } = {},
  ) {}

  /** An attempt that was given up may be made again. */
  begin(): void {
    this.#ending = new AbortController();
  }

  /** Gives up an attempt that is under way. */
  end(): void {
    this.#ending.abort();
  }

  async round(): Promise<void> {
    const { authority, record } = this.ledger.evidence;
    if (authority === undefined || this.#monotonic() < this.#notBefore) return;
    const { last, stamped } = await record.seen();
    if (last === undefined || !this.#isDue(last, stamped.get(authority.name))) return;
    this.#notBefore = this.#monotonic() + AGAIN_MILLIS;
    try {
      await this.#stamp(authority, last);
      this.#failures = 0;
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      this.#notBefore = this.#monotonic() + againMillis(this.#failures);
      this.#failures += 1;
      this.ledger.onProblem(problemOf(error));
    }
  }

  #monotonic(): number {
    return this.more.monotonic?.() ?? performance.now();
  }

  #isDue({ size }: Last, before: Stamped | undefined): boolean {
    if (before === undefined) return true;
    return size > before.size && dayOf(this.ledger.clock.now()) > dayOf(before.at);
  }

  async #stamp(authority: TimestampAuthority, last: Last): Promise<void> {
    const { clock, evidence } = this.ledger;
    const given = await stamp(authority, last, clock, this.#ending.signal, this.more.patience);
    await evidence.record.addTimestamp(given);
  }
}

type Last = NonNullable<EvidenceState['last']>;
type Stamped = NonNullable<ReturnType<EvidenceState['stamped']['get']>>;

/** @param failures how many there were in a row before this one */
function againMillis(failures: number): number {
  return Math.min(AGAIN_MILLIS * 2 ** failures, LONGEST_MILLIS);
}
