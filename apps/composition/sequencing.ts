import { randomUUID } from 'node:crypto';

import { Sequencer } from '#evidence';

import { Cosigning } from './cosigning.js';
import type { LeasedWork } from './leased.js';
import { workUnderLease } from './leased.js';
import type { Ledger } from './ledger.js';
import { Rounds } from './rounds.js';
import { Timestamping } from './timestamping.js';

/** How often the log is looked at for new events, at most: nobody waits for it but with a receipt. */
const SHORTEST_MILLIS = 250;

/** Takes events into the tree and signs it, under a lease. */
export class Sequencing {
  #sequencer: Sequencer | undefined;
  readonly #rounds: Rounds;
  /** Apart: no witness and no authority keeps the ledger from signing on. */
  readonly #cosigning: Rounds;
  readonly #timestamping: Timestamping;
  readonly #stamping: Rounds;

  constructor(private readonly ledger: Ledger) {
    const timerMillis = Math.max(ledger.settings.timerMillis, SHORTEST_MILLIS);
    const round = () => this.#sequencer?.round() ?? Promise.resolve();
    this.#rounds = new Rounds(round, timerMillis, ledger);
    const cosigning = new Cosigning(ledger);
    this.#cosigning = new Rounds(() => cosigning.round(), timerMillis, ledger);
    this.#timestamping = new Timestamping(ledger);
    this.#stamping = new Rounds(() => this.#timestamping.round(), timerMillis, ledger);
  }

  /** To be run under a lease. */
  get work(): Omit<LeasedWork, 'name'> {
    const [signing, cosigning] = [this.#rounds.work, this.#cosigning.work];
    const stamping = this.#stamping.work;
    return {
      start: (epoch) => {
        this.#sequencer = this.#made(epoch);
        signing.start();
        cosigning.start();
        this.#timestamping.begin();
        stamping.start();
      },
      stop: async () => {
        this.#timestamping.end();
        await Promise.all([signing.stop(), cosigning.stop(), stamping.stop()]);
      },
    };
  }

  #made(epoch: number): Sequencer {
    const { evidence, stores, clock, settings } = this.ledger;
    const { tree: store, record, keys, wishes, halts } = evidence;
    const of = {
      log: stores.log,
      anchor: stores.anchor,
      intervalMillis: settings.checkpointMillis,
      wanted: () => wishes.wanted(),
      tellHalt: (halt?: string) => halts.tell(halt),
      onProblem: (code: string) => {
        this.ledger.onProblem(code);
      },
    };
    const sequencing = {
      ...of,
      store,
      record,
      clock,
      signer: () => keys.notes,
      next: () => keys.next,
      succeed: () => keys.succeed(),
    };
    return new Sequencer(sequencing, epoch);
  }
}

/** Name of the lease under which the ledger signs. */
export const EVIDENCE_LEASE = 'evidence';

/**
 * Does something that waits for a checkpoint. Where another process signs it goes on doing so; where
 * none does, this one does meanwhile.
 */
export async function signWhile<T>(ledger: Ledger, work: () => Promise<T>): Promise<T> {
  const ending = new AbortController();
  const leasing = {
    leases: ledger.stores.vault.leases,
    holder: randomUUID(),
    ttlMillis: ledger.settings.leaseMillis,
    onProblem: (code: string) => {
      ledger.onProblem(code);
    },
  };
  const sequencing = { name: EVIDENCE_LEASE, ...new Sequencing(ledger).work };
  const signing = workUnderLease(leasing, sequencing, ending.signal);
  try {
    return await work();
  } finally {
    ending.abort();
    await signing;
  }
}
