import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { Outage, setFaultProbe, START, systemClock } from '#kernel';
import type { JsonObject } from '#kernel';
import { MemoryEventLog } from '#event-log/memory';

import { VIEWS_FAULT_POINTS } from './fault-points.js';
import { MemoryViews, MemoryViewsStore } from './memory/index.js';
import type { ViewDefinition, Views } from './port.js';
import { ProjectionRunner, type RunnerOptions } from './projection-runner.js';
import { append, Breakable, foldFromZero, type CartEvent } from './testing/carts.js';
import { failingFirst, interposed } from './testing/interposed.js';
import { MemorySecrets } from './testing/secrets.js';
import { searchSecretName } from './tokens.js';

const QUICK = { retryMillis: 1, parkedPollMillis: 5, pollMillis: 5 };
const LONG = 10_000;

let log: MemoryEventLog;
let store: MemoryViewsStore;
let views: MemoryViews;
let secrets: MemorySecrets;
let carts: Breakable;
const runners: ProjectionRunner[] = [];

beforeEach(() => {
  log = new MemoryEventLog();
  store = new MemoryViewsStore();
  views = new MemoryViews(store);
  secrets = new MemorySecrets();
  carts = new Breakable();
});

afterEach(async () => {
  setFaultProbe(undefined);
  for (const runner of runners.splice(0)) await runner.stop();
});

/** A process. */
function aRunner(options: Partial<RunnerOptions> = {}): ProjectionRunner {
  const runner = new ProjectionRunner({
    log,
    views: new MemoryViews(store),
    clock: systemClock,
    definitions: [carts.view()],
    secrets,
    settings: QUICK,
    ...options,
  });
  runners.push(runner);
  return runner;
}

/** A process that projects. */
function started(options: Partial<RunnerOptions> = {}, epoch = 1): ProjectionRunner {
  const runner = aRunner(options);
  runner.start(epoch);
  return runner;
}

async function documents(view: ViewDefinition = carts.view()) {
  const rows = await views.find(view, {}, { limit: 1_000 });
  return Object.fromEntries(rows.map(({ id, doc }) => [id, doc]));
}

async function expected(view: ViewDefinition = carts.view()) {
  return foldFromZero(view, await log.readAll(START, 100_000));
}

/** Waits for something that shows in the store, which a rebuild changes last. */
async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LONG;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('it never came');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function onlyLive(version: number): Promise<boolean> {
  const builds = await views.builds();
  return builds.length === 1 && builds[0]?.state === 'live' && builds[0].version === version;
}

const CARTS: readonly CartEvent[] = [
  { type: 'Opened', cart: 'a', key: 'k1' },
  { type: 'Added', cart: 'a', amount: 3 },
  { type: 'Opened', cart: 'b', key: 'k2' },
  { type: 'KeyGone', key: 'k1' },
  { type: 'Added', cart: 'b', amount: 2 },
];

describe('projecting', () => {
  test('every view of the process follows the log', async () => {
    const names = ['carts', 'more-carts', 'most-carts'];
    const definitions = names.map((name) => carts.view(1, name));
    const runner = started({ definitions });
    const last = await append(log, ...CARTS);
    expect(await runner.waitForAll(last, LONG)).toBe(true);
    for (const view of definitions) expect(await documents(view)).toEqual(await expected());
    const statuses = await runner.statuses();
    expect(statuses.map(({ build }) => build.view)).toEqual(names);
    for (const { current, caughtUp, projector } of statuses) {
      expect({ current, caughtUp }).toEqual({ current: true, caughtUp: true });
      expect(projector).toMatchObject({ checkpoint: last });
    }
    expect(runner.problems.size).toBe(0);
  });

  test('a query waits for its own write, within its time', async () => {
    const runner = started();
    const last = await append(log, ...CARTS);
    expect(await runner.waitFor('carts', last, LONG)).toBe(true);
    expect(await runner.waitFor('carts', last, 0)).toBe(true);
    const begun = performance.now();
    expect(await runner.waitFor('carts', (last + '9') as typeof last, 30)).toBe(false);
    expect(performance.now() - begun).toBeGreaterThan(25);
    const others = Promise.all(
      Array.from({ length: 50 }, () => runner.waitFor('carts', (last + '0') as typeof last, LONG)),
    );
    await append(log, { type: 'Noted' });
    expect(await others).not.toContain(false);
  });

  test('a process that does not project waits for the one that does', async () => {
    const asking = aRunner();
    expect(asking.projecting).toBe(false);
    expect(await asking.waitFor('carts', await append(log, ...CARTS), 0)).toBe(false);
    expect(await asking.waitForAll(START, 0)).toBe(false);
    started();
    const last = await append(log, { type: 'Noted' });
    expect(await asking.waitFor('carts', last, LONG)).toBe(true);
    expect(await asking.waitForAll(last, LONG)).toBe(true);
    const [status] = await asking.statuses();
    expect(status).toMatchObject({ current: true, caughtUp: true });
    expect(status?.projector).toBeUndefined();
  });

  test('a view that is not there is refused', async () => {
    const runner = started();
    const refused = { name: 'InvalidInput', rule: 'view-unknown' };
    await expect(runner.waitFor('none', START, 0)).rejects.toMatchObject(refused);
    await expect(runner.rebuild('none')).rejects.toMatchObject(refused);
    await expect(runner.retry('none')).rejects.toMatchObject(refused);
  });

  test.each<[string, Partial<ViewDefinition>[]]>([
    ['a name', [{ name: 'Carts' }]],
    ['a version', [{ version: 0 }]],
    ['an index', [{ indexes: [{ field: '$where', kind: 'value' }] }]],
    [
      'a field twice',
      [
        {
          indexes: [
            { field: 'a', kind: 'value' },
            { field: 'a', kind: 'array' },
          ],
        },
      ],
    ],
    ['a name twice', [{}, {}]],
  ])('definitions that stores cannot take are refused: %s', (_, parts) => {
    const definitions = parts.map((part) => ({ ...carts.view(), ...part }));
    expect(() => aRunner({ definitions })).toThrow(
      expect.objectContaining({ name: 'InvalidInput' }),
    );
  });

  test('views get what they ask for, or the process does not begin', () => {
    const refused = expect.objectContaining({ rule: 'view-ports' });
    const opening: ViewDefinition = { ...carts.view(), opens: () => [] };
    expect(
      () => new ProjectionRunner({ log, views, clock: systemClock, definitions: [opening] }),
    ).toThrow(refused);
    const tokens: ViewDefinition = { ...carts.view(), tokens: ['email'] };
    expect(
      () => new ProjectionRunner({ log, views, clock: systemClock, definitions: [tokens] }),
    ).toThrow(refused);
  });

  test('it can be stopped and started again', async () => {
    const runner = started();
    await runner.waitFor('carts', await append(log, ...CARTS), LONG);
    await runner.stop();
    await runner.stop();
    expect(runner.projecting).toBe(false);
    const last = await append(log, { type: 'Added', cart: 'b', amount: 1 });
    expect(await runner.waitFor('carts', last, 20)).toBe(false);
    runner.start(2);
    runner.start(2);
    expect(await runner.waitFor('carts', last, LONG)).toBe(true);
    expect(await documents()).toEqual(await expected());
  });

  test('who has been overtaken stops by itself and says so', async () => {
    let fenced = 0;
    const onFenced = () => {
      fenced += 1;
    };
    const first = started({ onFenced });
    await first.waitFor('carts', await append(log, ...CARTS), LONG);
    const second = started({}, 2);
    await second.waitFor('carts', await append(log, { type: 'Noted' }), LONG);
    // The first one notices at its next write at the latest.
    await append(log, { type: 'Added', cart: 'b', amount: 1 });
    await eventually(async () => !first.projecting);
    expect(fenced).toBe(1);
    const last = await append(log, { type: 'Added', cart: 'b', amount: 1 });
    expect(await first.waitFor('carts', last, LONG)).toBe(true);
    expect(await documents()).toEqual(await expected());
  });

  test('an outage of the store is waited for, and told', async () => {
    const outage = new Outage('views', 'read-only');
    let broken = true;
    const failing = interposed<Views>(views, {
      live: (view) => (broken ? Promise.reject(outage) : views.live(view)),
    });
    const runner = started({ views: failing });
    await eventually(async () => runner.problems.get('carts') === 'views: read-only');
    broken = false;
    expect(await runner.waitFor('carts', await append(log, ...CARTS), LONG)).toBe(true);
    expect(runner.problems.size).toBe(0);
  });

  test('a view with a fault of its own does not hold up the others', async () => {
    const changed = { ...carts.view(1, 'changed'), indexes: [] };
    await views.live(carts.view(1, 'changed'));
    const runner = started({ definitions: [changed, carts.view()] });
    expect(await runner.waitFor('carts', await append(log, ...CARTS), LONG)).toBe(true);
    expect(runner.problems.get('changed')).toBe('view-version');
  });
});

describe('parked views', () => {
  test('others go on; those who wait are not kept; a retry goes on', async () => {
    const sound = new Breakable();
    sound.broken = undefined;
    carts.broken = 'route';
    const runner = started({ definitions: [carts.view(), sound.view(1, 'others')] });
    const last = await append(log, ...CARTS, { type: 'Broken', cart: 'x' });
    expect(await runner.waitFor('others', last, LONG)).toBe(true);
    const begun = performance.now();
    expect(await runner.waitFor('carts', last, LONG)).toBe(false);
    expect(await aRunner().waitFor('carts', last, LONG)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(LONG / 2);
    expect(await runner.waitForAll(last, 10)).toBe(false);
    const [parked] = await runner.statuses();
    expect(parked).toMatchObject({
      build: { parked: { position: last, reason: 'route: RangeError (Broken)' } },
      caughtUp: false,
      projector: { state: 'parked' },
    });
    carts.broken = undefined;
    await runner.retry('carts');
    expect(await runner.waitForAll(last, LONG)).toBe(true);
  });

  test('another process can have them retried', async () => {
    carts.broken = 'route';
    const runner = started();
    const last = await append(log, { type: 'Broken', cart: 'x' });
    await runner.waitFor('carts', last, LONG);
    carts.broken = undefined;
    await aRunner().retry('carts');
    expect(await runner.waitForAll(last, LONG)).toBe(true);
  });
});

describe('rebuilding', () => {
  /** The same carts, with another shape. */
  function second(): ViewDefinition {
    const base = carts.view(2);
    return {
      ...base,
      apply: (doc, event, opened) => {
        const after = base.apply(doc?.cart as never, event, opened);
        return after === null || after === undefined ? after : { ...after, cart: after };
      },
    };
  }

  test('a new version is built beside the old one and takes its place', async () => {
    const first = started();
    await first.waitForAll(await append(log, ...CARTS), LONG);
    const [old] = await views.builds();
    await first.stop();
    const runner = started({ definitions: [second()] }, 2);
    expect(await runner.waitFor('carts', await log.head(), LONG)).toBe(true);
    await eventually(() => onlyLive(2));
    const docs = await documents(second());
    expect(docs).toEqual({ b: expect.objectContaining({ cart: (await expected()).b }) });
    expect(old && secrets.destroyed).toContain(old && searchSecretName(old));
    expect(await runner.waitForAll(await log.head(), LONG)).toBe(true);
  });

  test('the live build is served and projected meanwhile, and time never runs back', async () => {
    const gate: (() => void)[] = [];
    let held = true;
    // The rebuild is held in the middle: its reads wait; those of the live build do not.
    const slow = interposed<Views>(views, {
      write: async (build, view, batch) => {
        if (held && build.state === 'building') {
          await new Promise<void>((resolve) => gate.push(resolve));
        }
        await views.write(build, view, batch);
      },
    });
    const runner = started({
      views: slow,
      settings: { ...QUICK, batchEvents: 2, flushDocuments: 1 },
    });
    await runner.waitFor('carts', await append(log, ...CARTS), LONG);
    const begun = await runner.rebuild('carts');
    await eventually(async () => gate.length > 0);
    for (let n = 1; n <= 20; n++) {
      const position = await append(log, { type: 'Added', cart: 'b', amount: n });
      expect(await runner.waitFor('carts', position, LONG)).toBe(true);
      expect(await documents()).toEqual(await expected());
    }
    expect((await views.live(carts.view())).id).not.toBe(begun.id);
    expect(await runner.waitForAll(await log.head(), 10)).toBe(false);
    held = false;
    gate.forEach((open) => {
      open();
    });
    const appending = (async () => {
      for (let n = 1; n <= 50; n++) {
        const position = await append(log, { type: 'Added', cart: 'b', amount: n });
        expect(await runner.waitFor('carts', position, LONG)).toBe(true);
        // Whichever build answers: what was waited for is there.
        expect(await documents()).toEqual(await expected());
      }
    })();
    await eventually(async () => (await views.live(carts.view())).id === begun.id);
    await appending;
    await eventually(() => onlyLive(1));
    expect(await documents()).toEqual(await expected());
  });

  test('another process can begin one', async () => {
    const runner = started();
    await runner.waitForAll(await append(log, ...CARTS), LONG);
    const begun = await aRunner().rebuild('carts');
    await eventually(async () => (await views.live(carts.view())).id === begun.id);
    await eventually(() => onlyLive(1));
    expect(await documents()).toEqual(await expected());
  });

  test('one that cannot fold an event stays parked beside the live one', async () => {
    const runner = started();
    carts.broken = undefined;
    const last = await append(log, ...CARTS, { type: 'Broken', cart: 'x' });
    await runner.waitForAll(last, LONG);
    carts.broken = 'route';
    const begun = await runner.rebuild('carts');
    await eventually(async () => (await views.builds())[1]?.parked !== undefined);
    expect((await views.live(carts.view())).id).not.toBe(begun.id);
    const next = await append(log, { type: 'Added', cart: 'b', amount: 1 });
    expect(await runner.waitFor('carts', next, LONG)).toBe(true);
    // Asked for again it is begun anew, and the parked one cleared away.
    carts.broken = undefined;
    const again = await runner.rebuild('carts');
    expect(again.id).not.toBe(begun.id);
    await eventually(async () => (await views.live(carts.view())).id === again.id);
    await eventually(() => onlyLive(1));
    expect(secrets.destroyed).toContain(searchSecretName(begun));
  });

  test('one frees a view whose live build is parked', async () => {
    carts.broken = 'route';
    const runner = started();
    const last = await append(log, { type: 'Broken', cart: 'x' }, ...CARTS);
    expect(await runner.waitFor('carts', last, LONG)).toBe(false);
    carts.broken = undefined;
    const begun = await runner.rebuild('carts');
    await eventually(async () => (await views.live(carts.view())).id === begun.id);
    expect(await runner.waitForAll(last, LONG)).toBe(true);
    expect(await documents()).toEqual(await expected());
  });

  test('the live build stands still while it is replaced', async () => {
    const standing: boolean[] = [];
    const watched = interposed<Views>(views, {
      swap: async (build, epoch) => {
        const position = await append(log, { type: 'Added', cart: 'b', amount: 1 });
        const checkpointOf = async (state: string) =>
          (await views.builds()).find((each) => each.state === state)?.checkpoint ?? START;
        await eventually(async () => (await checkpointOf('building')) >= position);
        standing.push((await checkpointOf('live')) < position);
        return views.swap(build, epoch);
      },
    });
    const runner = started({ views: watched });
    await runner.waitForAll(await append(log, ...CARTS), LONG);
    const begun = await runner.rebuild('carts');
    await eventually(async () => (await views.live(carts.view())).id === begun.id);
    expect(standing).toEqual([true]);
    expect(await documents()).toEqual(await expected());
  });

  test('a swap that fails is tried again', async () => {
    const outage = new Outage('views', 'busy');
    const runner = started({ views: failingFirst<Views>(views, 'swap', 3, outage) });
    await runner.waitForAll(await append(log, ...CARTS), LONG);
    const begun = await runner.rebuild('carts');
    await eventually(async () => (await views.live(carts.view())).id === begun.id);
    const last = await append(log, { type: 'Added', cart: 'b', amount: 1 });
    expect(await runner.waitFor('carts', last, LONG)).toBe(true);
    expect(await documents()).toEqual(await expected());
  });

  test('a long log is not folded into an empty live build, but into one beside it', async () => {
    const last = await append(log, ...CARTS);
    const empty = await views.live(carts.view());
    const seen = new Set<string>();
    const watched = interposed<Views>(views, {
      write: async (build, view, batch) => {
        seen.add(build.id);
        await views.write(build, view, batch);
      },
    });
    const runner = started({
      views: watched,
      settings: { ...QUICK, bulkEvents: 5, batchEvents: 1 },
    });
    expect(await runner.waitFor('carts', last, LONG)).toBe(true);
    await eventually(() => onlyLive(1));
    expect(await documents()).toEqual(await expected());
    expect(seen).not.toContain(empty.id);
    const { length } = await log.readAll(START, 100);
    await runner.stop();
    const next = started({ settings: { ...QUICK, bulkEvents: length } }, 2);
    const [live] = await views.builds();
    await next.waitFor('carts', await append(log, { type: 'Noted' }), LONG);
    expect((await views.builds()).map(({ id }) => id)).toEqual([live?.id]);
  });

  test('builds of views that are no more are cleared away', async () => {
    const gone = await views.live(carts.view(1, 'gone'));
    const runner = started();
    expect(await runner.waitForAll(await append(log, ...CARTS), LONG)).toBe(true);
    expect((await views.builds()).map(({ view }) => view)).toEqual(['carts']);
    expect(secrets.destroyed).toContain(searchSecretName(gone));
  });

  test('builds that are ahead of the log are begun anew', async () => {
    const first = started();
    const head = await append(log, ...CARTS);
    await first.waitForAll(head, LONG);
    await first.stop();
    const building = await views.begin(carts.view());
    await views.write(building, carts.view(), { changes: [], checkpoint: head, epoch: 1 });
    const ahead = (await views.builds()).map(({ id }) => id);
    // The log is put back from an older backup.
    log = new MemoryEventLog();
    const last = await append(log, { type: 'Opened', cart: 'z', key: 'k' });
    const runner = started({}, 2);
    await eventually(async () => (await views.builds()).every(({ id }) => !ahead.includes(id)));
    await eventually(() => onlyLive(1));
    expect(await runner.waitForAll(last, LONG)).toBe(true);
    expect(await documents()).toEqual({ z: { total: 0, keys: ['k'], seen: 1 } });
  });
});

class Crash extends Error {
  override readonly name = 'Crash';
}

describe('a crash at every step of a rebuild is made good', () => {
  const points = VIEWS_FAULT_POINTS.filter((point) => point.startsWith('rebuild.'));

  test.each(points)('%s', async (point) => {
    const first = started();
    await first.waitForAll(await append(log, ...CARTS), LONG);
    await first.stop();
    const changed = carts.view(2);
    let crashed = false;
    setFaultProbe((reached) => {
      if (reached !== point) return;
      crashed = true;
      // Whatever this process would do next does not happen.
      throw new Crash();
    });
    const doomed = started({ definitions: [changed] }, 2);
    await eventually(async () => crashed);
    await doomed.stop();
    setFaultProbe(undefined);
    const runner = started({ definitions: [changed] }, 3);
    await eventually(() => onlyLive(2));
    const last = await append(log, { type: 'Added', cart: 'b', amount: 7 });
    expect(await runner.waitForAll(last, LONG)).toBe(true);
    const docs: Readonly<Record<string, JsonObject>> = await documents(changed);
    expect(docs).toEqual(await expected(changed));
  });
});
