import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { START, systemClock } from '#kernel';
import { MemoryEventLog } from '#event-log/memory';

import { ProjectionRunner } from '../projection-runner.js';
import { append, Breakable, foldFromZero, type CartEvent } from '../testing/carts.js';
import { openSqliteViews } from './index.js';

const LONG = 10_000;

const cart = fc.constantFrom('a', 'b', 'c', 'd');
const key = fc.constantFrom('k1', 'k2', 'k3');
const amount = fc.integer({ min: 1, max: 9 });
const cartEvent: fc.Arbitrary<CartEvent> = fc.oneof(
  fc.record({ type: fc.constant('Opened' as const), cart, key }),
  fc.record({ type: fc.constant('Added' as const), cart, amount }),
  fc.record({ type: fc.constant('Moved' as const), cart, to: cart, amount }),
  fc.record({ type: fc.constant('KeyGone' as const), key }),
);

test('any events, batches, restarts and rebuilds leave what a fold from zero leaves', async () => {
  const life = fc.record({
    events: fc.array(cartEvent, { maxLength: 12 }),
    batchEvents: fc.integer({ min: 1, max: 7 }),
    flushDocuments: fc.integer({ min: 1, max: 4 }),
    rebuild: fc.boolean(),
  });
  const property = fc.asyncProperty(fc.array(life, { maxLength: 3 }), async (lives) => {
    const folder = mkdtempSync(join(tmpdir(), 'views-'));
    const log = new MemoryEventLog();
    const view = new Breakable().view();
    try {
      for (const [i, { events, rebuild, ...sizes }] of lives.entries()) {
        const views = await openSqliteViews(join(folder, 'views.db'));
        const settings = { ...sizes, retryMillis: 1, pollMillis: 2 };
        const definitions = [view];
        const runner = new ProjectionRunner({
          log,
          views,
          clock: systemClock,
          definitions,
          settings,
        });
        runner.start(i + 1);
        const half = Math.ceil(events.length / 2);
        expect(await runner.waitForAll(await append(log, ...events.slice(0, half)), LONG)).toBe(
          true,
        );
        if (rebuild) await runner.rebuild('carts');
        const last = await append(log, ...events.slice(half));
        expect(await runner.waitFor('carts', last, LONG)).toBe(true);
        const rows = await views.find(view, {}, { limit: 100 });
        const docs = Object.fromEntries(rows.map(({ id, doc }) => [id, doc]));
        expect(docs).toEqual(foldFromZero(view, await log.readAll(START, 1_000)));
        await runner.stop();
        await views.close();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  await fc.assert(property, { numRuns: 40 });
});
