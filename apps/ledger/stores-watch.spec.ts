import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { customerViews } from '#customers';
import type { Position } from '#kernel';
import { IntegrityError, Outage, START, systemClock } from '#kernel';
import type { Build } from '#views';

import { Readiness } from './readiness.js';
import { StoresWatch } from './stores-watch.js';

const NEXT = '0001' as Position;
const LIMIT_MILLIS = 20;

/** Stores that answer as a test sets them to, and what was told of them. */
class Standing {
  away: Error | undefined;
  head = START;
  checkpoint = START;
  parked = false;
  readonly problems: string[] = [];
  readonly readiness = new Readiness();
  readonly #abort = new AbortController();
  #onLooked: () => void = () => undefined;
  readonly #running: Promise<void>;

  constructor(awayMillis = LIMIT_MILLIS) {
    this.readiness.become({ phase: 'ready' });
    this.#running = new StoresWatch({
      ledger: {
        stores: {
          log: { head: () => this.#answer(this.head) },
          vault: { rotation: { kekStatus: () => this.#answer([]) } },
          views: { builds: () => this.#answer(customerViews.map(({ name }) => this.#build(name))) },
        },
        onProblem: (code) => void this.problems.push(code),
      },
      readiness: this.readiness,
      signal: this.#abort.signal,
      lookMillis: 1,
      awayMillis,
      stillMillis: LIMIT_MILLIS,
    }).run();
  }

  /** Resolves when a look finds things as they are asked for. */
  async until(is: () => boolean): Promise<void> {
    while (!is()) {
      await new Promise<void>((resolve) => {
        this.#onLooked = resolve;
      });
    }
  }

  /** Resolves when it was looked at for longer than all limits. */
  async looked(): Promise<void> {
    const from = performance.now();
    await this.until(() => performance.now() - from > 2 * LIMIT_MILLIS);
  }

  stop(): Promise<void> {
    this.#abort.abort();
    return this.#running;
  }

  #answer<T>(answer: T): Promise<T> {
    setImmediate(this.#onLooked);
    return this.away === undefined ? Promise.resolve(answer) : Promise.reject(this.away);
  }

  #build(view: string): Build {
    const { checkpoint } = this;
    const parked = { position: checkpoint, reason: 'open: no-key', at: systemClock.now() };
    const standing = { view, version: 1, build: 1, id: view, state: 'live', checkpoint } as const;
    return this.parked ? { ...standing, parked } : standing;
  }
}

describe('a server that is ready', () => {
  let standing: Standing;
  beforeEach(() => {
    standing = new Standing();
  });
  afterEach(() => standing.stop());

  const phase = () => standing.readiness.phase;

  it('is so no more when a store is away for long, and again when it answers', async () => {
    standing.away = new Outage('event-log', 'unreachable');
    await standing.until(() => phase().phase === 'outage');
    await standing.looked();
    expect(phase()).toEqual({ phase: 'outage', waitsFor: 'event-log: unreachable' });
    expect(standing.readiness.holdsUp).toBeUndefined();
    expect(standing.problems).toEqual(['event-log: unreachable']);
    standing.away = new Outage('vault', 'no-primary');
    await standing.until(() => standing.readiness.waitsFor === 'vault: no-primary');
    standing.away = undefined;
    await standing.until(() => phase().phase === 'ready');
  });

  it('tells views that stand still, again and again, and none that is parked', async () => {
    standing.head = NEXT;
    await standing.until(() => standing.problems.length >= 2);
    const names = customerViews.map(({ name }) => name).join(', ');
    expect(new Set(standing.problems)).toEqual(new Set([`views: behind for long, ${names}`]));
    standing.parked = true;
    await standing.looked();
    const told = standing.problems.length;
    await standing.looked();
    expect(standing.problems).toHaveLength(told);
    expect(phase()).toEqual({ phase: 'ready' });
  });

  it('tells nothing while views follow', async () => {
    const follow = () => {
      standing.checkpoint = standing.head;
      standing.head = `${standing.head}1` as Position;
    };
    const from = performance.now();
    await standing.until(() => {
      follow();
      return performance.now() - from > 3 * LIMIT_MILLIS;
    });
    expect(standing.problems).toEqual([]);
  });

  it('stays so while a store is away for no longer than a change of its primary takes', async () => {
    const patient = new Standing(3_600_000);
    patient.away = new Outage('vault', 'no-primary');
    await patient.looked();
    expect([patient.readiness.phase, patient.problems]).toEqual([{ phase: 'ready' }, []]);
    await patient.stop();
  });

  it('is looked at no longer when stores contradict each other, and tells how', async () => {
    const running = new Standing();
    running.away = new IntegrityError('stream-truncated', 'a test');
    await expect(running.stop()).rejects.toThrow(IntegrityError);
  });
});
