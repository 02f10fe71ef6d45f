import { describe, expect, it } from '@jest/globals';

import { customersView, customerViews } from '#customers';
import type { KeyId } from '#kernel';
import { KeyCache, Opener } from '#vault';
import type { KeyState } from '#vault';

import { accepted, asking, viewsAtHead } from '../../test/faults/support/asking.js';
import type { Working } from '../../test/faults/support/folder.js';
import { inFolder, whileWorking } from '../../test/faults/support/folder.js';
import { all, erase, eventsOf, readingOf, register } from '../../test/faults/support/people.js';
import { appendMoved, parkedOf } from '../../test/faults/support/poison.js';
import { until } from '../../test/faults/support/until.js';
import { ThreadedProjections } from './threaded-projections.js';

const LIMIT = 20_000;
const REAL = new URL('../../dist/apps/composition/projection-thread.js', import.meta.url);
const APART = { projecting: 'apart' } as const;

function whileApart(work: (working: Working) => Promise<void>): Promise<void> {
  return inFolder((folder) => whileWorking(folder, work, APART));
}

describe('projections on a thread apart', () => {
  it('see what this process appends at once, and tell it at once', async () => {
    await whileApart(async ({ ledger }) => {
      await register(ledger, 'first');
      await viewsAtHead(ledger);
      const lags: number[] = [];
      for (let n = 0; n < 15; n++) {
        const { position } = accepted(
          await ledger.commands.register(asking(`n${String(n)}`), {
            category: 'private',
            identity: { lastName: 'Virtanen' },
          }),
        );
        const from = performance.now();
        expect(await ledger.projections.waitFor('customers', position, LIMIT)).toBe(true);
        lags.push(performance.now() - from);
      }
      // Both sides would look by themselves every 200 ms.
      expect(lags.toSorted((a, b) => a - b)[7]).toBeLessThan(80);
      expect(await ledger.stores.views.count(customersView, {})).toBe(16);
    });
  });

  it('rebuild, tell how they are, and go on where they were parked', async () => {
    await whileApart(async ({ ledger }) => {
      const subject = await register(ledger, 'one');
      await viewsAtHead(ledger);
      const { projections } = ledger;
      const begun = await projections.rebuild('customers');
      const statuses = await until('the swap', async () => {
        const found = await projections.statuses();
        const swapped = found.some(({ build }) => build.id === begun.id && build.state === 'live');
        return swapped && found.length === customerViews.length ? found : undefined;
      });
      expect(statuses.map(({ projector }) => projector?.state)).toEqual(
        customerViews.map(() => 'following'),
      );
      const [original] = await eventsOf(ledger, subject);
      if (original === undefined) throw new Error('a registration has an event');
      await appendMoved(ledger.stores.log, original);
      await parkedOf(ledger);
      const parkedAt = async () => {
        const builds = await ledger.stores.views.builds();
        return builds.find(({ id }) => id === begun.id)?.parked?.at;
      };
      const first = await parkedAt();
      await projections.retry('customers');
      await until('it to be parked again', async () => {
        const again = await parkedAt();
        return again !== undefined && again !== first;
      });
    });
  });

  it('forget an erased person, and leave no key that the vault does not have', async () => {
    await whileApart(async (working) => {
      const { ledger } = working;
      const subject = await register(ledger, 'gone');
      await viewsAtHead(ledger);
      expect(await readingOf(ledger, subject)).toEqual(all('present'));
      await erase(working, subject);
      await viewsAtHead(ledger);
      expect(await readingOf(ledger, subject)).toEqual(all('erased'));
      const begun = await ledger.projections.rebuild('customers');
      await until('the swap', async () =>
        (await ledger.stores.views.builds()).some(
          ({ id, state }) => id === begun.id && state === 'live',
        ),
      );
      expect(await readingOf(ledger, subject)).toEqual(all('erased'));
    });
  });

  it('zero every key when the batch is opened', async () => {
    await whileApart(async ({ ledger }) => {
      const subject = await register(ledger, 'sealed');
      const events = await eventsOf(ledger, subject);
      const lent: Buffer[] = [];
      const unwrap = async (keys: readonly KeyId[]): Promise<ReadonlyMap<KeyId, KeyState>> => {
        const states = await ledger.stores.vault.vault.unwrap(keys);
        for (const state of states.values()) if (state.state === 'live') lent.push(state.dek);
        return states;
      };
      const vault = { unwrap, provision: () => Promise.resolve([]) };
      const keys = new KeyCache(vault, { ttlMillis: 60_000, maxKeys: 0 });
      const [opened] = await new Opener(keys).openEvents(events);
      expect(opened?.map(({ opening }) => opening.kind)).toEqual(['present', 'present', 'present']);
      expect(lent).toHaveLength(3);
      expect(lent.every((dek) => dek.every((byte) => byte === 0))).toBe(true);
      expect(keys.size).toBe(0);
    });
  });

  it('have their thread before the lease, and project once there is one', async () => {
    await inFolder(async (folder) => {
      await whileWorking(folder, async ({ ledger, processes }) => {
        await processes.stop();
        const started: string[] = [];
        const projections = new ThreadedProjections({
          settings: ledger.settings,
          stores: ledger.stores,
          onProblem: () => undefined,
          code: () => {
            started.push(projections.projecting ? 'under a lease' : 'before');
            return REAL;
          },
        });
        projections.prepare();
        await register(ledger, 'one');
        const head = await ledger.stores.log.head();
        expect(await projections.waitForAll(head, 50)).toBe(false);
        const lease = await ledger.stores.vault.leases.acquire('projections', 'test', LIMIT);
        projections.start(lease?.epoch ?? 0);
        expect(await projections.waitForAll(head, LIMIT)).toBe(true);
        expect(started).toEqual(['before']);
        await projections.close();
      });
    });
  });

  it('are started again where their thread ends, and say so meanwhile', async () => {
    await inFolder(async (folder) => {
      await whileWorking(folder, async ({ ledger, processes }) => {
        await register(ledger, 'one');
        await processes.stop();
        const problems: string[] = [];
        const dying = new URL('data:text/javascript,process.exit(3)');
        const codes = [dying];
        const projections = new ThreadedProjections({
          settings: ledger.settings,
          stores: ledger.stores,
          onProblem: (code) => void problems.push(code),
          code: () => codes.pop() ?? REAL,
        });
        const lease = await ledger.stores.vault.leases.acquire('projections', 'test', LIMIT);
        projections.start(lease?.epoch ?? 0);
        await until('the end to be told', () => problems.length > 0);
        expect(problems).toEqual(['views: their thread ended, exit']);
        expect([...projections.problems]).toEqual([['', 'thread ended: exit']]);
        await register(ledger, 'two');
        const head = await ledger.stores.log.head();
        expect(await projections.waitForAll(head, LIMIT)).toBe(true);
        await until('it to be well', () => projections.problems.size === 0);
        await projections.close();
        expect(projections.projecting).toBe(false);
      });
    });
  });

  it('stop and close where the thread is not there', async () => {
    await whileApart(async ({ ledger }) => {
      const projections = new ThreadedProjections({
        settings: ledger.settings,
        stores: ledger.stores,
        onProblem: () => undefined,
        code: () => new URL('data:text/javascript,process.exit(3)'),
      });
      await projections.stop();
      projections.start(1);
      await projections.close();
      expect(projections.projecting).toBe(false);
    });
  });
});
