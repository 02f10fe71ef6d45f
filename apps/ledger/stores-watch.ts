import { setTimeout as pause } from 'node:timers/promises';

import { customerViews } from '#customers';
import type { Position } from '#kernel';
import { Outage } from '#kernel';

import type { Ledger } from '../composition/index.js';
import type { Readiness } from './readiness.js';

type Stores = Ledger['stores'];

/** What is asked of the stores of a ledger. */
export interface Watched {
  readonly stores: {
    readonly log: Pick<Stores['log'], 'head'>;
    readonly vault: { readonly rotation: Pick<Stores['vault']['rotation'], 'kekStatus'> };
    readonly views: Pick<Stores['views'], 'builds'>;
  };
  onProblem(code: string): void;
}

export interface StoresWatchOptions {
  readonly ledger: Watched;
  readonly readiness: Readiness;
  readonly signal: AbortSignal;
  /** Between looks. */
  readonly lookMillis?: number;
  /** How long a store may be away before that is told: a change of a primary or a leader is not. */
  readonly awayMillis?: number;
  /** How long a view may be behind one and the same event before that is told. */
  readonly stillMillis?: number;
}

const DEFAULTS = { lookMillis: 1_000, awayMillis: 10_000, stillMillis: 30_000 } as const;

/**
 * Looks at the stores as long as a server is ready. One that is away makes it not ready until it
 * answers again; views that stand still, though nothing else says why, are told as a problem.
 */
export class StoresWatch {
  readonly #options: Required<StoresWatchOptions>;
  #answeredAt = performance.now();
  /** A position that views had to reach, and since when. */
  #waited: { readonly for: Position; readonly since: number } | undefined;

  constructor(options: StoresWatchOptions) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Looks until the signal aborts. */
  async run(): Promise<void> {
    const { signal, lookMillis } = this.#options;
    while (!signal.aborted) {
      await this.#look();
      await pause(lookMillis, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const { readiness, ledger, awayMillis } = this.#options;
    try {
      const head = await ledger.stores.log.head();
      await ledger.stores.vault.rotation.kekStatus();
      await this.#lookAtViews(head);
      this.#answeredAt = performance.now();
      if (readiness.phase.phase === 'outage') readiness.become({ phase: 'ready' });
    } catch (error) {
      if (!(error instanceof Outage)) throw error;
      if (performance.now() - this.#answeredAt < awayMillis) return;
      if (readiness.waitsFor === error.message) return;
      ledger.onProblem(error.message);
      readiness.become({ phase: 'outage', waitsFor: error.message });
    }
  }

  async #lookAtViews(head: Position): Promise<void> {
    const { ledger, stillMillis } = this.#options;
    const now = performance.now();
    const waited = (this.#waited ??= { for: head, since: now });
    const behind = await this.#behind(waited.for);
    if (behind.length === 0) {
      this.#waited = undefined;
    } else if (now - waited.since >= stillMillis) {
      ledger.onProblem(`views: behind for long, ${behind.join(', ')}`);
      this.#waited = { for: waited.for, since: now };
    }
  }

  /** Views that queries answer from and that are not parked, which tells of itself. */
  async #behind(position: Position): Promise<readonly string[]> {
    const builds = await this.#options.ledger.stores.views.builds();
    return customerViews.flatMap(({ name }) => {
      const live = builds.find(({ view, state }) => view === name && state === 'live');
      const isBehind = live?.parked === undefined && (live?.checkpoint ?? '') < position;
      return isBehind ? [name] : [];
    });
  }
}
