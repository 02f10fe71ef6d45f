import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Outage } from '#kernel';
import type { Lease, Leases } from '#vault';

import { workUnderLease } from './leased.js';

const TTL_MILLIS = 90;

/** A store of leases that gives, keeps and withholds answers as a test says. */
class Store implements Leases {
  holder = 'me';
  epoch = 1;
  /** While set, answers wait for it. */
  hung: Promise<void> | undefined;
  isOut = false;
  acquired = 0;

  async acquire(name: string, holder: string): Promise<Lease | undefined> {
    this.acquired += 1;
    await this.hung;
    if (this.isOut) throw new Outage('vault', 'timeout');
    return holder === this.holder
      ? ({ name, holder, epoch: this.epoch, expiresAt: '' } as never)
      : undefined;
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  list(): Promise<readonly Lease[]> {
    return Promise.resolve([]);
  }
}

describe('work under a lease', () => {
  let store: Store;
  let told: string[];
  let abort: AbortController;
  let running: Promise<void>;
  let onTold: () => void;

  beforeEach(() => {
    store = new Store();
    told = [];
    onTold = () => undefined;
    abort = new AbortController();
    const tell = (what: string) => {
      told.push(what);
      onTold();
    };
    const leasing = {
      leases: store,
      holder: 'me',
      ttlMillis: TTL_MILLIS,
      onProblem: () => undefined,
    };
    const work = {
      name: 'work',
      start: (epoch: number) => {
        tell(`start ${String(epoch)}`);
      },
      stop: () => {
        tell('stop');
        return Promise.resolve();
      },
    };
    running = workUnderLease(leasing, work, abort.signal);
  });
  afterEach(async () => {
    abort.abort();
    await running;
  });

  async function isTold(...expected: string[]): Promise<void> {
    while (told.length < expected.length) {
      await new Promise<void>((resolve) => {
        onTold = resolve;
      });
    }
    expect(told).toEqual(expected);
  }

  it('begins when the lease is had, and ends with it', async () => {
    await isTold('start 1');
    store.holder = 'another';
    await isTold('start 1', 'stop');
    store.holder = 'me';
    store.epoch = 3;
    await isTold('start 1', 'stop', 'start 3');
  });

  it('begins anew where another had the lease in between', async () => {
    await isTold('start 1');
    store.epoch = 3;
    await isTold('start 1', 'stop', 'start 3');
  });

  it('ends where the lease cannot be renewed, and goes on when it can', async () => {
    await isTold('start 1');
    store.isOut = true;
    await isTold('start 1', 'stop');
    store.isOut = false;
    await isTold('start 1', 'stop', 'start 1');
  });

  it('ends before the lease does, also where the store gives no answer at all', async () => {
    await isTold('start 1');
    let thaw: () => void = () => undefined;
    store.hung = new Promise((resolve) => {
      thaw = resolve;
    });
    await isTold('start 1', 'stop');
    store.hung = undefined;
    thaw();
    await isTold('start 1', 'stop', 'start 1');
  });
});
