import { Reactor } from '#commands';
import type { Instant } from '#kernel';
import { errorCode, Outage, START } from '#kernel';
import { casesView, endingsView, ErasureRunner, LinkFollower, Shredder } from '#customers';
import { Overtaken, unreadableFrom } from '#vault';

import type { Ledger } from './ledger.js';
import type { LeasedWork } from './leased.js';
import { notesUnder, pause, workUnderLease } from './leased.js';
import { KeyEpochs } from './key-epochs.js';
import { Rounds } from './rounds.js';
import { EVIDENCE_LEASE, Sequencing } from './sequencing.js';

/** What runs beside the answering of requests, each in one process at a time. */
export interface Processes {
  /** Looks at once for what is due: after a command that may have begun something. */
  nudge(): void;
  /** Every piece of such work by the name of its lease, and whether it is done in this process. */
  held(): ReadonlyMap<string, boolean>;
  /** Ends when all of it has ended. */
  stop(): Promise<void>;
}

/** What one process at a time does, by the names of the leases. */
export const WORKS = ['projections', 'erasures', 'key-epochs', 'links', EVIDENCE_LEASE] as const;

const KEY_EPOCH_MILLIS = 60_000;
/** How long a round of erasures waits for the views that it goes by. */
const VIEWS_MILLIS = 250;

/** Starts projections and timers, each under a lease of its own. */
export function startProcesses(ledger: Ledger): Processes {
  const abort = new AbortController();
  const { signal } = abort;
  const leasing = {
    leases: ledger.stores.vault.leases,
    holder: ledger.process,
    ttlMillis: ledger.settings.leaseMillis,
    onProblem: (code: string) => {
      ledger.onProblem(code);
    },
  };
  const erasures = erasureRounds(ledger);
  const epochs = new Rounds(() => new KeyEpochs(ledger).round(), KEY_EPOCH_MILLIS, ledger);
  const follower = new Following(ledger);
  const projections = {
    start: (epoch: number) => {
      ledger.projections.start(epoch);
    },
    stop: () => ledger.projections.stop(),
  };
  ledger.projections.prepare();
  const held = new Map<string, boolean>();
  const works: Readonly<Record<(typeof WORKS)[number], Omit<LeasedWork, 'name'>>> = {
    projections,
    erasures: erasures.work,
    'key-epochs': epochs.work,
    links: follower.work,
    [EVIDENCE_LEASE]: new Sequencing(ledger).work,
  };
  const running = WORKS.map((name) =>
    workUnderLease(leasing, noting(held, { name, ...works[name] }), signal),
  );
  return {
    nudge: () => {
      erasures.nudge();
    },
    held: () => held,
    stop: async () => {
      abort.abort();
      await Promise.all(running);
    },
  };
}

/** Work that notes whether it is at it. */
function noting(held: Map<string, boolean>, { name, start, stop }: LeasedWork): LeasedWork {
  held.set(name, false);
  return {
    name,
    start: (epoch) => {
      held.set(name, true);
      start(epoch);
    },
    stop: async () => {
      await stop();
      held.set(name, false);
    },
  };
}

function erasureRounds(ledger: Ledger): Pick<Rounds, 'nudge' | 'work'> {
  const { stores, projections, settings, clock } = ledger;
  // What is due stands in views: on a first start they are not there yet, and after a nudge they are
  // about to see what was asked. One that lags or is parked does not hold up the rest.
  const round = async () => {
    if (!(await projections.waitForAll(START, settings.waitMillis))) return;
    const head = await stores.log.head();
    const due = [casesView, endingsView];
    await Promise.all(due.map(({ name }) => projections.waitFor(name, head, VIEWS_MILLIS)));
    await runner.begin();
  };
  const rounds: Rounds = new Rounds(round, settings.timerMillis, ledger);
  const shredder = new Shredder({
    ledger: ledger.id,
    process: ledger.process,
    log: stores.log,
    handler: ledger.handler,
    vault: stores.vault.vault,
    keys: ledger.keys,
    reservations: stores.vault.reservations,
    presence: stores.vault.presence,
    anchor: stores.anchor,
    signer: ledger.signer,
    clock,
    cacheMillis: settings.cacheMillis + stores.vault.staleMillis,
    forgetInViews: async (position) => {
      if (!(await projections.waitForAll(position, settings.waitMillis))) {
        throw new Outage('views', 'not all of them have forgotten yet');
      }
      await stores.views.scrub();
    },
    unreadableInCopiesBy: (now) => unreadableInCopiesBy(ledger, now),
    monotonic: () => performance.now(),
    pause: (millis) => rounds.pause(millis),
  });
  const runner = new ErasureRunner({
    log: stores.log,
    views: stores.views,
    handler: ledger.handler,
    shredder,
    clock,
    onProblem: (code) => {
      ledger.onProblem(code);
    },
  });
  const { start, stop } = rounds.work;
  return {
    nudge: () => {
      rounds.nudge();
    },
    work: {
      start,
      stop: async () => {
        await stop();
        await runner.settled();
      },
    },
  };
}

async function unreadableInCopiesBy(ledger: Ledger, now: Instant): Promise<Instant> {
  const keks = await ledger.stores.vault.rotation.kekStatus();
  const current = keks.find(({ state }) => state === 'current');
  if (current === undefined) throw new Outage('vault', 'names no current KEK');
  return unreadableFrom(current.createdAt, now, ledger.rotation);
}

/** The link follower, reading the log under its lease. */
class Following {
  #abort: AbortController | undefined;
  #done: Promise<void> = Promise.resolve();

  constructor(private readonly ledger: Ledger) {}

  get work() {
    return {
      start: (epoch: number) => {
        const abort = new AbortController();
        this.#abort = abort;
        this.#done = this.#reactor(epoch)
          .run(abort.signal)
          // A defect stops the follower, visibly, and nothing else; so does having been overtaken.
          .catch((error: unknown) => {
            const why = error instanceof Overtaken ? 'overtaken' : (errorCode(error) ?? 'defect');
            this.ledger.onProblem(`links: stopped, ${why}`);
          });
      },
      stop: async () => {
        this.#abort?.abort();
        await this.#done;
      },
    };
  }

  #reactor(epoch: number): Reactor {
    const { handler, commands, stores } = this.ledger;
    const follower = new LinkFollower(handler, commands);
    return new Reactor({
      name: 'link-follower',
      log: stores.log,
      notes: notesUnder(stores.vault.notes, epoch),
      react: (event) => follower.follow(event),
      onProblem: (code) => {
        this.ledger.onProblem(code);
      },
      pause,
    });
  }
}
